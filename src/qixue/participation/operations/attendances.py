"""Who is in at which session: rows beside the ledger, changed in the transaction of the entries that change them."""

from collections.abc import Iterable

from django.db import transaction

from qixue.participation.models import Attendance, LedgerEntry
from qixue.participation.queries.attendances import recounted_attendances

BATCH = 500


def apply(entries: Iterable[LedgerEntry]) -> None:
    """Bring the rows up to date with entries that were just added.

    Raises IntegrityError for a person who is in at that session already: an append is then undone as a whole.
    """
    entries = list(entries)
    if voided := [entry.target_id for entry in entries if entry.kind == LedgerEntry.Kind.VOID]:
        Attendance.objects.filter(entry__in=voided).delete()
    rows = [
        Attendance(session=entry.session, person_token=entry.person_token, entry=entry)
        for entry in entries
        if entry.kind == LedgerEntry.Kind.ATTENDANCE and entry.session and entry.person_token
    ]
    Attendance.objects.bulk_create(rows, batch_size=BATCH)


@transaction.atomic
def rebuild_attendances() -> int:
    """Make all rows anew from the entries that count. Returns how many there are."""
    Attendance.objects.all().delete()
    rows = [
        Attendance(session_id=session, person_token=token, entry_id=entry)
        for (session, token), entry in recounted_attendances().items()
    ]
    Attendance.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)
