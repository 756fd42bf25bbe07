"""Plans that need a search: people who count once, one of a kind, short cycles, expected items."""

import time
from collections import Counter
from dataclasses import replace

import numpy as np

from qixue.swap.matching.assigning import assigned, best_assignment, exchanges_of, finished
from qixue.swap.matching.certificate import network_certificate, packing_certificate
from qixue.swap.matching.choices import choices_of_arcs, choices_of_exchanges
from qixue.swap.matching.exchange import MAX_EXCHANGES, Exchange, exchanges
from qixue.swap.matching.favouring import serving_more
from qixue.swap.matching.network import Ints, arc_worth, network_of
from qixue.swap.matching.plan import AIMED_ABSENCE, Plan, deciding, shown, value
from qixue.swap.matching.program import Choices, lexicographic
from qixue.swap.matching.round import Round, Rules, TooMany
from qixue.swap.matching.splitting import split_all

TIES = ("local", "waiting")  # towards the same community, then who has waited longest
ORDERS = {
    "items": ("items", *TIES),
    "people_at_max": ("items", "people", *TIES),
    "people": ("people", "items", *TIES),
    "expected": ("expected", "items", *TIES),
}
MAX_LISTED = 20_000  # exchanges of any length among which the most expected items are chosen
PAIR_COMES = (1 - AIMED_ABSENCE) ** 2


def plan_by_arcs(round_: Round, rules: Rules, deadline: float) -> Plan:
    """Cycles of any length where people count, or kinds: an integer program over arcs.

    Where items come first, only arcs with small reduced costs can be in a better plan: at first those without any
    (they make up every plan with as many items as the assignment), then as many as the items that are missing.
    """
    network = network_of(round_)
    successors, dual = best_assignment(network, rules)
    points = arc_worth(network, rules)
    if rules.objective != "items":
        successors = serving_more(round_, network, points, successors, deadline)
    start = fitting(round_, rules, split_all(round_, rules, network, exchanges_of(successors)))
    slack = dual.give[network.tails] + dual.take[network.heads] - points
    missing = 0 if rules.objective != "people" else dual.total
    while True:
        arcs, choices = choices_of_arcs(round_, rules, network, slack <= missing)
        taken = start[network.tails[arcs]] == network.heads[arcs]
        known = {"items": dual.total} if rules.objective != "people" else {}
        solution = lexicographic(choices, order_for(rules, choices), deadline, start=taken, known=known)
        short = dual.total - solution.values["items"]
        if short <= missing or time.monotonic() >= deadline:
            break
        missing = short
    successors = np.arange(network.size)
    chosen = arcs[solution.chosen]
    successors[network.tails[chosen]] = network.heads[chosen]
    found = split_all(round_, rules, network, exchanges_of(successors))
    bounds = dict(solution.bounds)
    if rules.objective != "people":
        bounds["items"] = min(dual.total, max(bounds["items"], dual.total - missing - 1))
    bound, proven = bound_of(rules, round_, solution.values, bounds)
    certificate = network_certificate(round_, rules, network, choices) if proven else None
    return finished(round_, rules, found, bound, proven=proven, certificate=certificate)


def fitting(round_: Round, rules: Rules, found: list[Exchange]) -> Ints:
    """Of some exchanges those, one after the other, with which nobody receives two of a kind, as successors."""
    successors = np.arange(len(round_.ids))
    received: Counter[tuple[int, str]] = Counter()
    for exchange in found:
        after = received + exchange.kinds(round_)
        if rules.one_per_kind and max(after.values(), default=0) > 1:
            continue
        received = after if rules.one_per_kind else received
        for item, follower in exchange.hand_overs():
            successors[item] = follower
    return successors


def plan_by_packing(round_: Round, rules: Rules, deadline: float) -> Plan:
    """Short cycles and chains: choose among all of them."""
    found, complete = enumerated(round_, rules.max_items, MAX_EXCHANGES)
    plan = packed(round_, rules, found, deadline)
    if complete:
        return plan
    most = assigned(round_, replace(rules, objective="items", local_bonus=0, max_items=None)).bound
    bounds = {"items": most * (1 + rules.local_bonus / 100), "expected": most * PAIR_COMES}
    return replace(plan, bound=bounds.get(rules.objective, len(round_.people)), proven=False, certificate=None)


def plan_expected(round_: Round, rules: Rules, deadline: float) -> Plan:
    """Most expected items with cycles of any length: among all of them, where they can be listed.

    Else the better of two plans, without proof: short cycles only, and most items in cycles as short as they get. Each
    item needs two people who come, which is the bound.
    """
    found, complete = enumerated(round_, None, MAX_LISTED)
    if complete:
        return packed(round_, rules, found, deadline)
    short = plan_by_packing(round_, replace(rules, max_items=3), deadline)
    items_first = replace(rules, objective="items", local_bonus=0)
    long = plan_by_arcs(round_, items_first, deadline) if rules.one_per_kind else assigned(round_, items_first)
    best = max((long, short), key=lambda plan: plan.expected(AIMED_ABSENCE))
    bound = max(long.bound * PAIR_COMES, value(round_, rules, best.exchanges))
    return Plan(round_, rules, best.exchanges, bound, proven=False)


def packed(round_: Round, rules: Rules, listed: list[Exchange], deadline: float) -> Plan:
    """The best choice among exchanges that are all there are."""
    choices = choices_of_exchanges(round_, rules, listed)
    nothing = np.zeros(len(listed), dtype=bool)
    solution = lexicographic(choices, order_for(rules, choices), deadline, start=nothing, known={})
    chosen = [exchange for exchange, taken in zip(listed, solution.chosen.tolist(), strict=True) if taken]
    bound, proven = bound_of(rules, round_, solution.values, solution.bounds)
    certificate = None
    if proven:
        certificate = packing_certificate(round_, rules, listed, choices, any_length=rules.max_items is None)
    return finished(round_, rules, chosen, bound, proven=proven, certificate=certificate)


def enumerated(round_: Round, cap: int | None, most: int) -> tuple[list[Exchange], bool]:
    """All exchanges within a cap, or the first `most` and that there are more."""
    found: list[Exchange] = []
    try:
        for exchange in exchanges(round_, cap):
            found.append(exchange)
            if len(found) > most:
                return found, False
    except TooMany:
        return found, False
    return found, True


def order_for(rules: Rules, choices: Choices) -> list[str]:
    """The measures one after the other; those that are 0 everywhere decide nothing."""
    return [name for name in ORDERS[rules.objective] if name not in TIES or choices.measures[name].any()]


def bound_of(rules: Rules, round_: Round, values: dict[str, int], bounds: dict[str, int]) -> tuple[float, bool]:
    """What limits the objective, and whether nothing is left to win. A later bound holds only where the first does."""
    main = [name for name in ORDERS[rules.objective] if name not in TIES]
    proven = all(values[name] == bounds[name] for name in main)
    if rules.objective == "people_at_max" and values["items"] != bounds["items"]:
        return len(round_.people), False
    return shown(rules, bounds[deciding(rules)]), proven
