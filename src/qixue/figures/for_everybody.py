"""Figures as everybody may read them: nothing of fewer than five people, nor what it would follow from.

The rule (docs/explanation/privacy.md): whatever is told stands in families, a whole and its parts. The programme has
its counties, brands and days for parts, a county its towns, and each of them the sessions in it. A part of one to four
people is withheld. Of a whole that is told, the parts withheld are two at least, and five people together. Of a whole
that is withheld, all parts are.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from itertools import chain
from typing import Any

from qixue.core.changes import Subject
from qixue.core.copies import Brief
from qixue.core.figures import (
    FEWEST,
    CountingNote,
    EvidenceRow,
    FigureValue,
    People,
    Scope,
    registry,
    shared,
    shared_reads,
)
from qixue.core.kept import kept, unchanged
from qixue.figures.queries import Figure, figure_in, figure_of, figures_named, figures_of, unnamed_figures_on_record
from qixue.figures.series import is_read_by_months
from qixue.participation.counted_people import ALL_WHO_CAME
from qixue.participation.queries.cells import Placed
from qixue.participation.queries.placed import PlacedTally, placed_tallies
from qixue.places.models import Region
from qixue.programme.models import Programme

Rest = tuple["Part", str]  # what of a whole is in none of its parts: never told, but it may follow from them
Part = Scope | datetime.date | int | Rest  # the number is the key of a session
Families = dict[tuple[Part, str], dict[Part, int]]  # by whole and dimension the people in each part
BOTH = (Subject.RECORDS, Subject.COUNTS)
NARROWED_BY = frozenset({"region", "brand"})  # by visitors, one at a time
DISJOINT = frozenset({"brand", "series", "kind"})  # others may lie in one another: each is a family of its own
SETS: Brief[frozenset[Part]] = Brief(most=20)  # by programme


def public_figures_of(programme: Programme) -> list[Figure]:
    """`figures_of`, for everybody."""
    with shared_reads():
        return [told(figure) for figure in figures_of(programme)]


def public_figures_listed(programme: Programme) -> list[Figure]:
    """All that the page of the figures lists: those that have a name, and those of people on record."""
    with shared_reads():
        return [told(figure) for figure in (*figures_of(programme), *unnamed_figures_on_record(programme))]


def public_figure_of(programme: Programme, code: str) -> Figure | None:
    """`figure_of`, for everybody."""
    with shared_reads():
        found = figure_of(programme, code)
        return told(found) if found else None


def public_figures_named(programme: Programme, codes: Sequence[str]) -> list[Figure]:
    """`figures_named`, for everybody."""
    with shared_reads():
        return [told(figure) for figure in figures_named(programme, codes)]


def public_figure_in(scope: Scope, code: str) -> Figure | None:
    """`figure_in`, for everybody. Raises ValueError for a scope that the families do not protect."""
    narrowed = scope.dimensions().keys()
    if len(narrowed) > 1 or not narrowed <= NARROWED_BY:
        raise ValueError(f"Nothing protects small numbers in {scope}.")
    with shared_reads():
        found = figure_in(scope, code)
        return told(found) if found else None


def told(figure: Figure) -> Figure:
    """The figure, without a value that is not told. What documents state is public already."""
    people, fewest, scope = figure.definition.people, figure.definition.fewest, figure.scope
    if people is None or figure.value.is_reported:
        return figure
    is_told = len(scope.dimensions()) < 2 and scope not in withheld_parts(scope.programme, people)
    if is_told and not (fewest and 0 < unchanged(BOTH, fewest, scope) < FEWEST):
        return replace(figure, value=replace(figure.value, notes=told_notes(figure)))
    notes = tuple(note for note in figure.value.notes if not isinstance(note, CountingNote))
    return replace(figure, value=FigureValue(None, notes=notes), is_withheld=True)


def told_notes(figure: Figure) -> tuple[Any, ...]:
    """The notes beside a value that is told. Those that count stand beside the whole only: of two scopes one could take
    them from one another, and the families do not know them.
    """
    is_whole = not figure.scope.dimensions()
    notes = figure.value.notes
    return tuple(note for note in notes if not isinstance(note, CountingNote) or (is_whole and not note.is_of_few))


def public_rows(figure: Figure, rows: Sequence[EvidenceRow]) -> list[EvidenceRow]:
    """The rows behind a figure, one for each session: those that are withheld without their numbers, and where single
    records would tell of too few people, not how many these are.
    """
    if figure.is_withheld or not figure.definition.has_public_rows:
        return []
    with shared_reads():
        return [told_row(figure, row) for row in rows]


def told_row(figure: Figure, row: EvidenceRow) -> EvidenceRow:
    people, programme = figure.definition.people, figure.scope.programme
    if people is None:
        return row
    if row.session_id in withheld_parts(programme, people) if row.session_id else not row.digest:
        return replace(row, quantity=None, record_count=0, is_withheld=True)
    return replace(row, record_count=0) if row.session_id in withheld_sessions(programme) else row


def public_records(figure: Figure, rows: Sequence[EvidenceRow]) -> list[EvidenceRow]:
    """The single records behind a figure, without those that are withheld: they could be counted."""
    if figure.is_withheld or not figure.definition.has_public_rows:
        return []
    with shared_reads():
        return [row for row in rows if told_row(figure, row).record_count]


def attendances_withheld_now(programme_code: str) -> frozenset[Part]:
    """What is not told of all who came, as of less than a second ago, for a page that many ask for."""
    return SETS.have(programme_code, lambda: withheld_parts(programme_code, ALL_WHO_CAME))


@shared
def withheld_sessions(programme_code: str) -> frozenset[Part]:
    """Sessions whose single records are told nowhere: there are names as well as heads, and some may be too few."""
    kinds = {definition.people for definition in registry.all() if definition.people}
    return frozenset(chain(*(withheld_parts(programme_code, people) for people in kinds)))


@kept(*BOTH)
def withheld_parts(programme_code: str, people: People) -> frozenset[Part]:
    """All that is not told of these people in a programme: scopes, days and sessions."""
    if not people.within(Scope(programme_code)):
        return frozenset()
    families, reported = families_of(programme_code, people)
    withheld = set[Part]().union(*map(small, families.values()))
    while True:
        before = len(withheld)
        for (above, _dimension), parts in families.items():
            if above in withheld:
                withheld |= parts.keys()
                continue
            withheld |= with_cover(parts, withheld)
            if is_open(parts, withheld) and above not in reported:
                withheld.add(above)
        if len(withheld) == before:
            return frozenset(withheld - reported)


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


def families_of(programme_code: str, people: People) -> tuple[Families, Set[Part]]:
    """All families of which anything is told, and the scopes whose number documents state."""
    whole, scopes = Scope(programme_code), scopes_told(programme_code)
    tallies, placed = placed_tallies(programme_code), places_of_tallies(programme_code)
    came = [people.at(tally) for tally in tallies]
    sessions = [tally.session_id for tally in tallies]
    families: Families = defaultdict(dict)
    days: Counter[Part] = Counter()
    stated: Counter[Part] = Counter()
    for part in (whole, *scopes):
        numbers = placed.within(part)
        families[part, "session"] = {pk: came[at] for at in numbers if (pk := sessions[at]) is not None}
        stated[part] = sum(came[at] for at in numbers if sessions[at] is None)
    for day, found in tallies_by_day(programme_code).items():
        families[day, "session"] = {tally.session_id: people.at(tally) for tally in found if tally.session_id}
        days[day] = sum(families[day, "session"].values())
    known = {scope: people.within(scope) - stated[scope] for scope in (whole, *scopes)}
    families[whole, "day"] = dict(days)
    for scope, family in scopes.items():
        families[family][scope] = known[scope]
    for (above, name), parts in families.items():
        if name != "session" and isinstance(above, Scope):
            parts[above, name] = max(0, known[above] - sum(parts.values()))
    families[whole, "whole"] = {whole: known[whole]}
    return families, {part for part, number in stated.items() if number}


@shared
def places_of_tallies(programme_code: str) -> Placed[int]:
    """The positions of the tallies in `placed_tallies`, to be found by scope."""
    return Placed((tally.place, at) for at, tally in enumerate(placed_tallies(programme_code)))


@shared
def tallies_by_day(programme_code: str) -> dict[datetime.date, list[PlacedTally]]:
    """Of sessions that have a start: by the day of it, or in a longer time by the first day of its month."""
    by_day: dict[datetime.date, list[PlacedTally]] = defaultdict(list)
    for tally in placed_tallies(programme_code):
        if tally.session_id and tally.starts_on:
            by_day[tally.starts_on].append(tally)
    if not by_day or not is_read_by_months(by_day):
        return by_day
    by_month: dict[datetime.date, list[PlacedTally]] = defaultdict(list)
    for day, tallies in by_day.items():
        by_month[day.replace(day=1)] += tallies
    return by_month


@shared
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
