"""What can be chosen in a round: its arcs, for cycles of any length, or its short exchanges (set packing)."""

import numpy as np
from scipy.sparse import csc_array, vstack

from qixue.swap.matching.exchange import Exchange
from qixue.swap.matching.network import Bools, Ints, Network, arc_worth, arcs_on_cycles
from qixue.swap.matching.plan import expected_units
from qixue.swap.matching.program import Choices, rows_of
from qixue.swap.matching.round import Round, Rules, kind_received

Kind = tuple[int, str]


def choices_of_arcs(round_: Round, rules: Rules, network: Network, allowed: Bools) -> tuple[Ints, Choices]:
    """The numbers of the arcs that can be chosen, and the choice among them: a circulation with capacities.

    Each thing takes at most one; who gives takes, and takes only who gives, but that a gift takes nothing and the last
    thing of a chain goes to the table.
    """
    arcs = np.flatnonzero(allowed & arcs_on_cycles(network))
    columns = np.arange(len(arcs))
    tails, heads = network.tails[arcs], network.heads[arcs]
    shape = (network.size, len(arcs))
    takes, gives = rows_of(tails, columns, shape), rows_of(heads, columns, shape)
    balance = [np.zeros(network.size), np.zeros(network.size)]
    balance[1][network.ends] = np.inf
    balance[0][network.gifts] = -1
    pairs = list(zip(tails.tolist(), heads.tolist(), strict=True))
    keys: list[tuple[Kind, int]] = []
    if rules.one_per_kind:
        found = [(kind_received(round_, *pair), column) for column, pair in enumerate(pairs)]
        keys = [(kind, column) for kind, column in found if kind is not None]
    kinds, kind_keys = kind_rows(keys, len(arcs))
    served = [(round_.users[tail], column) for column, tail in enumerate(tails.tolist()) if not round_.is_dummy[tail]]
    return arcs, Choices(
        limits=vstack([takes, takes - gives]).tocsc(),
        lower=np.concatenate([np.full(network.size, -np.inf), balance[0]]),
        upper=np.concatenate([np.ones(network.size), balance[1]]),
        kinds=kinds,
        kind_keys=kind_keys,
        serves=rows_of(*columns_of(served), (len(round_.people), len(arcs))),
        measures={
            "items": arc_worth(network, rules)[arcs],
            "local": network.local[arcs].astype(np.int64),
            "waiting": network.waiting[arcs],
        },
    )


def choices_of_exchanges(round_: Round, rules: Rules, exchanges: list[Exchange]) -> Choices:
    """Each thing is in at most one exchange that is chosen: set packing."""
    used = [(node, column) for column, exchange in enumerate(exchanges) for node in exchange.nodes]
    served = [(person, column) for column, exchange in enumerate(exchanges) for person in exchange.served(round_)]
    keys: list[tuple[Kind, int]] = []
    if rules.one_per_kind:
        keys = [(key, column) for column, found in enumerate(exchanges) for key in found.kinds(round_).elements()]
    kinds, kind_keys = kind_rows(keys, len(exchanges))
    measures = {
        "items": [exchange.points(round_, rules) for exchange in exchanges],
        "expected": [expected_units(round_, exchange) for exchange in exchanges],
        "local": [exchange.local(round_) for exchange in exchanges],
        "waiting": [sum(round_.waiting[node] for node in exchange.receivers(round_)) for exchange in exchanges],
    }
    return Choices(
        limits=rows_of(*columns_of(used), (len(round_.ids), len(exchanges))),
        lower=np.full(len(round_.ids), -np.inf),
        upper=np.ones(len(round_.ids)),
        kinds=kinds,
        kind_keys=kind_keys,
        serves=rows_of(*columns_of(served), (len(round_.people), len(exchanges))),
        measures={name: np.array(values, dtype=np.int64) for name, values in measures.items()},
    )


def kind_rows(found: list[tuple[Kind, int]], columns: int) -> tuple[csc_array, list[Kind]]:
    """A row for each person and kind of which they could receive more than one."""
    counts: dict[Kind, int] = {}
    for kind, _column in found:
        counts[kind] = counts.get(kind, 0) + 1
    keys = [kind for kind, count in counts.items() if count > 1]
    number = {kind: row for row, kind in enumerate(keys)}
    entries = [(number[kind], column) for kind, column in found if kind in number]
    return rows_of(*columns_of(entries), (len(keys), columns)), keys


def columns_of(pairs: list[tuple[int, int]]) -> tuple[Ints, Ints]:
    """Pairs as two arrays."""
    array = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return array[:, 0], array[:, 1]
