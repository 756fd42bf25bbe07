"""A round as a network: arcs in arrays, strongly connected components, assignments and their potentials.

Without a cap on the length, the best plan is an assignment: each thing is given what its owner receives for it, or
keeps itself. Where gifts start chains, a table takes the last thing of each: a min-cost flow.
numpy and OR-Tools are loaded here, and this file only with the first solve.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
from ortools.graph.python.linear_sum_assignment import SimpleLinearSumAssignment
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from qixue.swap.matching.components import Bools, Ints, components, mask, trimmed
from qixue.swap.matching.plan import Certificate
from qixue.swap.matching.round import NoAssignment, Round, Rules


@dataclass(frozen=True)
class Network:
    """Arcs from each thing to those that are wanted for it. Node `size` is the common table where there are gifts."""

    size: int
    tails: Ints
    heads: Ints
    gifts: Ints  # nodes that start chains
    ends: Ints  # nodes that may go to the table: all items but gifts; none without gifts
    counted: Bools  # of arcs: the tail is an item, so that a person receives one more thing
    local: Bools  # of arcs: the thing stays in its community
    waiting: Ints  # of arcs: the rounds for which the item at the tail has waited; 0 for dummies

    @property
    def table(self) -> int:
        return self.size

    @cached_property
    def first(self) -> Ints:
        """Where the arcs of each thing begin: they stand in the order of their tails."""
        return np.searchsorted(self.tails, np.arange(self.size + 1))


@dataclass(frozen=True)
class Potentials:
    """The dual of an assignment: `give[u] + take[v]` is at least the worth of every arc (u, v), and of (u, u), 0.

    No plan is worth more than the sum of all. The price at the common table is the least `take` of an end; with it,
    `give` of each gift is at least 0.
    """

    give: Ints
    take: Ints

    @property
    def total(self) -> int:
        return int(self.give.sum() + self.take.sum())

    def certificate(self) -> Certificate:
        """That of a plan which is a best assignment as it is: nothing has multipliers."""
        return {
            "kind": "network",
            "scale": 1,
            "people": [],
            "kinds": [],
            "give": self.give.tolist(),
            "take": self.take.tolist(),
            "total": self.total,
        }


def network_of(round_: Round) -> Network:
    """The network of a round `under_rules`."""
    counts = np.fromiter(map(len, round_.wants), np.int64, len(round_.ids))
    heads = np.fromiter(chain.from_iterable(round_.wants), np.int64, int(counts.sum()))
    tails = np.repeat(np.arange(len(round_.ids)), counts)
    gift, dummy = np.array(round_.is_gift, dtype=bool), np.array(round_.is_dummy, dtype=bool)
    codes = {place: code for code, place in enumerate(dict.fromkeys(round_.places))}
    place = np.array([-1 if place is None else codes[place] for place in round_.places], dtype=np.int64)
    return Network(
        size=len(round_.ids),
        tails=tails,
        heads=heads,
        gifts=np.flatnonzero(gift),
        ends=np.flatnonzero(~gift & ~dummy) if gift.any() else np.empty(0, np.int64),
        counted=~dummy[tails],
        local=(place[tails] >= 0) & (place[tails] == place[heads]) & ~dummy[heads],
        waiting=np.where(dummy, 0, np.array(round_.waiting, dtype=np.int64))[tails],
    )


def arc_worth(network: Network, rules: Rules) -> Ints:
    """Points of each arc: `arc_points` for all."""
    return rules.unit * network.counted.astype(np.int64) + rules.local_bonus * network.local


def arcs_on_cycles(network: Network) -> Bools:
    """Arcs inside a strongly connected component: only they can be in a cycle, or by way of the table in a chain."""
    labels = components(network.size + 1, *with_table(network))
    return np.asarray(labels[network.tails] == labels[network.heads])


def with_table(network: Network) -> tuple[Ints, Ints]:
    """Tails and heads of all arcs, then of those from gifts to the table and from there to what it may take."""
    table = np.full(len(network.gifts), network.table), np.full(len(network.ends), network.table)
    tails = np.concatenate([network.tails, network.gifts, table[1]])
    return tails, np.concatenate([network.heads, table[0], network.ends])


def best_successors(network: Network, worth: Ints) -> Ints:
    """For each thing what its owner receives, so that the worth of the arcs is greatest: a maximum assignment.

    A thing that is kept succeeds itself; a gift that is given has the table. What cannot be part of a cycle goes first
    as far as loose ends tell, which leaves hardly more than the components and takes a fifth of the time.
    Goldberg and Kennedy, An efficient cost scaling algorithm for the assignment problem (1995), as in OR-Tools.
    """
    usable = trimmed(network.size + 1, *with_table(network))
    usable = usable[usable < len(network.tails)]
    tails, heads, worth = network.tails[usable], network.heads[usable], worth[usable]
    successors = np.arange(network.size)
    if not len(tails):
        return successors
    is_touched = mask(network.size, tails, heads, network.gifts)
    touched = np.flatnonzero(is_touched)
    place = np.full(network.size, -1)
    place[touched] = np.arange(len(touched))
    highest = int(max(worth.max(), 0))
    own = np.arange(len(touched))
    left = np.concatenate([place[tails], own])
    right = np.concatenate([place[heads], own])
    costs = np.concatenate([highest - worth, np.full(len(touched), highest)])
    if len(network.gifts):
        ends = network.ends[is_touched[network.ends]]
        chosen = flow(len(touched), (left, right, costs), place[network.gifts], place[ends], highest)
    else:
        chosen = assignment(left, right, costs)
    matched = place[network.gifts][chosen[place[network.gifts]] < 0]
    successors[touched] = touched[np.maximum(chosen, 0)]
    successors[touched[matched]] = network.table
    return successors


def assignment(left: Ints, right: Ints, costs: Ints) -> Ints:
    """The right node of each left node in the cheapest perfect matching."""
    solver = SimpleLinearSumAssignment()
    solver.add_arcs_with_cost(left, right, costs)
    if solver.solve() != solver.OPTIMAL:
        raise NoAssignment
    return np.fromiter(map(solver.right_mate, range(solver.num_nodes())), np.int64, solver.num_nodes())


def flow(size: int, arcs: tuple[Ints, Ints, Ints], gifts: Ints, ends: Ints, keep: int) -> Ints:
    """The same with a table between gifts and ends, which takes any number; -1 for a gift that goes there.

    Node u is on the left as u, on the right as size + u; `keep` is the cost of a thing that is not exchanged.
    Goldberg, An efficient implementation of a scaling minimum-cost flow algorithm (1997), as in OR-Tools.
    """
    left, right, costs = arcs
    table = np.full(len(gifts), 2 * size), np.full(len(ends), 2 * size)
    tails = np.concatenate([left, gifts, table[1]])
    heads = np.concatenate([size + right, table[0], size + ends])
    prices = np.concatenate([costs, np.full(len(gifts), keep), np.zeros(len(ends), np.int64)])
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(tails, heads, np.ones(len(tails), np.int64), prices)
    nodes = np.arange(2 * size)
    solver.set_nodes_supplies(nodes, np.where(nodes < size, 1, -1))
    if solver.solve() != solver.OPTIMAL:
        raise NoAssignment
    used = solver.flows(np.arange(len(left))) > 0
    chosen = np.full(size, -1)
    chosen[left[used]] = right[used]
    return chosen


def potentials(network: Network, worth: Ints, successors: Ints, rounds: int | None = None) -> Potentials:
    """The dual of an assignment that is best: longest distances by Bellman-Ford over the alternatives.

    An arc (u, v) instead of u's own says that take[v] is at least take[successor of u] plus what v is worth more.
    Raises NoAssignment where a better assignment exists, or so many `rounds` of Bellman-Ford do not tell.
    """
    nodes = np.arange(network.size)
    kept = np.zeros(network.size, np.int64)
    own = kept.copy()  # what each thing's own arc is worth
    chosen = network.heads == successors[network.tails]
    own[network.tails[chosen]] = worth[chosen]
    is_taken = mask(network.size + 1, successors)
    fed = network.ends[~is_taken[network.ends]]  # what goes to the table, for nobody takes or keeps it
    left = np.concatenate([network.tails, nodes, network.gifts])
    right = np.concatenate([network.heads, nodes, np.full(len(network.gifts), network.table)])
    gain = np.concatenate([worth, kept, np.zeros(len(network.gifts), np.int64)]) - own[left]
    table = np.full(len(network.ends), network.table)
    sources = np.concatenate([successors[left], table, fed])
    targets = np.concatenate([right, network.ends, table[: len(fed)]])
    lengths = np.concatenate([gain, np.zeros(len(network.ends) + len(fed), np.int64)])
    take = longest_distances(network.size + 1, (sources, targets, lengths), rounds)
    return Potentials(give=own - take[successors], take=take[:-1])


def spans(first: Ints, nodes: Ints) -> tuple[Ints, Ints]:
    """The arcs from these nodes, as the place of each one's tail in `nodes` and its number.

    Those of node u are numbered from `first[u]` to `first[u + 1]`.
    """
    counts = first[nodes + 1] - first[nodes]
    begins = first[nodes] - (np.cumsum(counts) - counts)
    return np.repeat(np.arange(len(nodes)), counts), np.repeat(begins, counts) + np.arange(counts.sum())


def longest_distances(size: int, arcs: tuple[Ints, Ints, Ints], rounds: int | None = None) -> Ints:
    """Bellman-Ford from everywhere at 0, only from nodes that rose in the round before."""
    sources, targets, lengths = arcs
    binding = sources != targets
    order = np.argsort(sources[binding], kind="stable")
    sources, targets, lengths = (array[binding][order] for array in (sources, targets, lengths))
    first = np.searchsorted(sources, np.arange(size + 1))
    distance = np.zeros(size, np.int64)
    risen = np.arange(size)
    for _round in range(min(size, rounds or size) + 1):
        place, out = spans(first, risen)
        reach = distance[risen[place]] + lengths[out]
        higher = reach > distance[targets[out]]
        if not higher.any():
            return distance
        raised = targets[out[higher]]
        np.maximum.at(distance, raised, reach[higher])
        risen = np.flatnonzero(mask(size, raised))
    raise NoAssignment
