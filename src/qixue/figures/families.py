"""Which numbers of people are not told to everybody, so that none of fewer than five follows from the others.

The rule (docs/explanation/privacy.md): whatever is told stands in families, a whole and its parts. The programme has
its counties, brands and days for parts, a county its towns, and each of them the sessions in it. A part of one to four
people is withheld. Of a whole that is told, the parts withheld are two at least, and five people together. Of a whole
that is withheld, all parts are.

Sessions are many. Which of them belong to what is known until the records change, as positions in arrays; how many
people they have is laid over it.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import replace

import numpy as np

from qixue.core.changes import WHO_CAME, Subject
from qixue.core.figures import FEWEST, People, Scope
from qixue.core.kept import kept
from qixue.figures.series import is_read_by_months
from qixue.participation.queries.cells import Placed
from qixue.participation.queries.placed import Column, Tallies, tallies_of
from qixue.places.models import Region
from qixue.programme.models import Programme

Rest = tuple["Part", str]  # what of a whole is in none of its parts: never told, but it may follow from them
Part = Scope | datetime.date | int | Rest  # the number is the key of a session
Families = dict[tuple[Part, str], dict[Part, int]]  # by whole and dimension the people in each part
COUNTED = (*WHO_CAME, Subject.AFTERWARDS, Subject.PEOPLE)  # all that people are counted by
DISJOINT = frozenset({"brand", "series", "kind"})  # others may lie in one another: each is a family of its own


class SessionsCounted:
    """How many people each session has, and which of these numbers are withheld. One without a tally has none.

    A session that came while all of them were read is withheld.
    """

    def __init__(self, tallies: Tallies, people: People) -> None:
        self.sessions, self.newcomers = tallies.sessions, tallies.newcomers
        self.is_counted = np.zeros(len(self.sessions.keys), dtype=bool)
        self.is_counted[tallies.at] = True
        self.numbers = np.zeros(len(self.sessions.keys), dtype=np.int64)
        self.numbers[tallies.at] = people.at(tallies)
        self.is_withheld = (self.numbers > 0) & (self.numbers < FEWEST)

    def of(self, sessions: Column) -> int:
        return int(self.numbers[sessions].sum())

    def by_time(self) -> dict[datetime.date, Column]:
        """The sessions of each day, or in a longer time of each month, on which anybody was counted."""
        counted = set(np.unique(self.sessions.days[self.is_counted]).tolist())
        days = {day: found for day, found in self.sessions.by_day.items() if day.toordinal() in counted}
        if not days or not is_read_by_months(days):
            return days
        months = {day.replace(day=1) for day in days}
        return {month: found for month, found in self.sessions.by_month.items() if month in months}

    def is_open(self, sessions: Column) -> bool:
        """`is_open` of those that are withheld."""
        untold = self.numbers[sessions[self.is_withheld[sessions]]]
        return np.count_nonzero(untold) == 1 or 0 < untold.sum() < FEWEST

    def cover(self, sessions: Column) -> None:
        """As long as those withheld would follow from their whole, withhold the smallest of the others."""
        while self.is_open(sessions):
            others = sessions[(self.numbers[sessions] > 0) & ~self.is_withheld[sessions]]
            if not len(others):
                return
            self.is_withheld[others[np.argmin(self.numbers[others])]] = True

    def withheld(self) -> set[Part]:
        return {*self.newcomers, *self.sessions.keys[self.is_withheld & self.is_counted].tolist()}


@kept(*COUNTED)
def withheld_parts(programme_code: str, people: People) -> frozenset[Part]:
    """All that is not told of these people in a programme: scopes, days and sessions."""
    if not people.within(Scope(programme_code)):
        return frozenset()
    tallies = tallies_of(programme_code)
    sessions = SessionsCounted(tallies, people)
    by_time = sessions.by_time()
    scopes = (Scope(programme_code), *scopes_told(programme_code))
    stated = stated_in(scopes, tallies, people)
    families = families_of(programme_code, people, sessions, by_time, stated)
    reported = {part for part, number in stated.items() if number}
    withheld = set[Part]().union(*map(small, families.values()))
    wholes: list[tuple[Part, Column]] = [(scope, tallies.sessions.within(scope)) for scope in scopes]
    wholes += by_time.items()
    while True:
        before = len(withheld), np.count_nonzero(sessions.is_withheld)
        for above, found in wholes:
            if above in withheld:
                sessions.is_withheld[found] = True
                continue
            sessions.cover(found)
            if sessions.is_open(found) and above not in reported:
                withheld.add(above)
        for (above, _dimension), parts in families.items():
            if above in withheld:
                withheld |= parts.keys()
                continue
            withheld |= with_cover(parts, withheld)
            if is_open(parts, withheld) and above not in reported:
                withheld.add(above)
        if before == (len(withheld), np.count_nonzero(sessions.is_withheld)):
            return frozenset((withheld | sessions.withheld()) - reported)


def small(numbers: Mapping[Part, int]) -> set[Part]:
    return {part for part, number in numbers.items() if 0 < number < FEWEST}


def is_open(numbers: Mapping[Part, int], withheld: Set[Part]) -> bool:
    """Whether the parts withheld are one alone, or very few people: they follow from the whole and the others."""
    untold = [number for part in numbers.keys() & withheld if (number := numbers[part])]
    return bool(untold) and (len(untold) == 1 or sum(untold) < FEWEST)


def with_cover(numbers: Mapping[Part, int], already: Set[Part]) -> set[Part]:
    """Those of the parts of a whole that are not told, and as long as they would follow from it the smallest others."""
    withheld = set(numbers.keys() & already)
    if not is_open(numbers, withheld):
        return withheld
    others = [part for part, number in numbers.items() if number and part not in withheld]
    for part in sorted(others, key=lambda part: (not isinstance(part, tuple), numbers[part])):
        if not is_open(numbers, withheld):
            break
        withheld.add(part)
    return withheld


def families_of(
    programme_code: str,
    people: People,
    sessions: SessionsCounted,
    by_time: Mapping[datetime.date, Column],
    stated: Mapping[Part, int],
) -> Families:
    """All families of which anything is told, but for those whose parts are sessions."""
    whole, scopes = Scope(programme_code), scopes_told(programme_code)
    families: Families = defaultdict(dict)
    known = {scope: people.within(scope) - stated[scope] for scope in (whole, *scopes)}
    families[whole, "day"] = {day: sessions.of(found) for day, found in by_time.items()}
    for scope, family in scopes.items():
        families[family][scope] = known[scope]
    for (above, name), parts in families.items():
        if isinstance(above, Scope):
            parts[above, name] = max(0, known[above] - sum(parts.values()))
    families[whole, "whole"] = {whole: known[whole]}
    return families


def stated_in(scopes: Iterable[Scope], tallies: Tallies, people: People) -> Counter[Part]:
    """By scope the people whom documents state, without a session: their number is public already."""
    reports = Placed((each.place, each.attendance) for each in tallies.stated if people.has_stated)
    return Counter({scope: sum(reports.within(scope)) for scope in scopes})


@kept(Subject.RECORDS)
def scopes_told(programme_code: str) -> dict[Scope, tuple[Scope, str]]:
    """All scopes of one dimension of which anything is told, each with its family: of which whole, and by what."""
    whole, programme = Scope(programme_code), Programme.objects.select_related("region").get(code=programme_code)
    city = programme.region
    below = Region.objects.within(city).exclude(pk=city.pk).values_list("code", "parent__code")
    found = {
        replace(whole, region=code): (whole if above == city.code else replace(whole, region=above), "region")
        for code, above in below
    }
    found |= {replace(whole, brand=code): (whole, "brand") for code in programme.brands.values_list("code", flat=True)}
    for named in programme.named_figures.all():
        scope = named.scope(programme_code)
        if len(scope.dimensions()) == 1 and scope not in found:
            [dimension] = scope.dimensions()
            found[scope] = (whole, dimension if dimension in DISJOINT else str(scope))
    return found
