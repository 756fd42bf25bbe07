"""The cells counted anew from the entries of the ledger.

The database reads each entry by name once, in the index of sessions and people, and gives the people of a session as
one value; they are compared with those of the cell as columns of numbers, so that Python touches cells and sessions
only.
"""

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

import numpy as np
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from pyroaring import BitMap

from qixue.core.quantity import Qualifier, Quantity
from qixue.core.statements import among, listed
from qixue.participation.counting import attendance_of
from qixue.participation.models import Cell, CellCount, LedgerEntry, Tally
from qixue.participation.models.cells import NOBODY as NO_NUMBERS
from qixue.participation.queries import tally_rows
from qixue.participation.queries.cells import Counts, Sums, added, answer

Column = np.ndarray
SESSIONS_AT_ONCE = 500
TOKEN = 16  # bytes
# Of everybody the token and the number, each as 16 and 8 bytes, in one value; SQLite gives them in hexadecimal.
NUMBERS = {
    "sqlite": "SELECT group_concat(token || printf('%%016x', id), '') FROM participation_countedperson",
    "postgresql": "SELECT string_agg(uuid_send(token) || int8send(id), '') FROM participation_countedperson",
}
# By session the tokens in all of its entries by name, in their order, in one value.
ENTRIES = """
SELECT s.id, (SELECT {joined} FROM (SELECT person_token FROM participation_ledgerentry
    WHERE session_id = s.id AND person_token IS NOT NULL ORDER BY person_token) AS e)
FROM programme_session s WHERE {among}
"""
JOINED = {"sqlite": "group_concat(person_token, '')", "postgresql": "string_agg(uuid_send(person_token), '')"}
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
    """A cell as its entries make it, or as it is kept: its people in the order of their folds (`Folds`)."""

    counts: Counts
    people: Column
    again: Column

    def equals(self, other: "Counted") -> bool:
        return self.counts == other.counts and all(map(np.array_equal, self[1:], other[1:]))


NO_FOLDS = np.array([], dtype=np.uint64)
NOTHING = Counted({}, NO_FOLDS, NO_FOLDS)


class Settled(NamedTuple):
    """A tally that was merged as it stands."""

    cell: int
    activity: int
    session: int | None
    rule: str | None


class Folds:
    """Tokens folded to 64 bits, which compare fast, and those of everybody who has a number.

    How they are folded is drawn for each recount: of random tokens two look alike once in 10^18 pairs, and not in the
    next one.
    """

    def __init__(self) -> None:
        self.factor = np.uint64(secrets.randbits(64) | 1)
        [[joined]] = answer(NUMBERS[connection.vendor])
        everybody = words(joined).reshape(-1, 3)
        numbers = everybody[:, 2]
        self.by_number = np.zeros(int(numbers.max(initial=0)) + 1, dtype=np.uint64)
        self.by_number[numbers] = self.of_tokens(everybody)

    def of_tokens(self, tokens: Column) -> Column:
        """Of rows that begin with the two halves of a token."""
        return tokens[:, 0] * self.factor + tokens[:, 1]

    def of_numbers(self, kept: bytes | memoryview | None) -> Column:
        """Of a kept set, in their order; whoever has no number any more is 0."""
        numbers = np.array(BitMap.deserialize(bytes(kept or NO_NUMBERS)).to_array(), dtype=np.int64)
        known = np.where(numbers < len(self.by_number), numbers, 0)
        return np.sort(self.by_number[known])


def words(joined: str | bytes | None) -> Column:
    """The value that rows were joined to, as whole numbers of 8 bytes."""
    return np.frombuffer(raw(joined), dtype=">u8").astype(np.uint64)


def raw(joined: str | bytes | None) -> bytes:
    """The value as it is; SQLite gives it in hexadecimal."""
    return bytes.fromhex(joined) if isinstance(joined, str) else bytes(joined or b"")


def cells_that_differ(programme_code: str) -> list[str]:
    """The cells that say something else than the ledger, by their keys; empty when all is well.

    Those with a tally that waits to be merged say nothing for themselves. What is compared was not read at one moment,
    so that a cell is named only when it differs twice.
    """
    cells = settled_cells(programme_code)
    differing = differing_cells(cells)
    return differing_cells(cells.filter(key__in=differing)) if differing else []


def differing_cells(cells: QuerySet[Cell]) -> list[str]:
    folds = Folds()
    counted, sums, strangers = recounted(cells, folds), kept_counts(cells), cells_with_strangers(cells)
    return [
        key
        for pk, key, people, again in cells.order_by("key").values_list("pk", "key", "people", "again")
        if pk in strangers
        or not counted.get(pk, NOTHING).equals(
            Counted(sums.get(pk, {}), folds.of_numbers(people), folds.of_numbers(again))
        )
    ]


def settled_cells(programme_code: str) -> QuerySet[Cell]:
    waiting = Tally.objects.filter(cell=OuterRef("pk"), is_merged=False)
    return Cell.objects.filter(~Exists(waiting), programme__code=programme_code, people__isnull=False)


def cells_with_strangers(cells: QuerySet[Cell]) -> set[int]:
    """Those in which a tally stands that belongs elsewhere, or nowhere."""
    statement, parameters = cells.order_by().values("pk").query.sql_with_params()
    return {cell for (cell,) in answer(STRANGERS.format(cells=statement), parameters)}


def kept_counts(cells: QuerySet[Cell]) -> dict[int, Counts]:
    sums: dict[int, Counts] = defaultdict(dict)
    rows = CellCount.objects.filter(cell__in=cells).order_by()
    for cell, hedge, *numbers in rows.values_list(
        "cell_id", "qualifier", "tally_count", "attendance_count", "named_count"
    ):
        sums[cell][Qualifier(hedge)] = Sums._make(numbers)
    return sums


def recounted(cells: QuerySet[Cell], folds: Folds) -> dict[int, Counted]:
    rows = Tally.objects.filter(cell__in=cells).order_by("cell_id", "pk")
    tallies = list(
        map(Settled._make, rows.values_list("cell_id", "activity_id", "session_id", "session__counting_rule"))
    )
    named: dict[int, int] = {}  # by session, how many came by name
    people: dict[int, tuple[Column, Column]] = {}
    for cell, sessions, folded, session_of in people_by_cell(tallies, folds):
        is_first = np.ones(len(folded), dtype=bool)  # of the entries of one person at one session: they lie together
        is_first[1:] = (folded[1:] != folded[:-1]) | (session_of[1:] != session_of[:-1])
        named |= zip(sessions, np.bincount(session_of[is_first], minlength=len(sessions)).tolist(), strict=True)
        came, times = np.unique(folded[is_first], return_counts=True)
        people[cell] = came, came[times > 1]
    sums = counts_by_cell(tallies, named)
    return {cell: Counted(sums.get(cell, {}), *people.get(cell, (NO_FOLDS, NO_FOLDS))) for cell in {*sums, *people}}


def people_by_cell(tallies: Sequence[Settled], folds: Folds) -> Iterator[tuple[int, list[int], Column, Column]]:
    """Of each cell the sessions, the people in all their entries, and at which of the sessions each entry is."""
    gone = entries_taken_back()
    for part in whole_cells(tallies):
        tokens_at = tokens_by_session([tally.session for tally in part if tally.session], gone)
        for cell, of_cell in groupby(part, key=lambda tally: tally.cell):
            sessions = [tally.session for tally in of_cell if tally.session]
            tokens = [tokens_at[session] for session in sessions]
            lengths = [len(each) // TOKEN for each in tokens]
            halves = words(b"".join(tokens)).reshape(-1, 2)
            yield cell, sessions, folds.of_tokens(halves), np.repeat(np.arange(len(sessions)), lengths)


def whole_cells(tallies: Sequence[Settled]) -> Iterator[list[Settled]]:
    """The tallies in parts of about so many sessions as are read at once, no cell divided."""
    part: list[Settled] = []
    for _cell, of_cell in groupby(tallies, key=lambda tally: tally.cell):
        part += of_cell
        if len(part) >= SESSIONS_AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def tokens_by_session(sessions: Sequence[int], gone: dict[int, Counter[bytes]]) -> dict[int, bytes]:
    """The tokens in the entries of each session that count, one behind the other."""
    statement = ENTRIES.format(joined=JOINED[connection.vendor], among=among("s.id", "bigint"))
    rows = answer(statement, [listed(sessions)])
    found = {pk: raw(joined) for pk, joined in rows}
    for pk in found.keys() & gone.keys():
        tokens = found[pk]
        came = Counter(tokens[start : start + TOKEN] for start in range(0, len(tokens), TOKEN)) - gone[pk]
        found[pk] = b"".join(sorted(came.elements()))
    return found


def entries_taken_back() -> dict[int, Counter[bytes]]:
    """By session the tokens in entries that do not count, as often as there are such entries: they are few."""
    later = LedgerEntry.objects.filter(target__gt=0)  # by the index: all others have none
    targets = LedgerEntry.objects.filter(pk__in=later.values("target"))  # a join would visit every entry
    token_of = dict(targets.values_list("pk", "person_token"))
    gone: dict[int, Counter[bytes]] = defaultdict(Counter)
    for session, own, target in later.values_list("session_id", "person_token", "target_id"):
        gone[session] += Counter(token.bytes for token in (own, token_of.get(target)) if token)
    return gone


def counts_by_cell(tallies: Sequence[Settled], named: dict[int, int]) -> dict[int, Counts]:
    """The sums of the tallies as the people by name and the head counts make them.

    Most sessions have no head count: those of a cell at which as many came are alike.
    """
    cell_of = {(tally.activity, tally.session): tally.cell for tally in tallies}
    heads = LedgerEntry.objects.effective().head_counts().filter(person_token=None)  # by the index: they are few
    counted_by_heads = cell_of.keys() & set(heads.order_by().values_list("activity_id", "session_id"))
    parts: dict[int, list[tuple[Qualifier, Sums]]] = defaultdict(list)
    alike = Counter(
        (tally.cell, tally.rule or "", named[tally.session])
        for tally in tallies
        if tally.session and (tally.activity, tally.session) not in counted_by_heads and named.get(tally.session)
    )
    attendance = cache(attendance_by_name)
    for (cell, rule, people), times in alike.items():
        if came := attendance(rule, people):
            parts[cell].append((came.qualifier, Sums(times, times * int(came.value), times * people)))
    by_heads = {
        (tally.activity, tally.session): (tally.rule or "", named.get(tally.session or 0, 0))
        for tally in tallies
        if (tally.activity, tally.session) in counted_by_heads and named.get(tally.session or 0)
    }
    for row in tally_rows(by_heads, heads):  # also of other programmes
        if home := cell_of.get((row.activity_id, row.session_id)):
            parts[home].append((row.attendance.qualifier, Sums(1, int(row.attendance.value), row.named)))
    return {cell: added(found) for cell, found in parts.items()}


def attendance_by_name(rule: str, people: int) -> Quantity | None:
    return attendance_of(rule, people, None)
