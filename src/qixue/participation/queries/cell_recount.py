"""The cells counted anew from the entries of the ledger."""

from collections import defaultdict

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from pyroaring import BitMap

from qixue.core.figures import Scope
from qixue.core.quantity import Qualifier
from qixue.participation.models import Cell, CellCount, CountedPerson, LedgerEntry, Tally
from qixue.participation.models.cells import NOBODY as NO_NUMBERS
from qixue.participation.queries import TallyRow, recounted_tallies_in
from qixue.participation.queries.cell_places import placed
from qixue.participation.queries.cells import Counts, Sums, counts_of_rows

ROWS_AT_ONCE = 10_000
NOBODY = 0  # no number of a person: who has none makes the cell differ


def cells_that_differ(programme_code: str) -> list[str]:
    """The cells that say something else than the ledger, by their keys; empty when all is well.

    Those with a tally that waits to be merged say nothing for themselves. What is compared was not read at one moment,
    so that a cell is named only when it differs twice.
    """
    cells = settled_cells(programme_code)
    differing = differing_cells(programme_code, cells)
    return differing_cells(programme_code, cells.filter(key__in=differing)) if differing else []


def differing_cells(programme_code: str, cells: QuerySet[Cell]) -> list[str]:
    counts, sums = recounted_counts(programme_code, cells), kept_counts(cells)
    people, again = recounted_people(cells)
    misplaced = cells_with_strangers(cells)
    return [
        cell.key
        for cell in cells.order_by("key").only("key", "people", "again")
        if cell.pk in misplaced
        or counts.get(cell.pk, {}) != sums.get(cell.pk, {})
        or people.get(cell.pk, BitMap()) != BitMap.deserialize(bytes(cell.people or NO_NUMBERS))
        or again.get(cell.pk, BitMap()) != BitMap.deserialize(bytes(cell.again or NO_NUMBERS))
    ]


def cells_with_strangers(cells: QuerySet[Cell]) -> set[int | None]:
    """Those in which a tally stands that belongs elsewhere, or nowhere."""
    tallies = Tally.objects.filter(cell__in=cells)
    places = placed(tallies)
    keys = tallies.values_list("pk", "cell", "cell__key")
    return {cell for tally, cell, key in keys if tally not in places or places[tally].key != key}


def settled_cells(programme_code: str) -> QuerySet[Cell]:
    waiting = Tally.objects.filter(cell=OuterRef("pk"), is_merged=False)
    return Cell.objects.filter(~Exists(waiting), programme__code=programme_code, people__isnull=False)


def kept_counts(cells: QuerySet[Cell]) -> dict[int, Counts]:
    sums: dict[int, Counts] = defaultdict(dict)
    for row in CellCount.objects.filter(cell__in=cells):
        sums[row.cell_id][Qualifier(row.qualifier)] = Sums(row.tally_count, row.attendance_count, row.named_count)
    return sums


def recounted_counts(programme_code: str, cells: QuerySet[Cell]) -> dict[int, Counts]:
    tallies = Tally.objects.filter(cell__in=cells).values_list("activity_id", "session_id", "cell_id")
    cell_of: dict[tuple[int, int | None], int | None] = {
        (activity, session): cell for activity, session, cell in tallies
    }
    rows: dict[int, list[TallyRow]] = defaultdict(list)
    for row in recounted_tallies_in(Scope(programme_code)):
        if cell := cell_of.get((row.activity_id, row.session_id)):
            rows[cell].append(row)
    return {cell: counts_of_rows(of_cell) for cell, of_cell in rows.items()}


def recounted_people(cells: QuerySet[Cell]) -> tuple[dict[int, BitMap], dict[int, BitMap]]:
    """By cell who was there by name, and who at two of its sessions or more."""
    number = CountedPerson.objects.filter(token=OuterRef("person_token")).values("pk")
    entries = LedgerEntry.objects.effective().people().filter(session__tally__cell__in=cells)
    rows = entries.order_by().annotate(number=Subquery(number)).values_list("session__tally__cell", "session", "number")
    at_sessions: dict[tuple[int, int], BitMap] = defaultdict(BitMap)
    for cell, session, found in rows.iterator(chunk_size=ROWS_AT_ONCE):
        at_sessions[cell, session].add(found or NOBODY)
    people: dict[int, BitMap] = defaultdict(BitMap)
    again: dict[int, BitMap] = defaultdict(BitMap)
    for (cell, _session), came in at_sessions.items():
        again[cell] |= people[cell] & came
        people[cell] |= came
    return people, again
