"""Sums and sets of people from cells, and from the tallies that are not merged as they stand today.

Each read is of one moment (core/lasting.py): a tally that is merged meanwhile is neither missed nor counted twice. What
the cells say is kept until one of them changes; beside them are the tallies that have changed since, which are few.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery
from pyroaring import BitMap

from qixue.core.changes import Subject
from qixue.core.copies import Copies
from qixue.core.figures import Scope, shared
from qixue.core.lasting import Lasting
from qixue.core.quantity import Qualifier
from qixue.core.statements import Values
from qixue.participation.models import CountedPerson, Participant
from qixue.participation.models.cells import NOBODY
from qixue.participation.queries import TallyRow

Part = TypeVar("Part")
HEDGES = {hedge.value: hedge for hedge in Qualifier}
SCOPES = 200  # of which a process keeps sums and sets of one programme; of a city of 3 million a set takes up to 0.4 MB
HIGHEST = 2**32 - 1  # number in a bitmap
OF_CELL = """brand.code, series.code, c.kind, organisation.path, region.path"""
CELLS = """participation_cell c
JOIN programme_programme programme ON programme.id = c.programme_id
JOIN people_organisation organisation ON organisation.id = c.organisation_id
LEFT JOIN programme_brand brand ON brand.id = c.brand_id
LEFT JOIN programme_series series ON series.id = c.series_id
LEFT JOIN places_region region ON region.id = c.region_id"""
# Few tallies, and then the names of where they stand: PostgreSQL plans no longer than it reads, and reads no others.
# CROSS JOIN tells SQLite to begin with the tallies, and not with all activities of the programme.
TALLIES = """
WITH apart AS MATERIALIZED (
    SELECT t.*, a.brand_id, a.series_id, a.kind, a.organisation_id, COALESCE(v.region_id, a.region_id) AS region_id,
        CASE WHEN a.kind = 'training' THEN a.id END AS class
    FROM participation_tally t CROSS JOIN programme_activity a
    LEFT JOIN programme_session s ON s.id = t.session_id
    LEFT JOIN places_venue v ON v.id = s.venue_id
    WHERE t.id IN ({which}) AND a.id = t.activity_id AND a.state <> 'draft'
        AND a.programme_id = (SELECT id FROM programme_programme WHERE code = %(programme)s)
), tallies AS MATERIALIZED (
    SELECT t.*, brand.code AS brand, series.code AS series, organisation.path AS organisation, region.path AS region
    FROM apart t JOIN people_organisation organisation ON organisation.id = t.organisation_id
    LEFT JOIN programme_brand brand ON brand.id = t.brand_id
    LEFT JOIN programme_series series ON series.id = t.series_id
    LEFT JOIN places_region region ON region.id = t.region_id
)
"""
OF_TALLY = "t.brand, t.series, t.kind, t.organisation, t.region"
WAITING = """
SELECT id FROM participation_tally WHERE NOT is_merged
UNION ALL SELECT id FROM participation_tally
WHERE cell_id IN (SELECT id FROM participation_cell WHERE people IS NULL)"""
BEHIND = f"""{WAITING}
UNION ALL SELECT id FROM participation_tally
WHERE cell_id IN (SELECT cell_id FROM participation_tally WHERE NOT is_merged)"""  # noqa: S608 - SQL of our own
SUMS_OF_CELLS = f"""
SELECT c.id AS cell, {OF_CELL}, n.qualifier, n.tally_count, n.attendance_count, n.named_count
FROM {CELLS} JOIN participation_cellcount n ON n.cell_id = c.id
WHERE programme.code = %(programme)s AND c.people IS NOT NULL
"""  # noqa: S608 - SQL of our own
# Of all tallies of a cell that is spoiled, or in which one of them has changed: its sums cannot be taken apart.
SUMS_APART = f"""{TALLIES.format(which=BEHIND)}
SELECT t.cell_id AS cell, {OF_TALLY}, t.attendance_qualifier, 1, t.attendance_count, t.named_count FROM tallies t
"""  # noqa: S608 - SQL of our own
PEOPLE_OF_CELLS = f"""
SELECT {OF_CELL}, c.activity_id, c.people, c.again, CAST(NULL AS bigint), CAST(NULL AS bigint), CAST(NULL AS uuid)
FROM {CELLS} WHERE programme.code = %(programme)s AND c.people IS NOT NULL
"""  # noqa: S608 - SQL of our own
PEOPLE_APART = f"""{TALLIES.format(which=WAITING)}
SELECT {OF_TALLY}, t.class, CAST(NULL AS bytea), CAST(NULL AS bytea), t.session_id, counted.id, present.person_token
FROM tallies t
LEFT JOIN participation_cell c ON c.id = t.cell_id
JOIN participation_attendance present ON present.session_id = t.session_id
    AND (present.id > t.merged_to OR c.people IS NULL)
LEFT JOIN participation_countedperson counted ON counted.token = present.person_token
"""  # noqa: S608 - SQL of our own


class Place(NamedTuple):
    """Where a cell or a tally stands in everything by which a scope narrows: codes, and paths of codes."""

    brand: str | None
    series: str | None
    kind: str
    organisation: str
    region: str | None


class Placed(Generic[Part]):
    """What is known of each place, to be found by scope. One place may have several parts."""

    def __init__(self, parts: Iterable[tuple[Place, Part]]) -> None:
        placed = list(parts)
        self.places = [place for place, _part in placed]
        self.parts = [part for _place, part in placed]
        self.by_dimension: dict[str, dict[str, list[int]]] = {}

    def within(self, scope: Scope) -> list[Part]:
        found = [self.at(dimension).get(code, []) for dimension, code in scope.dimensions().items()]
        if not found:
            return self.parts
        first, *more = found
        return [self.parts[number] for number in (set(first).intersection(*more) if more else first)]

    def at(self, dimension: str) -> dict[str, list[int]]:
        """By code those that are there. Whatever has a path is at each step of it: its own, and those above it."""
        if dimension not in self.by_dimension:
            by_path: dict[str, list[int]] = defaultdict(list)
            for number, place in enumerate(self.places):
                by_path[getattr(place, dimension) or ""].append(number)
            by_code: dict[str, list[int]] = defaultdict(list)
            for path, numbers in by_path.items():
                for code in filter(None, path.split("/")):
                    by_code[code] += numbers
            self.by_dimension[dimension] = by_code
        return self.by_dimension[dimension]


class Sums(NamedTuple):
    """Of tallies: how many they are, 人次, and those of them by name."""

    tallies: int = 0
    attendance: int = 0
    named: int = 0


Counts = dict[Qualifier, Sums]


@shared
def counts_in(scope: Scope) -> Counts:
    """The sums in the scope, for each hedge apart."""
    merged, apart = counts_of(scope.programme)
    sums = added([*merged.within(scope).items(), *apart.within(scope)])
    return {hedge: count for hedge, count in sums.items() if count.tallies}


def added(parts: Iterable[tuple[Qualifier, Sums]]) -> Counts:
    by_hedge: dict[Qualifier, list[Sums]] = defaultdict(list)
    for qualifier, sums in parts:
        by_hedge[qualifier].append(sums)
    return {qualifier: Sums(*map(sum, zip(*sums, strict=True))) for qualifier, sums in by_hedge.items()}


def whole_of(counts: Counts) -> Sums:
    return Sums(*map(sum, zip(*counts.values(), strict=True))) if counts else Sums()


def counts_of_rows(rows: Iterable[TallyRow]) -> Counts:
    """The same from single tallies."""
    return added((row.attendance.qualifier, Sums(1, int(row.attendance.value), row.named)) for row in rows)


class MergedSums:
    """The sums of all cells that are not spoiled. Those of a scope are added up once."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self.of_cell: dict[int, list[tuple[Place, tuple[Qualifier, Sums]]]] = defaultdict(list)
        for cell, *row in rows:
            self.of_cell[cell].append(sums_from(row))
        self.placed = Placed(chain(*self.of_cell.values()))
        self.found: Copies[Counts] = Copies(most=SCOPES)

    def within(self, scope: Scope) -> Counts:
        return self.found.have(scope, lambda: added(self.placed.within(scope)))


def sums_from(row: Sequence[Any]) -> tuple[Place, tuple[Qualifier, Sums]]:
    return Place._make(row[:5]), (HEDGES[row[5]], Sums._make(row[6:]))


SUMS = Lasting((Subject.CELLS, Subject.RECORDS), 10, SUMS_OF_CELLS, SUMS_APART, MergedSums)


@shared
def counts_of(programme_code: str) -> tuple[MergedSums, Placed[tuple[Qualifier, Sums]]]:
    """The sums of the cells, and what is to be added to them: of tallies that stand for themselves, and less than
    nothing for the cells to which these belong.
    """
    merged, rows = SUMS.read(programme_code)
    behind = chain(*(merged.of_cell.get(cell, ()) for cell in {row[0] for row in rows}))
    taken_off = [(place, (hedge, Sums(*(-number for number in sums)))) for place, (hedge, sums) in behind]
    return merged, Placed([*taken_off, *(sums_from(row[1:]) for row in rows)])


class Presence(NamedTuple):
    """Who was there by name in one part of a scope, and who at two of its sessions or more; the class of a training."""

    people: BitMap
    again: BitMap
    activity: int | None


class MergedPeople:
    """The sets of all cells that are not spoiled. Those of a scope are united once."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self.placed = Placed(
            (Place._make(place), Presence(numbers_from(people), numbers_from(again), activity))
            for *place, activity, people, again, _session, _number, _token in rows
        )
        self.people: Copies[BitMap] = Copies(most=SCOPES)
        self.again: Copies[BitMap] = Copies(most=SCOPES)
        self.trained: Copies[int] = Copies(most=SCOPES)

    def people_in(self, scope: Scope) -> BitMap:
        return self.people.have(scope, lambda: united(self.placed.within(scope)))

    def came_again_in(self, scope: Scope) -> BitMap:
        return self.again.have(scope, lambda: twice(BitMap(), BitMap(), self.placed.within(scope)))

    def trained_in(self, scope: Scope) -> int:
        return self.trained.have(scope, lambda: sum(map(len, by_class(self.placed.within(scope)).values())))


def numbers_from(kept: bytes | memoryview) -> BitMap:
    return BitMap.deserialize(bytes(kept or NOBODY))


def united(parts: Iterable[Presence]) -> BitMap:
    return BitMap.union(BitMap(), *(part.people for part in parts))


def twice(people: BitMap, again: BitMap, parts: Iterable[Presence]) -> BitMap:
    """Who was at two sessions or more, when the parts join the people who are known."""
    people, again = people.copy(), again.copy()
    for part in parts:
        again |= part.again
        again |= people & part.people
        people |= part.people
    return again


def by_class(parts: Iterable[Presence]) -> dict[int, BitMap]:
    """The people in each class of a training."""
    classes: dict[int, list[Presence]] = defaultdict(list)
    for part in parts:
        if part.activity:
            classes[part.activity].append(part)
    return {activity: united(sets) for activity, sets in classes.items()}


PEOPLE = Lasting((Subject.CELLS, Subject.RECORDS), 11, PEOPLE_OF_CELLS, PEOPLE_APART, MergedPeople)


class Crowd(NamedTuple):
    """Who was there by name: the sets of the cells, those of sessions that are not merged as they stand, and the
    numbers of people who have none yet: they get one for this read, counted from the highest.
    """

    merged: MergedPeople
    apart: Placed[Presence]
    unnumbered: dict[str, int]  # by token in hexadecimal: SQLite knows no UUID


@shared
def people_in(scope: Scope) -> BitMap:
    """Everybody who was at a session in the scope by name, each once."""
    crowd = crowd_of(scope.programme)
    return crowd.merged.people_in(scope) | united(crowd.apart.within(scope))


@shared
def came_again_in(scope: Scope) -> BitMap:
    """Those of them who were at two sessions in it or more."""
    crowd = crowd_of(scope.programme)
    merged = crowd.merged
    return twice(merged.people_in(scope), merged.came_again_in(scope), crowd.apart.within(scope))


@shared
def trained_in(scope: Scope) -> int:
    """人次 by class and person in the trainings of the scope: whoever comes ten times to one class is one."""
    crowd = crowd_of(scope.programme)
    newcomers = by_class(crowd.apart.within(scope))
    merged = (
        by_class(part for part in crowd.merged.placed.within(scope) if part.activity in newcomers) if newcomers else {}
    )
    nobody = BitMap()
    return crowd.merged.trained_in(scope) + sum(
        len(came - merged.get(activity, nobody)) for activity, came in newcomers.items()
    )


def numbers_of(programme_code: str, participants: QuerySet[Participant]) -> BitMap:
    """Those of the participants who are in the sets of people.

    Whoever got a number after these were read is in them without it.
    """
    numbers = CountedPerson.objects.filter(token=OuterRef("token")).values("pk")
    unnumbered = crowd_of(programme_code).unnumbered
    rows = participants.order_by().values_list("token", Subquery(numbers))
    return BitMap(filter(None, (unnumbered.get(token.hex) or number for token, number in rows)))


@shared
def crowd_of(programme_code: str) -> Crowd:
    merged, rows = PEOPLE.read(programme_code)
    sets: dict[tuple[Place, int | None, int], BitMap] = defaultdict(BitMap)  # by session: they may meet one another
    unnumbered: dict[str, int] = {}
    for *place, activity, _people, _again, session, number, token in rows:
        came = number or unnumbered.setdefault(str(token).replace("-", ""), HIGHEST - len(unnumbered))
        sets[Place._make(place), activity, session].add(came)
    apart = Placed(
        (place, Presence(people, BitMap(), activity)) for (place, activity, _session), people in sets.items()
    )
    return Crowd(merged, apart, unnumbered)


def answer(statement: str, values: Values = ()) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
