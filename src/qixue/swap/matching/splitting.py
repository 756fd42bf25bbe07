"""Cut long cycles into short ones without giving up anything: a person who stays away then voids less.

If a takes b and c takes d in one cycle, and a would also take d and c would take b, then swapping the two leaves two
cycles with the same things (the exchange of an assignment along a chord).
"""

from collections import Counter
from itertools import chain, pairwise

import numpy as np

from qixue.swap.matching.exchange import Exchange, Path
from qixue.swap.matching.network import Network, spans
from qixue.swap.matching.round import Round, Rules, is_local, kind_received

Cut = tuple[int, int]  # places of the two nodes whose followers are swapped
HandOver = tuple[int, int]


def split_all(round_: Round, rules: Rules, network: Network, exchanges: list[Exchange]) -> list[Exchange]:
    """Each exchange cut as evenly as its arcs allow, again and again."""
    received: Counter[tuple[int, str] | None] = Counter()
    if rules.one_per_kind:
        received.update(kind for exchange in exchanges for kind in exchange.kinds(round_).elements())
    waiting, done = exchanges, []
    while waiting:
        pieces: list[Exchange] = []
        for exchange, cuts in zip(waiting, chords(waiting, network), strict=True):
            cut = next((cut for cut in cuts if is_as_good(round_, exchange, cut, received)), None)
            if cut is None:
                done.append(exchange)
                continue
            before, after = changed(exchange, cut)
            received.subtract(kind_received(round_, *hand_over) for hand_over in before)
            received.update(kind_received(round_, *hand_over) for hand_over in after)
            pieces += swapped(exchange, cut)
        waiting = pieces
    return done


def chords(exchanges: list[Exchange], network: Network) -> list[list[Cut]]:
    """Of each exchange the pairs i < j of which node i would take the follower of j, and j that of i.

    The most even cuts first. All exchanges at once, for most are short: their nodes stand one after the other. A gift
    at the end of a chain takes nothing, so that it is in no pair.
    """
    lengths = np.array([len(exchange.nodes) for exchange in exchanges])
    nodes = np.fromiter(chain.from_iterable(exchange.nodes for exchange in exchanges), np.int64, int(lengths.sum()))
    count, starts = len(nodes), np.cumsum(lengths) - lengths
    group = np.repeat(np.arange(len(exchanges)), lengths)
    taker = np.arange(-1, count - 1)  # where the node stands that takes the one here now
    taker[starts] = starts + lengths - 1
    place = np.full(network.size, -1)
    place[nodes] = np.arange(count)
    takes, arcs = spans(network.first, nodes)
    found = place[network.heads[arcs]]
    inside = (found >= 0) & (group[found] == group[takes])
    takes, taken = takes[inside], taker[found[inside]]
    forth, back = takes < taken, takes > taken
    near, far = takes[forth], taken[forth]
    both = np.isin(near * count + far, taken[back] * count + takes[back], assume_unique=True)
    near, far = near[both], far[both]
    of = group[near]
    order = np.lexsort((near, np.abs(2 * (far - near) - lengths[of]), of))
    near, far, of = near[order], far[order], of[order]
    cuts = list(zip((near - starts[of]).tolist(), (far - starts[of]).tolist(), strict=True))
    first = np.searchsorted(of, np.arange(len(exchanges) + 1)).tolist()
    return [cuts[begin:end] for begin, end in pairwise(first)]


def swapped(exchange: Exchange, cut: Cut) -> tuple[Exchange, Exchange]:
    """The cycle that is cut off, and what remains."""
    near, far = cut
    nodes: Path = exchange.nodes
    rest = Exchange((*nodes[: near + 1], *nodes[far + 1 :]), exchange.is_chain)
    return Exchange(nodes[near + 1 : far + 1]), rest


def changed(exchange: Exchange, cut: Cut) -> tuple[list[HandOver], list[HandOver]]:
    """The two hand-overs that a cut replaces, and those that it puts in their place."""
    near, far = cut
    nodes = exchange.nodes
    taken_by_near, taken_by_far = nodes[near + 1], nodes[(far + 1) % len(nodes)]
    return [(nodes[near], taken_by_near), (nodes[far], taken_by_far)], [
        (nodes[near], taken_by_far),
        (nodes[far], taken_by_near),
    ]


def is_as_good(round_: Round, exchange: Exchange, cut: Cut, received: Counter[tuple[int, str] | None]) -> bool:
    """Whether as much stays in its community, and nobody receives a second thing of a kind that is `received`."""
    before, after = changed(exchange, cut)
    if sum(is_local(round_, *hand_over) for hand_over in after) < sum(is_local(round_, *old) for old in before):
        return False
    if not received:
        return True
    old = Counter(kind_received(round_, *hand_over) for hand_over in before)
    new = Counter(kind_received(round_, *hand_over) for hand_over in after)
    return all(kind is None or received[kind] - old[kind] + count <= 1 for kind, count in new.items())
