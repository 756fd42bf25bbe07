"""Which intervals meet, found by a sweep over their starts: n log n, plus one step for each pair that is found."""

import heapq
from collections.abc import Hashable, Iterable, Iterator
from typing import Any, Protocol, TypeVar


class Interval(Protocol):
    """Anything with a start and an end that can be compared; the end is no part of it."""

    @property
    def starts_at(self) -> Any: ...

    @property
    def ends_at(self) -> Any: ...


Item = TypeVar("Item", bound=Interval)


def overlapping(items: Iterable[tuple[Hashable, Item]]) -> Iterator[tuple[Item, Item]]:
    """Pairs of items under the same key whose times overlap, the earlier first; such as only touch do not meet.

    An item may stand under several keys; a pair that meets under two of them comes twice.
    """
    groups: dict[Hashable, list[Item]] = {}
    for key, item in items:
        groups.setdefault(key, []).append(item)
    for group in groups.values():
        yield from overlapping_in(group)


def overlapping_in(group: list[Item]) -> Iterator[tuple[Item, Item]]:
    """The same for one group."""
    running: list[tuple[Any, int, Item]] = []  # by end; the number keeps the heap from comparing items
    for number, item in enumerate(sorted(group, key=lambda item: item.starts_at)):
        while running and running[0][0] <= item.starts_at:
            heapq.heappop(running)
        yield from ((other, item) for _end, _number, other in sorted(running, key=lambda entry: entry[1]))
        heapq.heappush(running, (item.ends_at, number, item))
