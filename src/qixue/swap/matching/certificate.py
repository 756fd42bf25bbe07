"""Certificates: prices of things, people and kinds under which no plan is worth more than their sum.

Lagrangian relaxation: what makes a round hard (people count once, one of a kind) is priced by multipliers, and what is
left is an assignment or a packing with a dual of its own. All numbers are whole: prices of a linear program are
scaled, rounded, and mended so that they hold exactly. `check` knows nothing of how they were found.
Fisher, The Lagrangian relaxation method for solving integer programming problems (1981).
"""

import numpy as np

from qixue.swap.matching.exchange import Exchange
from qixue.swap.matching.network import Ints, Network, arc_worth, best_successors, potentials
from qixue.swap.matching.plan import SCALE, Certificate, expected_units, weights
from qixue.swap.matching.program import Choices, Floats, Prices, relaxation
from qixue.swap.matching.round import Round, Rules, kind_received


def network_certificate(round_: Round, rules: Rules, network: Network, choices: Choices) -> Certificate:
    """For cycles of any length where people count, or kinds."""
    factor = weights(round_, rules)
    multipliers = whole_multipliers(relaxation(choices, factor), choices, SCALE * factor.get("people", 0))
    worth = SCALE * factor.get("items", 0) * arc_worth(network, rules)
    worth += priced(round_, network, multipliers)
    dual = potentials(network, worth, best_successors(network, worth))
    return {**dual.certificate(), "scale": SCALE, **multipliers, "total": dual.total + rest(multipliers, factor)}


def packing_certificate(
    round_: Round, rules: Rules, exchanges: list[Exchange], choices: Choices, *, any_length: bool
) -> Certificate:
    """For short exchanges: a price for each thing, so that each exchange costs what it is worth or more."""
    factor = weights(round_, rules)
    prices = relaxation(choices, factor)
    multipliers = whole_multipliers(prices, choices, SCALE * factor.get("people", 0))
    nodes = np.ceil(SCALE * prices.limits - 1e-6).astype(np.int64)
    people = np.array(multipliers["people"] or [0] * len(round_.people))
    of_kind = {(person, kind): price for person, kind, price in multipliers["kinds"]}
    for exchange in exchanges:
        wanted = SCALE * factor.get("items", 0) * exchange.points(round_, rules)
        wanted += SCALE * factor.get("expected", 0) * expected_units(round_, exchange)
        wanted += int(people[list(exchange.served(round_))].sum())
        wanted -= sum(of_kind.get(key, 0) * count for key, count in exchange.kinds(round_).items())
        nodes[exchange.nodes[0]] += max(0, wanted - int(nodes[list(exchange.nodes)].sum()))
    total = int(nodes.sum()) + rest(multipliers, factor)
    kind = "cycles" if any_length else "packing"
    return {"kind": kind, "scale": SCALE, **multipliers, "nodes": nodes.tolist(), "total": total}


def whole_multipliers(prices: Prices, choices: Choices, most: int) -> Certificate:
    """Multipliers of people (at most what a person counts) and kinds, rounded: any value at least 0 is right."""
    people = whole(np.minimum(prices.people * SCALE, most)).tolist() if most else []
    kinds = whole(prices.kinds * SCALE).tolist()
    found = zip(choices.kind_keys, kinds, strict=True)
    return {"people": people, "kinds": [[person, kind, price] for (person, kind), price in found if price]}


def whole(values: Floats) -> Ints:
    return np.rint(values).astype(np.int64)


def priced(round_: Round, network: Network, multipliers: Certificate) -> Ints:
    """What multipliers add to the worth of each arc: serving a person adds, a kind takes away."""
    people = multipliers["people"] or [0] * len(round_.people)
    of_kind = {(person, kind): price for person, kind, price in multipliers["kinds"]}
    found = []
    for tail, head in zip(network.tails.tolist(), network.heads.tolist(), strict=True):
        kind = kind_received(round_, tail, head)
        serves = 0 if round_.is_dummy[tail] else people[round_.users[tail]]
        found.append(serves - (of_kind.get(kind, 0) if kind else 0))
    return np.array(found, dtype=np.int64)


def rest(multipliers: Certificate, factor: dict[str, int]) -> int:
    """What the multipliers themselves add to the bound."""
    people = sum(SCALE * factor["people"] - price for price in multipliers["people"])
    return people + sum(price for _person, _kind, price in multipliers["kinds"])
