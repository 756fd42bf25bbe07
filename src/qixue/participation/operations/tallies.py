"""The rollup beside the ledger: one row per session, changed in the transaction of the entries that change it."""

from collections.abc import Iterable
from operator import attrgetter

from django.db import connection

from qixue.core import changes
from qixue.core.quantity import ATTENDANCE, ContradictoryQuantity, Qualifier, Quantity
from qixue.core.statements import given
from qixue.participation.counting import attendance_of, sum_of_reports
from qixue.participation.models import LedgerEntry, Tally
from qixue.participation.operations.cells import spoil
from qixue.programme.models import Activity, Session

COLUMNS = {
    "id": "bigint",
    "named_count": "integer",
    "unnamed_count": "integer",
    "head_count": "integer",
    "head_qualifier": "varchar",
    "attendance_count": "integer",
    "attendance_qualifier": "varchar",
}
CHANGE = """
UPDATE participation_tally SET named_count = given.named_count, unnamed_count = given.unnamed_count,
    head_count = given.head_count, head_qualifier = given.head_qualifier, attendance_count = given.attendance_count,
    attendance_qualifier = given.attendance_qualifier, is_merged = FALSE
FROM {table} WHERE participation_tally.id = given.id
"""
HEAD_COUNTS = frozenset({LedgerEntry.Kind.HEAD_COUNT, LedgerEntry.Kind.CORRECTION})


def apply(entries: Iterable[LedgerEntry]) -> None:
    """Bring the tallies up to date with entries that were just added. They wait to be merged into their cells again."""
    entries = list(entries)
    by_session: dict[int, tuple[Session, list[LedgerEntry]]] = {}
    reported: set[Activity] = set()
    for entry in entries:
        if session := entry.session:
            by_session.setdefault(session.id, (session, []))[1].append(entry)
        else:
            reported.add(entry.activity)
    held = Tally.objects.select_for_update().order_by("pk")  # the same order for all, or two wait for one another
    known = {tally.session_id: tally for tally in held.filter(session__in=by_session)}
    rows = [
        changed(known.get(session.pk) or Tally(activity=session.activity, session=session), session, session_entries)
        for session, session_entries in by_session.values()
    ]
    rows += [tally_of_reports(activity) for activity in reported]
    if reported:  # figures quote them: another document may state the same number
        changes.note(changes.Subject.COUNTS)
    write(rows)
    if any(entry.kind == LedgerEntry.Kind.VOID for entry in entries):
        spoil({row.cell_id for row in rows if row.cell_id})


def changed(tally: Tally, session: Session, entries: list[LedgerEntry]) -> Tally:
    """The session's tally after the entries, which are in the order of the chain."""
    for entry in entries:
        if entry.kind == LedgerEntry.Kind.ATTENDANCE:
            add_one(tally, entry)
        elif entry.kind in HEAD_COUNTS:
            tally.head_count, tally.head_qualifier = entry.count, entry.qualifier
        elif entry.target and entry.target.kind in HEAD_COUNTS:
            tally.head_count, tally.head_qualifier = None, ""
        elif entry.target:
            add_one(tally, entry.target, -1)
    return with_attendance(tally, attendance_of(session.counting_rule, tally.one_by_one_count, head_of(tally)))


def add_one(tally: Tally, attendance: LedgerEntry, number: int = 1) -> None:
    """Count one person who came, by name or without; -1 takes them off."""
    if attendance.person_token:
        tally.named_count += number
    else:
        tally.unnamed_count += number


def tally_of_reports(activity: Activity) -> Tally:
    """Documents state few numbers: their tally is counted anew."""
    held = Tally.objects.select_for_update()
    tally = held.filter(activity=activity, session=None).first() or Tally(activity=activity)
    entries = LedgerEntry.objects.effective().head_counts().filter(activity=activity, session=None)
    try:
        total = sum_of_reports(entry.quantity for entry in entries)
    except ContradictoryQuantity:
        total = Quantity(0, ATTENDANCE, Qualifier.CONTRADICTORY)
    tally.head_count, tally.head_qualifier = (int(total.value), total.qualifier) if total else (None, "")
    return with_attendance(tally, total)


def head_of(tally: Tally) -> Quantity | None:
    if tally.head_count is None:
        return None
    return Quantity(tally.head_count, ATTENDANCE, Qualifier(tally.head_qualifier))


def with_attendance(tally: Tally, attendance: Quantity | None) -> Tally:
    tally.attendance_count = int(attendance.value) if attendance else 0
    tally.attendance_qualifier = attendance.qualifier if attendance else ""
    tally.is_merged = False
    return tally


def write(rows: list[Tally]) -> None:
    """Rows without any attendance left are removed: no record is not the same as a count of zero."""
    empty = [row for row in rows if not row.attendance_qualifier]
    kept = [row for row in rows if row.attendance_qualifier]
    Tally.objects.filter(pk__in=[row.pk for row in empty if row.pk]).delete()
    Tally.objects.bulk_create([row for row in kept if not row.pk], batch_size=500)
    change([row for row in kept if row.pk])


def change(rows: list[Tally]) -> None:
    """By one statement whose text is always the same: writing it anew took longer than running it."""
    if not rows:
        return
    table, values = given(COLUMNS, [attrgetter(*COLUMNS)(row) for row in rows])
    with connection.cursor() as cursor:
        cursor.execute(CHANGE.format(table=table), values)
