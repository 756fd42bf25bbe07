"""Why a thing is not in a plan, as its owner may be told."""

from typing import Literal

import numpy as np

from qixue.swap.matching.exchange import exchanges
from qixue.swap.matching.network import Bools, arcs_on_cycles, network_of
from qixue.swap.matching.plan import Plan
from qixue.swap.matching.round import TooMany

Reason = Literal["no_wishes", "nobody_wants", "no_way_round", "others_came_first"]


def unmatched(plan: Plan) -> dict[str, Reason]:
    """For each item that stays where it is: whether its owner wants nothing that is there, nobody wants it, no ring or
    chain (of the size that the rules allow) leads back to it, or there were some and a better plan has others.
    """
    network = network_of(plan.round)
    on_cycles = arcs_on_cycles(network)
    count = network.size
    wants = np.bincount(network.tails, minlength=count) > 0
    wanted = np.bincount(network.heads, minlength=count) > 0
    leads_back = np.zeros(count, dtype=bool)
    leads_back[network.tails[on_cycles]] = leads_back[network.heads[on_cycles]] = True
    matched = {node for exchange in plan.all_exchanges for node in exchange.nodes}
    if plan.rules.max_items is not None:
        leads_back &= within_the_cap(plan)
    found: dict[str, Reason] = {}
    for node, name in enumerate(plan.round.ids):
        if node in matched or plan.round.is_dummy[node]:
            continue
        if not wanted[node]:
            found[name] = "nobody_wants"
        elif not wants[node] and not plan.round.is_gift[node]:
            found[name] = "no_wishes"
        else:
            found[name] = "others_came_first" if leads_back[node] else "no_way_round"
    return found


def within_the_cap(plan: Plan) -> Bools:
    """For each node whether an exchange of the allowed size has it; where there are too many to list, all."""
    reached = np.zeros(len(plan.round.ids), dtype=bool)
    try:
        for exchange in exchanges(plan.round, plan.rules.max_items):
            reached[list(exchange.nodes)] = True
    except TooMany:
        reached[:] = True
    return reached
