"""Sums and sets of people from cells, and from the tallies that are not merged as they stand today.

Each read is one statement, and so of one moment: a tally that is merged meanwhile is neither missed nor counted twice.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection
from pyroaring import BitMap

from qixue.core.figures import Scope, shared
from qixue.core.quantity import Qualifier
from qixue.participation.queries import TallyRow

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
SELECT {OF_CELL}, c.people, NULL, NULL FROM {CELLS} WHERE programme.code = %(programme)s AND c.people IS NOT NULL
UNION ALL
SELECT {OF_TALLY}, NULL, counted.id, present.person_token
FROM {TALLIES}
JOIN participation_attendance present ON present.session_id = t.session_id
LEFT JOIN participation_countedperson counted ON counted.token = present.person_token
WHERE programme.code = %(programme)s AND t.id IN (SELECT id FROM apart)
"""  # noqa: S608 - SQL of our own


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell or a tally stands in everything by which a scope narrows."""

    brand: str | None
    series: str | None
    kind: str
    organisation_path: str
    region_path: str | None

    def is_in(self, scope: Scope) -> bool:
        return (
            (scope.brand is None or scope.brand == self.brand)
            and (scope.series is None or scope.series == self.series)
            and (scope.kind is None or scope.kind == self.kind)
            and (scope.organisation is None or is_below(self.organisation_path, scope.organisation))
            and (scope.region is None or is_below(self.region_path or "", scope.region))
        )


def is_below(path: str, code: str) -> bool:
    """Whether the code is a step of the path: its own last one, or one above it."""
    return f"/{code}/" in f"/{path}"


@dataclass(frozen=True, slots=True)
class Sums:
    """A sum of tallies: how many they are, 人次, and those of them by name."""

    tallies: int = 0
    attendance: int = 0
    named: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(self.tallies + other.tallies, self.attendance + other.attendance, self.named + other.named)


Counts = dict[Qualifier, Sums]


@dataclass
class People:
    """A set of people: by their numbers, and by the tokens of those who have none yet."""

    numbers: BitMap = field(default_factory=BitMap)
    tokens: set[uuid.UUID | str] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.numbers) + len(self.tokens)


def counts_in(scope: Scope) -> Counts:
    """The sums in the scope, for each hedge apart."""
    return added((qualifier, count) for place, qualifier, count in counts_of(scope.programme) if place.is_in(scope))


def added(parts: Iterable[tuple[Qualifier, Sums]]) -> Counts:
    sums: Counts = {}
    for qualifier, count in parts:
        sums[qualifier] = sums.get(qualifier, Sums()) + count
    return sums


def counts_of_rows(rows: Iterable[TallyRow]) -> Counts:
    """The same from single tallies."""
    return added((row.attendance.qualifier, Sums(1, int(row.attendance.value), row.named)) for row in rows)


@shared
def counts_of(programme_code: str) -> list[tuple[Place, Qualifier, Sums]]:
    rows = answer(COUNTS, programme_code)
    return [(Place(*row[:5]), Qualifier(row[5]), Sums(*row[6:])) for row in rows]


def people_in(scope: Scope) -> People:
    """Everybody who was at a session in the scope by name, each once."""
    found = [people for place, people in people_of(scope.programme) if place.is_in(scope)]
    numbers = BitMap.union(BitMap(), *(people.numbers for people in found))
    return People(numbers, set().union(*(people.tokens for people in found)))


@shared
def people_of(programme_code: str) -> list[tuple[Place, People]]:
    """The sets of people by where they were; one place may have several."""
    sets: list[tuple[Place, People]] = []
    apart: dict[Place, People] = defaultdict(People)
    for *place, people, number, token in answer(PEOPLE, programme_code):
        if people is not None:
            sets.append((Place(*place), People(BitMap.deserialize(bytes(people)))))
        elif number is not None:
            apart[Place(*place)].numbers.add(number)
        else:
            apart[Place(*place)].tokens.add(token)
    return [*sets, *apart.items()]


def answer(statement: str, programme_code: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"programme": programme_code})
        return cursor.fetchall()
