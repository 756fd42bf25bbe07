"""Activities, sessions, what is late, feedback, and the counts of one session."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.core.quantity import ATTENDANCE
from qixue.participation.models import LedgerEntry
from qixue.participation.queries.feedback import SessionRow
from qixue.programme.models import Activity, Session
from qixue.report.tables import Cell, Column, Table, table_of
from qixue.web.tables.quantities import quantity_columns, with_unit
from qixue.web.templatetags.qixue import where


def activities_table(activities: Iterable[Activity]) -> Table:
    columns: list[Column[Activity]] = [
        Column(_("Title"), lambda activity: activity.local_title, 40),
        Column(_("State"), lambda activity: str(activity.get_state_display()), 12),
        Column(_("Organisation"), lambda activity: activity.organisation.local_name, 32),
        Column(_("Kind"), lambda activity: str(activity.get_kind_display())),
        Column(_("Programme"), lambda activity: activity.programme.local_name, 28),
    ]
    return table_of(_("All activities"), activities, columns)


def sessions_table(activity: Activity, sessions: Iterable[Session]) -> Table:
    """The sessions of an activity."""
    columns: list[Column[Session]] = [
        Column(_("Session"), lambda session: session.local_full_title, 40),
        Column(_("Start"), lambda session: session.starts_at),
        Column(_("End"), lambda session: session.ends_at),
        Column(_("Venue"), where, 28),
        Column(pgettext("of a session", "State"), lambda session: str(session.get_state_display()), 14),
    ]
    return table_of(activity.local_title, sessions, columns)


def late_table(rows: Iterable[Any]) -> Table:
    """Sessions that are over and were not counted, with the days since."""
    columns: list[Column[Any]] = [
        Column(_("Session"), lambda row: row.session.local_full_title, 40),
        Column(_("Organisation"), lambda row: row.session.activity.organisation.local_name, 32),
        Column(_("Start"), lambda row: row.session.starts_at),
        Column(_("End"), lambda row: row.session.ends_at),
        Column(_("Days late"), lambda row: row.days, 10),
    ]
    return table_of(_("Over, and not counted yet"), rows, columns)


def feedback_table(activity: Activity, rows: Iterable[SessionRow]) -> Table:
    """Where a number would tell of too few the table says so, as the page does."""
    hidden = _("not shown")

    def answers(row: SessionRow) -> Cell:
        return hidden if row.answer_count is None else row.answer_count

    columns: list[Column[SessionRow]] = [
        Column(_("Session"), lambda row: row.session.local_full_title, 40),
        Column(_("Start"), lambda row: row.session.starts_at),
        Column(_("There by name"), lambda row: row.asked_count, 12),
        Column(_("Answers"), answers, 14),
        Column(_("Good (%)"), lambda row: row.good_share, 10),
    ]
    return table_of(activity.local_title, rows, columns)


def counts_table(session: Session, entries: Iterable[LedgerEntry]) -> Table:
    """Head counts and corrections, every entry, also those that were replaced.

    What they change adds up to the head count that stands today; one that takes back a check-in changes nothing of it.
    """
    columns: list[Column[LedgerEntry]] = [
        Column(_("Entry"), lambda entry: entry.sequence, 10),
        Column(_("Kind"), lambda entry: str(entry.get_kind_display())),
        *quantity_columns(_("How many"), lambda entry: entry.quantity, unit=ATTENDANCE),
        Column(with_unit(_("Change to the head count"), ATTENDANCE), change_to_head_count, 14),
        Column(_("Who"), lambda entry: entry.entered_by),
        Column(_("When"), lambda entry: entry.recorded_at),
        Column(_("Why"), lambda entry: entry.reason, 40),
        Column(_("Digest"), lambda entry: entry.hash, 68),
    ]
    return table_of(session.local_full_title, entries, columns)


def change_to_head_count(entry: LedgerEntry) -> int:
    target = entry.target
    return entry.count - (target.count if target and target.kind != LedgerEntry.Kind.ATTENDANCE else 0)
