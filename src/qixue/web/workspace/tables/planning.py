"""Plans and their lines, what is planned, where nothing is, and what is in each other's way."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from qixue.core.clock_words import day
from qixue.core.language import enumeration
from qixue.programme.models import LineComment, PlanLine, PlanVersion
from qixue.programme.queries.conflicts import Conflict
from qixue.programme.queries.gaps import PlaceGaps, Silence
from qixue.programme.queries.heat import Heat, Row
from qixue.programme.queries.slots import Slot
from qixue.report.tables import Column, Table, table_of
from qixue.web.tables.quantities import with_remark
from qixue.web.workspace.plan_words import CONFLICT_WORDS

STAGES = {
    "held": gettext_lazy("Held"),
    "announced": gettext_lazy("Announced"),
    "planned": pgettext_lazy("not announced yet", "Planned"),
}


def plans_table(plans: Iterable[Any]) -> Table:
    """Plans as `with_state` gives them."""
    columns: list[Column[Any]] = [
        Column(_("Organisation"), lambda plan: plan.organisation.local_name, 36),
        Column(_("State of the plan"), lambda plan: str(PlanVersion.State(plan.latest_state).label), 16),
        Column(_("Version"), lambda plan: plan.latest_number, 8),
        Column(_("Filed on"), lambda plan: plan.filed_at),
        Column(_("Last day"), lambda plan: plan.due_on, 14),
    ]
    return table_of(_("Plans by organisation"), plans, columns)


def lines_table(name: str, lines: Iterable[PlanLine], comments: Mapping[Any, Sequence[LineComment]]) -> Table:
    """What a version plans; `comments` by the key of the line they are on."""

    def said(line: PlanLine) -> str:
        return "\n".join(with_remark(each.text, each.organisation.local_name) for each in comments.get(line.key, ()))

    columns: list[Column[PlanLine]] = [
        Column(_("Title"), lambda line: line.title, 36),
        Column(_("Topic of this session"), lambda line: line.topic, 30),
        Column(_("Start"), lambda line: line.starts_at),
        Column(_("End"), lambda line: line.ends_at),
        Column(_("Venue"), venue_of_line, 28),
        Column(_("Room"), lambda line: line.room.local_name if line.room else ""),
        Column(_("Expected attendances"), lambda line: line.expected_attendance, 12),
        Column(_("Budget in yuan"), lambda line: yuan(line.budget_fen), 14),
        Column(_("Big event"), lambda line: _("Yes") if line.is_flagship else "", 10),
        Column(_("Comments"), said, 40),
    ]
    return table_of(name, lines, columns)


def venue_of_line(line: PlanLine) -> str:
    if line.is_online:
        return _("Online")
    return line.venue.local_name if line.venue else ""


def yuan(fen: int | None) -> Decimal | None:
    return None if fen is None else Decimal(fen) / 100


def venue_of_slot(slot: Slot) -> str:
    return _("Online") if slot.is_online else slot.venue or _("place not stated")


def slots_table(slots: Iterable[Slot], in_conflict: frozenset[str]) -> Table:
    columns: list[Column[Slot]] = [
        Column(_("Title"), lambda slot: slot.local_title, 36),
        Column(_("Start"), lambda slot: slot.starts_at),
        Column(_("End"), lambda slot: slot.ends_at),
        Column(_("Venue"), venue_of_slot, 28),
        Column(_("Room"), lambda slot: slot.room),
        Column(_("Organisation"), lambda slot: slot.organisation, 28),
        Column(pgettext("of a session", "State"), lambda slot: str(STAGES[slot.stage]), 14),
        Column(_("Conflict"), lambda slot: _("Yes") if slot.key in in_conflict else "", 10),
    ]
    return table_of(_("Sessions in the planning"), slots, columns)


def conflicts_table(conflicts: Iterable[Conflict]) -> Table:
    columns: list[Column[Conflict]] = [
        Column(_("Kind"), lambda row: str(CONFLICT_WORDS[row.kind])),
        Column(pgettext("conflict", "Must change"), lambda row: _("Yes") if row.is_hard else "", 10),
        Column(_("Title"), lambda row: row.slot.local_title, 32),
        Column(_("Start"), lambda row: row.slot.starts_at),
        Column(_("Venue"), lambda row: venue_of_slot(row.slot), 28),
        Column(_("Organisation"), lambda row: row.slot.organisation, 28),
        Column(_("What is in the way"), lambda row: row.text, 50),
        Column(_("The other session"), lambda row: row.other.local_title if row.other else "", 32),
        Column(_("Its organisation"), lambda row: row.other.organisation if row.other else "", 28),
    ]
    return table_of(_("Conflicts"), conflicts, columns)


def heat_table(heat: Heat) -> Table:
    """How many sessions each place has on each day, or in each week by its first day."""

    def place(row: Row) -> str:
        name = row.region.local_name
        return _("%(place)s, no single part") % {"place": name} if row.is_rest else name

    columns: list[Column[Row]] = [Column(_("Place"), place, 20)]
    columns += [Column(str(column.first), partial(count_in, number), 12) for number, column in enumerate(heat.columns)]
    return table_of(_("Where and when"), heat.rows, [*columns, Column(_("Total"), lambda row: row.total, 10)])


def count_in(number: int, row: Row) -> int:
    return row.cells[number].count


def gaps_table(places: Iterable[PlaceGaps], column_count: int) -> Table:
    """`column_count` is the number of days or weeks that the map shows."""
    columns: list[Column[PlaceGaps]] = [
        Column(_("Place"), lambda place: place.region.local_name, 20),
        Column(_("Silent days or weeks"), lambda place: len(place.silent_columns), 12),
        Column(_("Of how many"), lambda _place: column_count, 12),
        Column(_("They begin on"), lambda place: enumeration(day(each.first) for each in place.silent_columns), 40),
        Column(_("Silent towns"), lambda place: len(place.silent_towns), 12),
        Column(_("Towns"), lambda place: len(place.towns), 12),
        Column(_("Which"), lambda place: enumeration(town.local_name for town in place.silent_towns), 40),
        Column(_("Plans filed"), lambda place: place.filed_count, 12),
        Column(_("Plans asked for"), lambda place: place.plan_count, 12),
    ]
    return table_of(_("Gaps by place"), places, columns)


def silences_table(silences: Iterable[Silence]) -> Table:
    columns: list[Column[Silence]] = [
        Column(_("Town"), lambda silence: silence.town.local_name, 24),
        Column(_("First day"), lambda silence: silence.first, 14),
        Column(_("Last day of the silence"), lambda silence: silence.last, 14),
        Column(_("Days"), lambda silence: silence.days, 8),
    ]
    return table_of(_("Three weeks or more of nothing"), silences, columns)
