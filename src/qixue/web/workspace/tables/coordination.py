"""Follow-ups, who waits for whom, how long steps take, returns that are missing, recognitions."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.core.figures import registry
from qixue.core.quantity import PERCENT, Quantity
from qixue.people.models import Organisation
from qixue.programme.models import FollowUp, RecognitionCall
from qixue.programme.queries.return_coverage import state_words
from qixue.programme.queries.waits import Pair
from qixue.report.tables import Column, Table, table_of
from qixue.web.tables.quantities import quantity_columns


def follow_ups_table(items: Iterable[FollowUp]) -> Table:
    columns: list[Column[FollowUp]] = [
        Column(_("Item"), lambda item: item.title, 44),
        Column(_("Organisation"), lambda item: item.owner.local_name, 28),
        Column(_("Deadline"), lambda item: item.due_on, 14),
        Column(_("State"), lambda item: str(FollowUp.State(item.state).label)),
        Column(_("Waits since"), lambda item: item.waiting_since),
    ]
    return table_of(_("Coordination board"), items, columns)


def pairs_table(pairs: Iterable[Pair], names: dict[int, Organisation], at: Any) -> Table:
    columns: list[Column[Pair]] = [
        Column(pgettext("organisation", "Waits"), lambda pair: names[pair.waiter].local_name, 32),
        Column(pgettext("organisation", "For"), lambda pair: names[pair.awaited].local_name, 32),
        Column(_("Things waited for"), lambda pair: pair.count, 12),
        Column(_("Longest wait (days)"), lambda pair: pair.days(at), 12),
        Column(_("Since"), lambda pair: pair.since),
    ]
    return table_of(_("Who waits for whom"), pairs, columns)


def reasons_table(rows: Iterable[dict[str, Any]]) -> Table:
    """Rows as the page of a pair has them: the wait, and the plan or follow-up behind it."""

    def what(row: dict[str, Any]) -> str:
        if row["plan"]:
            return f"{row['plan'].organisation.local_name} · {pgettext('of an organisation', 'Plan')}"
        return str(row["follow_up"].title)

    columns: list[Column[dict[str, Any]]] = [
        Column(_("What"), what, 40),
        Column(_("Waited for"), lambda row: str(row["act"]), 30),
        Column(_("Since"), lambda row: row["wait"].since),
        Column(_("Days"), lambda row: row["days"], 8),
        Column(_("Deadline"), lambda row: row["wait"].due_on, 14),
    ]
    return table_of(_("Things waited for"), rows, columns)


def times_table(rows: Iterable[tuple[str, Any, Quantity | None]]) -> Table:
    """Per row the name of an organisation or of the whole, a step as its page shows it, the share closed in time."""
    columns: list[Column[tuple[str, Any, Quantity | None]]] = [
        Column(_("Organisation"), lambda row: row[0], 32),
        Column(_("Step"), lambda row: str(row[1].label), 30),
        *quantity_columns(_("Median (days)"), lambda row: row[1].median),
        *quantity_columns(_("90th percentile (days)"), lambda row: row[1].slowest),
        Column(_("Steps ended"), lambda row: row[1].count, 12),
        *quantity_columns(str(registry.definitions["closed_in_time_share"].name), lambda row: row[2], unit=PERCENT),
    ]
    return table_of(_("How long steps take"), rows, columns)


def contacts_table(contacts: Iterable[Any]) -> Table:
    """Whom to call: a row per organisation, as its page lists them."""

    def people(contact: Any) -> str:
        return "\n".join(f"{person.display_name} {person.mobile or ''}".strip() for person in contact.people)

    columns: list[Column[Any]] = [
        Column(_("Organisation"), lambda contact: contact.submission.organisation.local_name, 32),
        Column(_("State of the return"), lambda contact: state_words()[contact.state]),
        Column(_("Days late"), lambda contact: contact.days_late, 10),
        Column(_("Phone"), lambda contact: contact.submission.organisation.phone),
        Column(_("Who files there"), people, 32),
    ]
    return table_of(_("Whom to call"), contacts, columns)


def calls_table(rows: Iterable[tuple[RecognitionCall, Any]]) -> Table:
    columns: list[Column[tuple[RecognitionCall, Any]]] = [
        Column(_("Call"), lambda row: row[0].name, 40),
        Column(_("Organisation"), lambda row: row[0].organisation.local_name, 28),
        Column(_("What is awarded"), lambda row: str(row[0].get_kind_display()), 20),
        Column(_("Last day for nominations"), lambda row: row[0].nominate_until, 14),
        Column(_("Nominations"), lambda row: row[1].nomination_count, 12),
        Column(_("On public notice"), lambda row: row[1].notice_count, 12),
        Column(_("Awarded"), lambda row: row[1].award_count, 12),
    ]
    return table_of(_("Recognitions"), rows, columns)


def nominations_table(name: str, nominations: Iterable[Any]) -> Table:
    columns: list[Column[Any]] = [
        Column(_("Name"), lambda row: row.name, 24),
        Column(_("Organisation"), lambda row: row.organisation.local_name, 32),
        Column(_("State"), lambda row: str(row.get_state_display())),
    ]
    return table_of(name, nominations, columns)
