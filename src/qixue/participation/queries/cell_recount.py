"""The cells counted anew from the entries of the ledger.

All entries by name of a session come as one value, from the index of sessions and people alone: the database visits
each of them once, and Python looks up its number.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from pyroaring import BitMap

from qixue.core.quantity import Qualifier
from qixue.participation.models import Cell, CellCount, LedgerEntry, Tally
from qixue.participation.models.cells import NOBODY as NO_NUMBERS
from qixue.participation.queries import TallyRow, tally_rows
from qixue.participation.queries.cells import Counts, Sums, counts_of_rows

SESSIONS_AT_ONCE = 500
NUMBERS = "SELECT {token}, id FROM participation_countedperson"
ENTRIES = """
SELECT s.id, (SELECT {tokens} FROM participation_ledgerentry e WHERE e.session_id = s.id AND e.person_token IS NOT NULL)
FROM programme_session s WHERE s.id IN ({sessions})
"""
AS_TEXT = {"sqlite": "{0}", "postgresql": "{0}::text"}
LISTED = {"sqlite": "group_concat({0})", "postgresql": "string_agg({0}, ',')"}
# Where a tally stands, and where it belongs today (as `cell_places.placed` says, which makes the cells).
STRANGERS = """
SELECT DISTINCT t.cell_id
FROM participation_tally t JOIN participation_cell c ON c.id = t.cell_id
JOIN programme_activity a ON a.id = t.activity_id
LEFT JOIN programme_session s ON s.id = t.session_id
LEFT JOIN places_venue v ON v.id = s.venue_id
WHERE c.id IN ({cells}) AND (a.state = 'draft'
    OR (c.programme_id, c.organisation_id, c.brand_id, c.series_id, c.region_id, c.kind, c.activity_id)
    IS DISTINCT FROM (a.programme_id, a.organisation_id, a.brand_id, a.series_id,
        COALESCE(v.region_id, a.region_id), a.kind, CASE WHEN a.kind = 'training' THEN a.id END))
"""


class Counted(NamedTuple):
    """A cell as its entries make it."""

    counts: Counts
    people: BitMap
    again: BitMap


NOTHING = Counted({}, BitMap(), BitMap())


class Settled(NamedTuple):
    """A tally that was merged as it stands."""

    activity: int
    session: int | None
    cell: int
    rule: str | None


def cells_that_differ(programme_code: str) -> list[str]:
    """The cells that say something else than the ledger, by their keys; empty when all is well.

    Those with a tally that waits to be merged say nothing for themselves. What is compared was not read at one moment,
    so that a cell is named only when it differs twice.
    """
    cells = settled_cells(programme_code)
    differing = differing_cells(cells)
    return differing_cells(cells.filter(key__in=differing)) if differing else []


def differing_cells(cells: QuerySet[Cell]) -> list[str]:
    counted, sums, strangers = recounted(cells), kept_counts(cells), cells_with_strangers(cells)
    return [
        cell.key
        for cell in cells.order_by("key").only("key", "people", "again")
        if cell.pk in strangers or counted.get(cell.pk, NOTHING) != kept(cell, sums.get(cell.pk, {}))
    ]


def kept(cell: Cell, counts: Counts) -> Counted:
    people, again = (BitMap.deserialize(bytes(numbers or NO_NUMBERS)) for numbers in (cell.people, cell.again))
    return Counted(counts, people, again)


def settled_cells(programme_code: str) -> QuerySet[Cell]:
    waiting = Tally.objects.filter(cell=OuterRef("pk"), is_merged=False)
    return Cell.objects.filter(~Exists(waiting), programme__code=programme_code, people__isnull=False)


def cells_with_strangers(cells: QuerySet[Cell]) -> set[int]:
    """Those in which a tally stands that belongs elsewhere, or nowhere."""
    statement, parameters = cells.order_by().values("pk").query.sql_with_params()
    return {cell for (cell,) in answer(STRANGERS.format(cells=statement), parameters)}


def kept_counts(cells: QuerySet[Cell]) -> dict[int, Counts]:
    sums: dict[int, Counts] = defaultdict(dict)
    for row in CellCount.objects.filter(cell__in=cells):
        sums[row.cell_id][Qualifier(row.qualifier)] = Sums(row.tally_count, row.attendance_count, row.named_count)
    return sums


def recounted(cells: QuerySet[Cell]) -> dict[int, Counted]:
    rows = (
        Tally.objects.filter(cell__in=cells)
        .order_by()
        .values_list("activity_id", "session_id", "cell_id", "session__counting_rule")
    )
    tallies = [Settled(*row) for row in rows]
    cell_of = {(tally.activity, tally.session): tally.cell for tally in tallies}
    by_session = {tally.session: tally for tally in tallies if tally.session}
    named: dict[tuple[int, int | None], tuple[str, int]] = {}
    people: dict[int, BitMap] = defaultdict(BitMap)
    again: dict[int, BitMap] = defaultdict(BitMap)
    for session, came in people_by_session(list(by_session)):
        activity, _session, cell, rule = by_session[session]
        again[cell] |= people[cell] & came
        people[cell] |= came
        named[activity, session] = rule or "", len(came)
    by_cell: dict[int, list[TallyRow]] = defaultdict(list)
    heads = LedgerEntry.objects.effective().head_counts().filter(activity__in=rows.values("activity"))
    for row in tally_rows(named, heads):
        if home := cell_of.get((row.activity_id, row.session_id)):
            by_cell[home].append(row)
    return {cell: Counted(counts_of_rows(by_cell[cell]), people[cell], again[cell]) for cell in {*by_cell, *people}}


def people_by_session(sessions: Sequence[int]) -> Iterator[tuple[int, BitMap]]:
    """The numbers of those who were at each session by name; all who have none are one person with the number 0."""
    as_text = AS_TEXT[connection.vendor]
    tokens = LISTED[connection.vendor].format(as_text.format("e.person_token"))
    numbers = defaultdict[str, int](int, answer(NUMBERS.format(token=as_text.format("token"))))
    gone = entries_taken_back()
    for start in range(0, len(sessions), SESSIONS_AT_ONCE):
        keys = sessions[start : start + SESSIONS_AT_ONCE]
        holes = ", ".join(["%s"] * len(keys))
        for session, listed in answer(ENTRIES.format(tokens=tokens, sessions=holes), keys):
            came = listed.split(",") if listed else []
            if session in gone:
                came = list(Counter(came) - gone[session])
            if came:
                yield session, BitMap(list(map(numbers.__getitem__, came)))


def entries_taken_back() -> dict[int, Counter[str]]:
    """By session the tokens in entries that do not count, as often as there are such entries: they are few."""
    later = LedgerEntry.objects.filter(target__isnull=False)
    gone: dict[int, Counter[str]] = defaultdict(Counter)
    for session, own, taken_back in later.values_list("session_id", "person_token", "target__person_token"):
        gone[session] += Counter(
            token.hex if connection.vendor == "sqlite" else str(token) for token in (own, taken_back) if token
        )
    return gone


def answer(statement: str, parameters: Sequence[Any] = ()) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()
