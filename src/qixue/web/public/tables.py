"""What the tables of public pages say, column by column, when somebody takes them along as files."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.figures.regularity import CalendarRow
from qixue.participation.listed_session import ListedSession
from qixue.people.models import Organisation
from qixue.programme.models import Session
from qixue.report.tables import READ_AT_ONCE, Cell, Column, Table, table_of
from qixue.web.public.figure_groups import PlaceTable
from qixue.web.tables.quantities import quantity_columns


def sessions_table(name: str, found: Sequence[ListedSession]) -> Table:
    columns: list[Column[ListedSession]] = [
        Column(_("Start"), lambda session: session.starts_at),
        Column(_("End"), lambda session: session.ends_at),
        Column(_("Title"), lambda session: session.title, 36),
        Column(_("Topic of this session"), lambda session: session.topic, 30),
        Column(_("Town or subdistrict"), lambda session: session.town),
        Column(_("Venue"), venue_of, 28),
        Column(_("Brand"), lambda session: session.brand),
        Column(_("Kind"), lambda session: session.kind_text),
        Column(_("For whom"), lambda session: session.audience_text),
        Column(pgettext("of a session", "State"), lambda session: str(Session.State(session.state).label), 14),
        Column(_("Seats"), lambda session: session.seat_count, 10),
        Column(_("Seats left"), seats_left, 10),
    ]
    return table_of(name, in_parts(found), columns)


def venue_of(session: ListedSession) -> str:
    return _("Online") if session.is_online else session.venue


def seats_left(session: ListedSession) -> int | None:
    return session.seats_left if session.seat_count and not session.is_by_lot else None


def in_parts(found: Sequence[ListedSession]) -> Iterator[ListedSession]:
    """Read from the database many at a time."""
    for start in range(0, len(found), READ_AT_ONCE):
        yield from found[start : start + READ_AT_ONCE]


def places_table(places: PlaceTable) -> Table:
    """Figures of places side by side, a row per place; sums are left to whoever has the table."""

    def quantity_in(number: int, row: Any) -> Any:
        figure = row[1][number][1]
        return figure.quantity if figure else None

    def is_withheld(number: int, row: Any) -> bool:
        figure = row[1][number][1]
        return bool(figure and figure.is_withheld)

    columns: list[Column[Any]] = [Column(_("Place"), lambda row: row[0], 20)]
    for number, column in enumerate(places.columns):
        quantity, withheld = partial(quantity_in, number), partial(is_withheld, number)
        columns += quantity_columns(column.title, quantity, unit=column.unit, is_withheld=withheld)
    return table_of(_("Figures by place"), places.rows, columns)


def calendar_table(labels: Sequence[str], rows: Iterable[CalendarRow], active_title: str) -> Table:
    """On which days or in which months something was held: how many sessions, empty where the day is still to come."""

    def count(number: int, row: CalendarRow) -> Cell:
        return row.cells[number].count

    columns: list[Column[CalendarRow]] = [Column(_("Whose"), lambda row: row.label, 24)]
    columns += [Column(label, partial(count, number), 10) for number, label in enumerate(labels)]
    columns.append(Column(active_title, lambda row: row.active_count, 12))
    columns += quantity_columns(_("Longest silence"), lambda row: row.silence)
    return table_of(_("Calendar of sessions held"), rows, columns)


def roles_table(organisation: Organisation, roles: Iterable[Any]) -> Table:
    def in_what(role: Any) -> str:
        named = [part.local_name for part in (role.programme, role.brand) if part]
        return named[0] if named else role.activity.local_title if role.activity else ""

    columns: list[Column[Any]] = [
        Column(_("Role"), lambda role: str(role.get_role_display())),
        Column(_("In"), in_what, 36),
        Column(_("Words of the source"), lambda role: role.quote, 44),
    ]
    return table_of(organisation.local_name, roles, columns)
