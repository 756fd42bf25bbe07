"""Cycles and chains of a round, and all short ones. Plain Python: the checker stands on it and needs no solver."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from qixue.swap.matching.round import Round, Rules, TooMany, arc_points, dummies_below_first, is_local, kind_received

MAX_EXCHANGES = 500_000  # enumerated at most
MAX_WAYS = 2_000_000  # between items, through dummies
MAX_STEPS = 200_000  # of the search for cycles of any length

Path = tuple[int, ...]

Thing = TypeVar("Thing")


def followed(things: Sequence[Thing], *, is_chain: bool) -> Iterator[tuple[Thing, Thing]]:
    """Each with what follows it: in a cycle the last with the first, in a chain the last with nothing."""
    return zip(things, things[1:] if is_chain else (*things[1:], things[0]), strict=False)


@dataclass(frozen=True)
class Exchange:
    """Things, dummies among them, each followed by what its owner receives for it.

    In a cycle the last is followed by the first. A chain ends with its gift, and its first thing goes to the table.
    """

    nodes: Path
    is_chain: bool = False

    def hand_overs(self) -> Iterator[tuple[int, int]]:
        """(thing, what its owner receives for it)"""
        return followed(self.nodes, is_chain=self.is_chain)

    def receivers(self, round_: Round) -> list[int]:
        """The things whose owners receive one: as many as are handed to people. Dummies do not count."""
        return [item for item, _received in self.hand_overs() if not round_.is_dummy[item]]

    def served(self, round_: Round) -> set[int]:
        return {round_.users[item] for item in self.receivers(round_)}

    def points(self, round_: Round, rules: Rules) -> int:
        return sum(arc_points(round_, rules, *hand_over) for hand_over in self.hand_overs())

    def local(self, round_: Round) -> int:
        """Hand-overs within one community."""
        return sum(is_local(round_, *hand_over) for hand_over in self.hand_overs())

    def kinds(self, round_: Round) -> Counter[tuple[int, str]]:
        """How many things of a kind each person receives."""
        found = (kind_received(round_, *hand_over) for hand_over in self.hand_overs())
        return Counter(received for received in found if received is not None)

    def expected(self, round_: Round, absence: float) -> float:
        """Things handed to people when each person stays away with this probability, by themselves.

        One who stays away voids a cycle; a chain holds from its gift up to them.
        """
        items = [node for node in self.nodes if not round_.is_dummy[node]]
        if not self.is_chain:
            return len(items) * (1 - absence) ** len({round_.users[item] for item in items})
        needed: set[int] = {round_.users[items[-1]]}
        total = 0.0
        for item in reversed(items[:-1]):
            needed.add(round_.users[item])
            total += (1 - absence) ** len(needed)
        return total


def item_arcs(round_: Round) -> list[dict[int, list[Path]]]:
    """For each item the items that its owner would take for it, with the ways there: through no dummies or some.

    Raises TooMany where dummies that want dummies make more than MAX_WAYS.
    """
    ways: dict[int, list[tuple[int, Path]]] = {}
    arcs: list[dict[int, list[Path]]] = [{} for _node in round_.ids]
    count = 0
    for node in [*dummies_below_first(round_), *(node for node, dummy in enumerate(round_.is_dummy) if not dummy)]:
        ways[node] = []
        for wanted in round_.wants[node]:
            through = [(end, (wanted, *path)) for end, path in ways[wanted]] if round_.is_dummy[wanted] else []
            ways[node] += through if round_.is_dummy[wanted] else [(wanted, ())]
            count += max(1, len(through))
            if count > MAX_WAYS:
                raise TooMany
        for end, path in [] if round_.is_dummy[node] else ways.pop(node):
            arcs[node].setdefault(end, []).append(path)
    return arcs


def exchanges(round_: Round, cap: int | None) -> Iterator[Exchange]:
    """All cycles and chains with at most `cap` items, each once, in a fixed order.

    Raises TooMany: for any length after MAX_STEPS of the search, else after MAX_EXCHANGES.
    """
    count = 0
    arcs = item_arcs(round_)
    for found in (cycles(arcs, cap), chains(round_, arcs, cap)):
        for exchange in found:
            count += 1
            if count > MAX_EXCHANGES:
                raise TooMany
            yield exchange


def takers(arcs: list[dict[int, list[Path]]]) -> dict[int, set[int]]:
    """For each item those that would be given for it: the arcs the other way round."""
    into: dict[int, set[int]] = {}
    for item, targets in enumerate(arcs):
        for target in targets:
            into.setdefault(target, set()).add(item)
    return into


def cycles(arcs: list[dict[int, list[Path]]], cap: int | None) -> Iterator[Exchange]:
    """Depth first from the smallest item of each cycle."""
    into = takers(arcs)
    steps = 0
    for start in range(len(arcs)):
        open_paths: list[tuple[int, Path]] = [(start, (start,))] if start in into else []
        while open_paths:
            steps += 1
            if cap is None and steps > MAX_STEPS:
                raise TooMany
            last, items = open_paths.pop()
            if start in arcs[last] and len(items) > 1:
                yield from with_dummies(arcs, items, is_chain=False)
            if cap is not None and len(items) == cap:
                continue
            nearly = cap is not None and len(items) == cap - 1
            targets = sorted(arcs[last].keys() & into[start]) if nearly else sorted(arcs[last], reverse=True)
            open_paths += [(item, (*items, item)) for item in targets if item > start and item not in items]


def chains(round_: Round, arcs: list[dict[int, list[Path]]], cap: int | None) -> Iterator[Exchange]:
    """From each gift backwards: who takes it, who takes what that one gives."""
    into = takers(arcs)
    steps = 0
    for gift in (node for node, flag in enumerate(round_.is_gift) if flag):
        open_paths: list[Path] = [(gift,)]
        while open_paths:
            steps += 1
            if cap is None and steps > MAX_STEPS:
                raise TooMany
            items = open_paths.pop()
            if len(items) > 1:
                yield from with_dummies(arcs, items, is_chain=True)
            if cap is None or len(items) < cap:
                open_paths += [
                    (item, *items) for item in sorted(into.get(items[0], ()), reverse=True) if item not in items
                ]


def with_dummies(arcs: list[dict[int, list[Path]]], items: Path, *, is_chain: bool) -> Iterator[Exchange]:
    """The exchange of these items by every choice of ways between them; no dummy serves twice."""
    partial: list[Path] = [()]
    for item, follower in followed(items, is_chain=is_chain):
        partial = [
            (*nodes, item, *path)
            for nodes in partial
            for path in arcs[item][follower]
            if not set(path).intersection(nodes)
        ]
        if len(partial) > MAX_EXCHANGES:
            raise TooMany
    for nodes in partial:
        yield Exchange((*nodes, items[-1]) if is_chain else nodes, is_chain)
