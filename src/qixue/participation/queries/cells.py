"""Sums and sets of people from cells, and from the tallies that are not merged as they stand today.

Each read is one statement, and so of one moment: a tally that is merged meanwhile is neither missed nor counted twice.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery
from pyroaring import BitMap

from qixue.core.figures import Scope, shared
from qixue.core.quantity import Qualifier
from qixue.core.statements import Values
from qixue.participation.models import CountedPerson, Participant
from qixue.participation.models.cells import NOBODY
from qixue.participation.queries import TallyRow

Part = TypeVar("Part")
HIGHEST = 2**32 - 1  # number in a bitmap
OF_CELL = """brand.code, series.code, c.kind, organisation.path, region.path"""
CELLS = """participation_cell c
JOIN programme_programme programme ON programme.id = c.programme_id
JOIN people_organisation organisation ON organisation.id = c.organisation_id
LEFT JOIN programme_brand brand ON brand.id = c.brand_id
LEFT JOIN programme_series series ON series.id = c.series_id
LEFT JOIN places_region region ON region.id = c.region_id"""
OF_TALLY = """brand.code, series.code, a.kind, organisation.path, COALESCE(at_venue.path, region.path)"""
TALLIES = """participation_tally t
JOIN programme_activity a ON a.id = t.activity_id AND a.state <> 'draft'
JOIN programme_programme programme ON programme.id = a.programme_id
JOIN people_organisation organisation ON organisation.id = a.organisation_id
LEFT JOIN programme_brand brand ON brand.id = a.brand_id
LEFT JOIN programme_series series ON series.id = a.series_id
LEFT JOIN places_region region ON region.id = a.region_id
LEFT JOIN programme_session s ON s.id = t.session_id
LEFT JOIN places_venue venue ON venue.id = s.venue_id
LEFT JOIN places_region at_venue ON at_venue.id = venue.region_id"""
COUNTS = f"""
WITH behind AS (
    SELECT id FROM participation_cell WHERE people IS NULL
    UNION SELECT cell_id FROM participation_tally WHERE NOT is_merged AND cell_id IS NOT NULL
)
SELECT {OF_CELL}, n.qualifier, n.tally_count, n.attendance_count, n.named_count
FROM {CELLS} JOIN participation_cellcount n ON n.cell_id = c.id
WHERE programme.code = %(programme)s AND c.id NOT IN (SELECT id FROM behind)
UNION ALL
SELECT {OF_TALLY}, t.attendance_qualifier, 1, t.attendance_count, t.named_count
FROM {TALLIES}
WHERE programme.code = %(programme)s AND (t.cell_id IS NULL OR t.cell_id IN (SELECT id FROM behind))
"""  # noqa: S608 - SQL of our own
PEOPLE = f"""
WITH apart AS (
    SELECT id FROM participation_tally WHERE NOT is_merged
    UNION SELECT t.id FROM participation_cell c JOIN participation_tally t ON t.cell_id = c.id WHERE c.people IS NULL
)
SELECT {OF_CELL}, c.activity_id, c.people, c.again, NULL, NULL, NULL
FROM {CELLS} WHERE programme.code = %(programme)s AND c.people IS NOT NULL
UNION ALL
SELECT {OF_TALLY}, CASE WHEN a.kind = 'training' THEN a.id END, NULL, NULL,
    t.session_id, counted.id, present.person_token
FROM {TALLIES}
LEFT JOIN participation_cell c ON c.id = t.cell_id
JOIN participation_attendance present ON present.session_id = t.session_id
    AND (present.id > t.merged_to OR c.people IS NULL)
LEFT JOIN participation_countedperson counted ON counted.token = present.person_token
WHERE programme.code = %(programme)s AND t.id IN (SELECT id FROM apart)
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
    return added(counts_of(scope.programme).within(scope))


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


@shared
def counts_of(programme_code: str) -> Placed[tuple[Qualifier, Sums]]:
    hedges = {hedge.value: hedge for hedge in Qualifier}
    rows = answer(COUNTS, {"programme": programme_code})
    return Placed((Place._make(row[:5]), (hedges[row[5]], Sums._make(row[6:]))) for row in rows)


class Presence(NamedTuple):
    """Who was there by name in one part of a scope, and who at two of its sessions or more; the class of a training."""

    people: BitMap
    again: BitMap
    activity: int | None


@shared
def people_in(scope: Scope) -> BitMap:
    """Everybody who was at a session in the scope by name, each once."""
    return BitMap.union(BitMap(), *(part.people for part in people_of(scope.programme).within(scope)))


@shared
def came_again_in(scope: Scope) -> BitMap:
    """Those of them who were at two sessions in it or more."""
    people, again = BitMap(), BitMap()
    for part in people_of(scope.programme).within(scope):
        again |= part.again
        again |= people & part.people
        people |= part.people
    return again


@shared
def trained_in(scope: Scope) -> int:
    """人次 by class and person in the trainings of the scope: whoever comes ten times to one class is one."""
    classes: dict[int, list[BitMap]] = defaultdict(list)
    for part in people_of(scope.programme).within(scope):
        if part.activity:
            classes[part.activity].append(part.people)
    return sum(len(BitMap.union(*sets)) for sets in classes.values())


def people_of(programme_code: str) -> Placed[Presence]:
    """The sets of people by where they were."""
    return crowd_of(programme_code)[0]


def numbers_of(programme_code: str, participants: QuerySet[Participant]) -> BitMap:
    """Those of the participants who are in the sets of people."""
    numbers = CountedPerson.objects.filter(token=OuterRef("token")).values("pk")
    unnumbered = crowd_of(programme_code)[1]
    rows = participants.order_by().values_list("token", Subquery(numbers))
    return BitMap(filter(None, (number or unnumbered.get(token.hex) for token, number in rows)))


@shared
def crowd_of(programme_code: str) -> tuple[Placed[Presence], dict[str, int]]:
    """The sets, and the numbers of those who have none yet: they get one for this read, counted from the highest."""
    sets: list[tuple[Place, Presence]] = []
    apart: dict[tuple[Place, int | None, int], BitMap] = defaultdict(BitMap)  # by session: they may meet one another
    unnumbered: dict[str, int] = {}  # by token in hexadecimal: SQLite knows no UUID
    for *place, activity, people, again, session, number, token in answer(PEOPLE, {"programme": programme_code}):
        if people is None:
            came = number or unnumbered.setdefault(str(token).replace("-", ""), HIGHEST - len(unnumbered))
            apart[Place._make(place), activity, session].add(came)
        else:
            everybody, twice = BitMap.deserialize(bytes(people)), BitMap.deserialize(bytes(again or NOBODY))
            sets.append((Place._make(place), Presence(everybody, twice, activity)))
    newcomers = [(place, Presence(people, BitMap(), activity)) for (place, activity, _session), people in apart.items()]
    return Placed([*sets, *newcomers]), unnumbered


def answer(statement: str, values: Values = ()) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
