"""Cut long cycles into short ones without giving up anything: a person who stays away then voids less.

If a takes b and c takes d in one cycle, and a would also take d and c would take b, then swapping the two leaves two
cycles with the same things (the exchange of an assignment along a chord).
"""

from collections import Counter

import numpy as np

from qixue.swap.matching.exchange import Exchange, Path
from qixue.swap.matching.network import Ints, Network
from qixue.swap.matching.round import Round, Rules, is_local, kind_received

Cut = tuple[int, int]  # places of the two nodes whose followers are swapped
HandOver = tuple[int, int]


def split_all(round_: Round, rules: Rules, network: Network, exchanges: list[Exchange]) -> list[Exchange]:
    """Each exchange cut as evenly as its arcs allow, again and again."""
    received: Counter[tuple[int, str] | None] = Counter()
    if rules.one_per_kind:
        received.update(kind for exchange in exchanges for kind in exchange.kinds(round_).elements())
    order = np.argsort(network.tails, kind="stable")
    first = np.searchsorted(network.tails[order], np.arange(network.size + 1))
    heads = network.heads[order]
    position = np.full(network.size, -1)
    waiting, done = list(reversed(exchanges)), []
    while waiting:
        exchange = waiting.pop()
        cuts = chords(exchange, heads, first, position)
        cut = next((cut for cut in cuts if is_as_good(round_, exchange, cut, received)), None)
        if cut is None:
            done.append(exchange)
            continue
        before, after = changed(exchange, cut)
        received.subtract(kind_received(round_, *hand_over) for hand_over in before)
        received.update(kind_received(round_, *hand_over) for hand_over in after)
        waiting += reversed(swapped(exchange, cut))
    return done


def chords(exchange: Exchange, heads: Ints, first: Ints, position: Ints) -> list[Cut]:
    """Pairs i < j of which node i would take the follower of j, and j that of i; the most even cuts first.

    `position` is -1 everywhere, and again afterwards.
    """
    nodes = np.array(exchange.nodes)
    length = len(nodes)
    if length < 4:
        return []
    position[nodes] = np.arange(length)
    counts = first[nodes + 1] - first[nodes]
    arcs = np.repeat(first[nodes] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(counts.sum())
    takes, taken = np.repeat(np.arange(length), counts), position[heads[arcs]]
    position[nodes] = -1
    inside = taken >= 0
    takes, taken = takes[inside], (taken[inside] - 1) % length  # the node that takes it now
    both = np.isin(takes * length + taken, taken * length + takes) & (takes < taken)
    near, far = takes[both], taken[both]
    if exchange.is_chain:
        near, far = near[far < length - 1], far[far < length - 1]  # the gift at the end takes nothing
    uneven = np.abs(2 * (far - near) - length)
    order = np.lexsort((near, uneven))
    return [(int(near[index]), int(far[index])) for index in order]


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
