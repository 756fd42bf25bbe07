"""Plans without a cap where every item counts the same: the assignment itself, with ties broken."""

import numpy as np

from qixue.swap.matching.exchange import Exchange
from qixue.swap.matching.network import Ints, Network, Potentials, arc_worth, best_successors, network_of, potentials
from qixue.swap.matching.plan import Certificate, Plan, shown, worth
from qixue.swap.matching.round import NoAssignment, Round, Rules
from qixue.swap.matching.splitting import split_all

SMALL_FACTOR = 16  # how many ties a point outweighs at the first try
FEW_ROUNDS = 200  # of Bellman-Ford, twice what rounds of 10,000 items need


def assigned(round_: Round, rules: Rules) -> Plan:
    """Most items, in cycles of any length; a round `under_rules`."""
    network = network_of(round_)
    successors, dual = best_assignment(network, rules)
    found = split_all(round_, rules, network, exchanges_of(successors))
    return finished(round_, rules, found, shown(rules, dual.total), proven=True, certificate=dual.certificate())


def best_assignment(network: Network, rules: Rules) -> tuple[Ints, Potentials]:
    """What each thing's owner receives for it, and the dual of the points alone, which ties do not enter.

    Of the assignments with most points that which keeps most within communities, then serves who has waited longest.
    Weights by which a point outweighs all ties of a round make the solver slow, so small ones are tried first. Be A
    the assignment with the greatest sum of weighed levels. If duals prove that none has more points, and none with as
    many points more within communities, then A is the best: whichever equals it in both has a sum no greater, and so
    waits no longer. Where small weights traded a point for many ties, nothing is proven, and the full ones decide.
    """
    points = arc_worth(network, rules)
    ties = (network.local.astype(np.int64), network.waiting)
    levels = [points, *(level for level in ties if level.any())]
    successors = best_successors(network, weighed(levels, SMALL_FACTOR))
    try:
        dual = potentials(network, points, successors, FEW_ROUNDS)
        for depth in range(2, len(levels)):
            potentials(network, weighed(levels[:depth], network.size), successors, FEW_ROUNDS)
    except NoAssignment:
        successors = best_successors(network, weighed(levels, network.size))
        return successors, potentials(network, points, successors)
    return successors, dual


def weighed(levels: list[Ints], factor: int) -> Ints:
    """The sum of levels, one unit of each as much as `factor` arcs may have in all below it, and 1 more.

    With as many as there are things, which is the most arcs that a plan has, each unit outweighs all below.
    """
    total = np.zeros_like(levels[0])
    for level in reversed(levels):
        total = level * (factor * int(total.max(initial=0)) + 1) + total
    return total


def exchanges_of(successors: Ints) -> list[Exchange]:
    """The chains and cycles of an assignment, in the order of their first thing."""
    follows = successors.tolist()
    size = len(follows)
    taken = {head for tail, head in enumerate(follows) if head not in (tail, size)}
    found, seen = [], set[int]()
    starts = [node for node in range(size) if follows[node] not in (node, size) and node not in taken]
    for start in [*starts, *range(size)]:
        path: list[int] = []
        node = start
        while node not in seen and (follows[node] not in (node, size) or path):
            seen.add(node)
            path.append(node)
            node = follows[node] if follows[node] != size else node
        if path:
            found.append(Exchange(tuple(path), is_chain=node != start))
    return found


def finished(
    round_: Round,
    rules: Rules,
    found: list[Exchange],
    bound: float,
    *,
    proven: bool,
    certificate: Certificate | None,
) -> Plan:
    """In a fixed order; with the certificate if it proves the plan, as the relaxation behind it need not."""
    ordered = sorted((from_first_item(round_, exchange) for exchange in found), key=lambda exchange: exchange.nodes)
    if certificate is not None and certificate["total"] // certificate["scale"] != worth(round_, rules, ordered):
        certificate = None
    return Plan(round_, rules, tuple(ordered), bound, proven, certificate)


def from_first_item(round_: Round, exchange: Exchange) -> Exchange:
    """A cycle begins with its first item; a chain with what goes to the table."""
    if exchange.is_chain:
        return exchange
    start = exchange.nodes.index(min(node for node in exchange.nodes if not round_.is_dummy[node]))
    return Exchange((*exchange.nodes[start:], *exchange.nodes[:start]))
