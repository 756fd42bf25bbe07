"""The sessions of a programme as sets: counting what is left after any filters takes microseconds. Pure.

A set holds places in the order of the starts and is compressed (a roaring bitmap), so that few among 100,000 sessions
are counted as quickly as few among 2,000. Those of some 150 filter values are kept while the programme stays the same.
"""

import datetime
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import reduce
from operator import and_

from pyroaring import FrozenBitMap

from qixue.programme.line_index import LineIndex

NOON, EVENING = 12, 18  # hours: where the afternoon and the evening begin
NONE = FrozenBitMap()


class TimeOfDay(StrEnum):
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


@dataclass(frozen=True)
class Entry:
    """A session as the index needs it. `facets` are its values by name of filter; a place has several.

    `written` and `sounds` are the lines in which words are looked for, see programme.search.
    """

    pk: int
    starts_at: datetime.datetime | None
    ends_at: datetime.datetime | None
    facets: Mapping[str, Sequence[str]]
    written: str = ""
    sounds: str = ""


def facets_of_time(local: datetime.datetime | None) -> dict[str, list[str]]:
    """Day and time of day of a start, given in local time; none where no start is known."""
    if local is None:
        return {}
    is_early, is_late = local.hour < NOON, local.hour >= EVENING
    part = TimeOfDay.MORNING if is_early else TimeOfDay.EVENING if is_late else TimeOfDay.AFTERNOON
    return {"day": [local.date().isoformat()], "time": [part.value]}


class ListingIndex:
    """Made from entries in the order in which lists show them."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.pks: list[int] = []
        self.starts: list[datetime.datetime] = []  # of those that have one: they come first
        self.ends: list[datetime.datetime | None] = []
        without_start: list[int] = []
        written: list[str] = []
        sounds: list[str] = []
        places: dict[str, dict[str, list[int]]] = {}
        # One after the other: all of them held at once cost the collector seconds.
        for place, row in enumerate(entries):
            self.pks.append(row.pk)
            self.ends.append(row.ends_at or row.starts_at)
            written.append(row.written)
            sounds.append(row.sounds)
            if row.starts_at is None:
                without_start.append(place)
            else:
                self.starts.append(row.starts_at)
            for name, values in row.facets.items():
                for value in values:
                    places.setdefault(name, {}).setdefault(value, []).append(place)
        self.places = {pk: place for place, pk in enumerate(self.pks)}
        self.everything = FrozenBitMap(range(len(self.pks)))
        self.sets = {
            name: {value: FrozenBitMap(found) for value, found in sorted(by_value.items())}
            for name, by_value in places.items()
        }
        self.having_no_start = FrozenBitMap(without_start)
        self.written, self.sounds = LineIndex(written), LineIndex(sounds)
        self.last_coming: tuple[datetime.datetime, FrozenBitMap] | None = None

    def of_keys(self, pks: Iterable[int]) -> FrozenBitMap:
        """The set of the sessions with these keys; those that are not listed are left out."""
        return FrozenBitMap([place for pk in pks if (place := self.places.get(pk)) is not None])

    def having(self, name: str, value: str) -> FrozenBitMap:
        """The sessions with a value of a filter; none for a value that nothing has."""
        return self.sets.get(name, {}).get(value, NONE)

    def with_word(self, word: str, *, is_sound: bool) -> FrozenBitMap:
        """The sessions in one of whose lines the word stands as it is: no sign in it means anything else."""
        return (self.sounds if is_sound else self.written).having(word)

    def coming(self, at: datetime.datetime) -> FrozenBitMap:
        """The sessions whose end, or start where no end is known, has not passed at the beginning of this minute."""
        minute = at.replace(second=0, microsecond=0)
        if self.last_coming is None or self.last_coming[0] != minute:
            places = [place for place, end in enumerate(self.ends) if end is None or end >= minute]
            self.last_coming = (minute, FrozenBitMap(places))
        return self.last_coming[1]

    def starting_before(self, moment: datetime.datetime) -> FrozenBitMap:
        return FrozenBitMap(range(bisect_left(self.starts, moment)))

    def counts(self, name: str, within: FrozenBitMap) -> dict[str, int]:
        """How many of a set have each value of a filter, without those that none has, by value in their order."""
        sets = self.sets.get(name, {})
        return {value: count for value, found in sets.items() if (count := within.intersection_cardinality(found))}

    def keys(self, within: FrozenBitMap, start: int, stop: int) -> list[int]:
        """The keys of the sessions of a set from the `start`-th (from 0) up to before the `stop`-th, in order."""
        return [self.pks[place] for place in within[start:stop]]


@dataclass(frozen=True)
class Narrowed:
    """An index with the set that each given answer leaves, by name of filter.

    `off` gives the sessions that lists show and no number counts: they do not take place, or not then.
    """

    index: ListingIndex
    answers: Mapping[str, FrozenBitMap]
    off: Callable[[], FrozenBitMap] = FrozenBitMap
    counted: dict[tuple[str, frozenset[str]], dict[str, int]] = field(default_factory=dict, compare=False)

    @property
    def found(self) -> FrozenBitMap:
        """What fits every answer."""
        return reduce(and_, self.answers.values(), self.index.everything)

    @property
    def standing(self) -> FrozenBitMap:
        """What fits every answer and is counted."""
        return self.found - self.off()

    def without(self, *names: str) -> FrozenBitMap:
        """What fits every answer but these: among it the values of a filter are counted."""
        return reduce(and_, (found for name, found in self.answers.items() if name not in names), self.index.everything)

    def counts(self, facet: str, *names: str) -> dict[str, int]:
        """How many sessions each value of a filter would leave, given the answers to all other filters than `names`."""
        left_out = frozenset(name for name in names if name in self.answers)
        if (facet, left_out) not in self.counted:
            self.counted[facet, left_out] = self.index.counts(facet, self.without(*left_out) - self.off())
        return self.counted[facet, left_out]
