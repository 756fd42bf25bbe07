"""The cells counted anew from the entries of the ledger.

The database reads each entry by name once, in the index of sessions and people, and gives those of many cells as one
value for each column (core/columns.py). Folded (participation/folds.py) they are compared with the cells as columns, so
that Python touches cells only.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from pyroaring import BitMap

from qixue.core.columns import Column, joined, key_bytes, keys, numbers, numbers_from, rows_as_they_are
from qixue.core.quantity import Qualifier
from qixue.core.statements import among, listed
from qixue.participation.folds import Crowds, Folds, bounds_of, crowds, once_and_again
from qixue.participation.models import Cell, CellCount, LedgerEntry, LedgerEntryQuerySet, Tally
from qixue.participation.models.cells import NOBODY
from qixue.participation.queries import tally_rows
from qixue.participation.queries.cells import HEDGES, Counts, Sums, added, answer

PEOPLE_AT_ONCE = 200_000  # in the cells of one part: their columns stay in the cache of a processor
MARK_BITS = 20  # of a fold, by which most of those that were not taken back are told from those that were
EVERYBODY = "SELECT {numbers}, {keys} FROM participation_countedperson"
KEPT = "SELECT id, people, again FROM participation_cell WHERE {among}"
# By cell and session the tokens in all of its entries by name, so that those of one person lie together.
ENTRIES = """
SELECT {cells}, {sessions}, {lengths}, {tokens} FROM (
    SELECT t.cell_id, t.session_id, (SELECT {of_session} FROM {entries}) AS tokens
    FROM participation_tally t WHERE {among} AND t.session_id IS NOT NULL ORDER BY t.cell_id, t.id
) AS by_session
"""
BY_NAME = "participation_ledgerentry WHERE session_id = t.session_id AND person_token IS NOT NULL"
# SQLite gives them as they lie in the index, and takes a fifth longer where it is told to. PostgreSQL may read another.
IN_ORDER = {
    "sqlite": BY_NAME,
    "postgresql": f"(SELECT person_token FROM {BY_NAME} ORDER BY person_token) AS entries",  # noqa: S608 - SQL of our own
}
# By session the tokens in entries that do not count, as often as there are such entries: they are few, and found in the
# index of targets.
TAKEN_BACK = """
SELECT {sessions}, {tokens} FROM (
    SELECT session_id, person_token FROM participation_ledgerentry WHERE target_id > 0
    UNION ALL SELECT later.session_id, target.person_token
    FROM participation_ledgerentry later CROSS JOIN participation_ledgerentry target
    WHERE later.target_id > 0 AND target.id = later.target_id
) AS gone WHERE session_id IS NOT NULL AND person_token IS NOT NULL
"""
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


class Entries(NamedTuple):
    """By name, in some cells: of each session its cell and its key; of each entry which of these sessions, and who."""

    cells: Column
    sessions: Column
    places: Column
    folds: Column


class Named(NamedTuple):
    """How many people came by name: cell, session and count, a row for each session."""

    cells: Column
    sessions: Column
    counts: Column


def cells_that_differ(programme_code: str) -> list[str]:
    """The cells that say something else than the ledger, by their keys; empty when all is well.

    Those with a tally that waits to be merged say nothing for themselves. What is compared was not read at one moment,
    so that a cell is named only when it differs twice.
    """
    cells = settled_cells(programme_code)
    differing = differing_cells(cells)
    return differing_cells(cells.filter(key__in=differing)) if differing else []


def settled_cells(programme_code: str) -> QuerySet[Cell]:
    waiting = Tally.objects.filter(cell=OuterRef("pk"), is_merged=False)
    return Cell.objects.filter(~Exists(waiting), programme__code=programme_code, people__isnull=False)


def differing_cells(cells: QuerySet[Cell]) -> list[str]:
    sums, differing, people = kept_counts(cells), cells_with_strangers(cells), People()
    key_of = dict(cells.order_by("pk").values_list("pk", "key"))
    named: list[Named] = []
    for part in in_parts(key_of, sums):
        came, others = people.in_cells(part)
        named.append(came)
        differing |= others
    counted = counts_by_cell(cells, Named(*map(np.concatenate, zip(*named, strict=True)))) if named else {}
    return sorted(key for pk, key in key_of.items() if pk in differing or counted.get(pk, {}) != sums.get(pk, {}))


def in_parts(cells: Iterable[int], sums: dict[int, Counts]) -> Iterator[list[int]]:
    part: list[int] = []
    size = 0
    for cell in cells:
        part.append(cell)
        size += sum(counts.named for counts in sums.get(cell, {}).values())
        if size >= PEOPLE_AT_ONCE:
            yield part
            part, size = [], 0
    if part:
        yield part


def kept_counts(cells: QuerySet[Cell]) -> dict[int, Counts]:
    sums: dict[int, Counts] = defaultdict(dict)
    rows = CellCount.objects.filter(cell__in=cells).order_by()
    for cell, hedge, *counts in rows.values_list(
        "cell_id", "qualifier", "tally_count", "attendance_count", "named_count"
    ):
        sums[cell][HEDGES[hedge]] = Sums._make(counts)
    return sums


def cells_with_strangers(cells: QuerySet[Cell]) -> set[int]:
    """Those in which a tally stands that belongs elsewhere, or nowhere."""
    statement, parameters = cells.order_by().values("pk").query.sql_with_params()
    return {cell for (cell,) in answer(STRANGERS.format(cells=statement), parameters)}


class People:
    """Who came by the entries, beside who came by the cells."""

    def __init__(self) -> None:
        self.folds = Folds()
        [[numbered, tokens]] = rows_as_they_are(EVERYBODY.format(numbers=numbers("id"), keys=keys("token")))
        places = numbers_from(numbered)
        self.by_number = np.zeros(int(places.max(initial=0)) + 1, dtype=np.uint64)
        self.by_number[places] = self.of_tokens(tokens)
        statement = TAKEN_BACK.format(sessions=numbers("session_id"), tokens=keys("person_token"))
        [[sessions, tokens]] = rows_as_they_are(statement)
        self.taken_back = self.of_tokens(tokens) ^ self.of_sessions(numbers_from(sessions))
        self.is_marked = np.zeros(2**MARK_BITS, dtype=bool)
        self.is_marked[marks_of(self.taken_back)] = True

    def of_tokens(self, tokens: bytes | None) -> Column:
        return self.folds.of(tokens or b"", key_bytes())

    def of_sessions(self, sessions: Column) -> Column:
        return self.folds.of(sessions.tobytes(), sessions.itemsize)

    def in_cells(self, cells: Sequence[int]) -> tuple[Named, set[int]]:
        """How many came to each session, and the cells that name others than who came."""
        entries = self.that_count(self.entries_of(cells))
        is_first = np.ones(len(entries.folds), dtype=bool)  # of one person at one session: they lie together
        is_first[1:] = (entries.folds[1:] != entries.folds[:-1]) | (entries.places[1:] != entries.places[:-1])
        places, folds = entries.places[is_first], entries.folds[is_first]
        named = Named(entries.cells, entries.sessions, np.bincount(places, minlength=len(entries.sessions)))
        bounds = bounds_of(named.counts)[np.searchsorted(named.cells, [*cells, cells[-1] + 1])]
        came, came_again = once_and_again(folds, bounds)
        people, again = self.kept_in(cells)
        differ = came.differ_from(people) | came_again.differ_from(again)
        return named, set(np.array(cells)[differ].tolist())

    def entries_of(self, cells: Sequence[int]) -> Entries:
        statement = ENTRIES.format(
            cells=numbers("cell_id"),
            sessions=numbers("session_id"),
            lengths=numbers("COALESCE(length(tokens), 0)"),
            tokens=joined("tokens"),
            of_session=keys("person_token"),
            entries=IN_ORDER[connection.vendor],
            among=among("t.cell_id", "bigint"),
        )
        [[*joined_numbers, tokens]] = rows_as_they_are(statement, [listed(cells)])
        of_cells, sessions, lengths = map(numbers_from, joined_numbers)
        places = np.repeat(np.arange(len(sessions)), lengths // key_bytes())
        return Entries(of_cells, sessions, places, self.of_tokens(tokens))

    def that_count(self, entries: Entries) -> Entries:
        """Without those of people who came to a session no more often than they were taken back from it."""
        if not len(self.taken_back):
            return entries
        came = entries.folds ^ self.of_sessions(entries.sessions)[entries.places]
        rows = np.flatnonzero(self.is_marked[marks_of(came)])  # all that may be among them, and few others
        who, which = np.unique(np.concatenate([came[rows], self.taken_back]), return_inverse=True)
        times, times_back = (np.bincount(of, minlength=len(who)) for of in np.split(which, [len(rows)]))
        counts = np.ones(len(came), dtype=bool)
        counts[rows] = (times > times_back)[which[: len(rows)]]
        return entries._replace(places=entries.places[counts], folds=entries.folds[counts])

    def kept_in(self, cells: Sequence[int]) -> tuple[Crowds, Crowds]:
        """Who came, and who came again; nobody in a cell that is gone meanwhile."""
        rows = rows_as_they_are(KEPT.format(among=among("id", "bigint")), [listed(cells)])
        kept = {pk: sets for pk, *sets in rows}
        people, again = zip(*(kept.get(cell, (None, None)) for cell in cells), strict=True)
        return self.crowds_of(people), self.crowds_of(again)

    def crowds_of(self, sets: Sequence[bytes | memoryview | None]) -> Crowds:
        """Of kept sets; whoever has no number any more is folded to 0."""
        people = [np.asarray(BitMap.deserialize(bytes(kept or NOBODY)).to_array(), dtype=np.uint32) for kept in sets]
        places = np.concatenate(people)
        places[places >= len(self.by_number)] = 0
        return crowds(self.by_number[places], bounds_of(np.array([len(each) for each in people])))


def marks_of(folds: Column) -> Column:
    return folds >> np.uint64(64 - MARK_BITS)


def tallies_with(heads: LedgerEntryQuerySet, cells: QuerySet[Cell]) -> dict[tuple[int, int | None], tuple[int, str]]:
    """By activity and session the cell and the counting rule of each tally with entries without names."""
    counted = set(heads.order_by().values_list("activity_id", "session_id"))
    tallies = Tally.objects.filter(cell__in=cells, activity__in=heads.order_by().values("activity"))
    rows = tallies.order_by().values_list("activity_id", "session_id", "cell_id", "session__counting_rule")
    return {
        (activity, session): (cell, rule or "")
        for activity, session, cell, rule in rows
        if (activity, session) in counted
    }


def counts_by_cell(cells: QuerySet[Cell], named: Named) -> dict[int, Counts]:
    """The sums of the tallies as the people by name and the entries without names make them."""
    heads = LedgerEntry.objects.effective().without_names()  # by the index: they are few
    headed = tallies_with(heads, cells)
    is_alone = (named.counts > 0) & ~np.isin(named.sessions, [session for _activity, session in headed if session])
    counts = counts_by_name(Named(*(column[is_alone] for column in named)))
    came_to = dict(zip(named.sessions.tolist(), named.counts.tolist(), strict=True)) if headed else {}
    by_name = {pair: (rule, came_to[pair[1]]) for pair, (_cell, rule) in headed.items() if came_to.get(pair[1] or 0)}
    parts: dict[int, list[tuple[Qualifier, Sums]]] = defaultdict(list)
    for row in tally_rows(by_name, heads):  # also of other programmes
        if home := headed.get((row.activity_id, row.session_id)):
            parts[home[0]].append((row.attendance.qualifier, Sums(1, int(row.attendance.value), row.named)))
    return counts | {cell: added([*counts.get(cell, {}).items(), *rows]) for cell, rows in parts.items()}


def counts_by_name(named: Named) -> dict[int, Counts]:
    """At sessions without other entries those by name are all, whatever the rule (`counting.attendance_of`)."""
    cells, starts, sessions = np.unique(named.cells, return_index=True, return_counts=True)
    people = np.add.reduceat(named.counts, starts) if len(starts) else starts
    rows = zip(cells.tolist(), sessions.tolist(), people.tolist(), strict=True)
    return {cell: {Qualifier.EXACT: Sums(sessions, people, people)} for cell, sessions, people in rows}
