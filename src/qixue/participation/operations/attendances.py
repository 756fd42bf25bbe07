"""Who is in at which session: rows beside the ledger, changed in the transaction of the entries that change them."""

from collections.abc import Sequence

from django.db import connection, transaction

from qixue.core import changes
from qixue.core.inserts import Insert
from qixue.participation.models import Attendance, Cell, LedgerEntry
from qixue.participation.queries.attendances import recounted_attendances

BATCH = 500
PEOPLE_ADDED = """participation_ledgerentry
WHERE organisation_id = %s AND sequence >= %s AND kind = 'attendance' AND session_id IS NOT NULL
    AND person_token IS NOT NULL
ORDER BY sequence"""


def apply(entries: Sequence[LedgerEntry]) -> None:
    """Bring the rows up to date with the entries that were just added, one after the other, to one chain.

    Raises IntegrityError for a person who is in at that session already: an append is then undone as a whole.
    """
    kinds = {entry.kind for entry in entries}
    if LedgerEntry.Kind.VOID in kinds:
        voided = [entry.target_id for entry in entries if entry.kind == LedgerEntry.Kind.VOID]
        Attendance.objects.filter(entry__in=voided).delete()
    if LedgerEntry.Kind.ATTENDANCE in kinds:
        row, copied = Insert(Attendance), {"session_id": "session_id", "person_token": "person_token", "entry_id": "id"}
        with connection.cursor() as cursor:
            values = [*row.parameters(*copied), entries[0].organisation_id, entries[0].sequence]
            cursor.execute(row.from_row(PEOPLE_ADDED, **copied), values)


@transaction.atomic
def rebuild_attendances() -> int:
    """Make all rows anew from the entries that count, and let all cells follow. Returns how many rows there are."""
    Attendance.objects.all().delete()
    rows = [
        Attendance(session_id=session, person_token=token, entry_id=entry)
        for (session, token), entry in recounted_attendances().items()
    ]
    Attendance.objects.bulk_create(rows, batch_size=BATCH)
    Cell.objects.update(people=None)
    changes.note(changes.Subject.COUNTS)
    return len(rows)
