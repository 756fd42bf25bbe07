"""Who hands what to whom in a swap round, and where: the list that lies on the desk."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.people.models import Resident
from qixue.report.tables import Column, Table, table_of
from qixue.swap.models import Handover, SwapRound


def handovers_table(round_: SwapRound, rows: Iterable[Handover]) -> Table:
    """In the order of the tables; the last column is empty, to sign in."""
    columns: list[Column[Handover]] = [
        Column(pgettext("of a hall", "Table"), lambda row: row.table, 8),
        Column(pgettext("of a round", "Exchange"), lambda row: row.exchange, 10),
        Column(_("Thing"), lambda row: row.listing.title, 26),
        Column(pgettext("hand-over", "Gives"), lambda row: side(row, row.giver, Handover.Way.FROM_TABLE), 14),
        Column(pgettext("hand-over", "Gets"), lambda row: side(row, row.receiver, Handover.Way.TO_TABLE), 14),
        Column(pgettext("hand-over", "State"), lambda row: str(row.get_state_display()), 14),
        Column(_("Place"), lambda _row: round_.venue.local_name, 20),
        Column(pgettext("hand-over", "From"), lambda _row: round_.starts_at),
        Column(pgettext("hand-over", "Until"), lambda _row: round_.ends_at),
        Column(_("Signature"), lambda _row: "", 18),
    ]
    return table_of(f"{round_.title} {_('Hand-over list')}", rows, columns)


def side(row: Handover, person: Resident | None, at_table: Handover.Way) -> str:
    if row.way == at_table:
        return _("Common table")
    return person.name if person else _("Personal data erased")
