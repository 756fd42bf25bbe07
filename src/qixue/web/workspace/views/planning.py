"""A programme as those who plan it look at it: month by month, as a list, and what is in each other's way."""

import datetime
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import WEEKDAYS_ABBR

from qixue.core.clock import local_day, now
from qixue.people.rules import Action, reach
from qixue.programme.queries.calendar import (
    CalendarDay,
    Month,
    days_to_list,
    keys_in_conflict,
    month_of,
    months_of,
    next_month,
    shown_of,
    slots_on,
)
from qixue.programme.queries.conflicts import (
    KINDS,
    Meeting,
    conflicts_among,
    slots_around,
    worded,
)
from qixue.programme.queries.slots import Slot
from qixue.web import parts, table_files
from qixue.web.table_files import PageTable
from qixue.web.workspace.access import needs, programme_or_404
from qixue.web.workspace.forms.planning import DaysForm, NarrowForm
from qixue.web.workspace.plan_words import CONFLICT_WORDS, Shown, address_of, shown_conflicts
from qixue.web.workspace.tables.planning import conflicts_table, slots_table

IN_A_CELL = 4  # sessions of a day in the calendar; the rest is one step away
MOST_MONTHS = 14
PER_PAGE = 50
DAY = datetime.timedelta(days=1)
MUST = "must"
WEEKDAYS = tuple(WEEKDAYS_ABBR[number] for number in range(7))


@dataclass(frozen=True)
class DayCell:
    day: CalendarDay
    shown: list[Shown]
    url: str

    @property
    def more_count(self) -> int:
        return len(self.day.slots) - len(self.shown)


@needs(Action.SEE_PLANS)
def calendar(request: HttpRequest, code: str) -> HttpResponse:
    """One month; `?month=2026-11` names it, else the present one or the programme's first."""
    programme, _part = programme_or_404(request.user, code, Action.SEE_PLANS)
    paths, at = reach(request.user, Action.SEE_PLANS), now()
    months = months_of(programme)
    form = NarrowForm(request.GET, programme=programme)
    month = month_of(programme, chosen_month(request, months, local_day(at)), paths, form.wanted(), at=at)
    cells = {
        day.date: DayCell(day, shown(in_a_cell(day, month), paths, month.in_conflict), day_address(request, code, day))
        for day in month.days
    }
    context = {
        "programme": programme,
        "form": form,
        "month": month,
        "weeks": [[cells[day.date] if day else None for day in week] for week in month.weeks],
        "months": months[:MOST_MONTHS],
        "previous": month.first - DAY,
        "following": next_month(month.first),
        "today": local_day(at),
        "session_count": sum(len(day.slots) for day in month.days),
        "weekdays": WEEKDAYS,
        "current": "calendar",
    }
    return render(request, "workspace/plans/calendar.html", context)


def chosen_month(request: HttpRequest, months: list[datetime.date], today: datetime.date) -> datetime.date:
    """Its first day."""
    wanted = request.GET.get("month", "")
    if not wanted:
        present = today.replace(day=1)
        return present if present in months or not months else months[0]
    if not re.fullmatch(r"[12]\d{3}-(0[1-9]|1[0-2])", wanted):
        raise Http404
    return datetime.date.fromisoformat(f"{wanted}-01")


def in_a_cell(day: CalendarDay, month: Month) -> list[Slot]:
    """A few sessions of the day by time; what is in conflict is among them before anything else."""
    first = sorted(day.slots, key=lambda slot: slot.key not in month.in_conflict)[:IN_A_CELL]
    return [slot for slot in day.slots if slot in first]


def day_address(request: HttpRequest, code: str, day: CalendarDay) -> str:
    """The list of one day, narrowed as the calendar is."""
    kept = {name: request.GET.get(name, "") for name in NarrowForm.base_fields if request.GET.get(name)}
    text = urlencode({**kept, "first": day.date.isoformat(), "last": day.date.isoformat()})
    return f"{reverse('workspace:planned_sessions', args=[code])}?{text}"


def shown(slots: Iterable[Slot], paths: list[str], in_conflict: frozenset[str]) -> list[Shown]:
    return [Shown(slot, address_of(slot, paths), slot.key in in_conflict) for slot in slots]


@needs(Action.SEE_PLANS)
def planned_sessions(request: HttpRequest, code: str) -> HttpResponseBase:
    """What is planned, announced and held at a place, in some days, by an organisation."""
    programme, _part = programme_or_404(request.user, code, Action.SEE_PLANS)
    paths, at = reach(request.user, Action.SEE_PLANS), now()
    form = DaysForm(request.GET, programme=programme)
    month = chosen_month(request, months_of(programme), local_day(at))
    first, last = days_to_list(programme, *form.days(), month)
    everything = slots_on(first, last)
    still = [slot for slot in everything if (slot.ends_at or slot.starts_at) > at]
    slots = shown_of(everything, programme, paths, form.wanted())
    page = parts.paginate(request, slots, PER_PAGE)
    in_conflict = keys_in_conflict(conflicts_among(still, programme, paths))
    context = {
        "programme": programme,
        "form": form,
        "page": page,
        "rows": shown(page, paths, in_conflict),
        "first": first,
        "last": last,
    }
    table = PageTable("sessions", lambda: slots_table(slots, in_conflict))
    return table_files.page(request, "workspace/plans/planned.html", context, table)


@needs(Action.SEE_PLANS)
def conflicts(request: HttpRequest, code: str) -> HttpResponseBase:
    """Everything in each other's way that is not over, what must change first; `?kind= shows one kind."""
    programme, _part = programme_or_404(request.user, code, Action.SEE_PLANS)
    paths = reach(request.user, Action.SEE_PLANS)
    slots = slots_around(programme, now())
    found = conflicts_among(slots, programme, paths)
    days = [local_day(slot.starts_at) for slot in slots if slot.programme_id == programme.pk]
    wanted = request.GET.get("kind", "")
    chosen = [each for each in found if is_wanted(each, wanted)]
    page = parts.paginate(request, chosen, PER_PAGE)
    counts = Counter(each.kind for each in found)
    context = {
        "programme": programme,
        "page": page,
        "rows": shown_conflicts((worded(each, programme, paths) for each in page), paths),
        "wanted": wanted,
        "kinds": [(kind, CONFLICT_WORDS[kind], counts[kind]) for kind in KINDS if counts[kind]],
        "total": len(found),
        "hard_count": sum(each.is_hard for each in found),
        "first": min(days, default=None),
        "last": max(days, default=None),
        "current": "conflicts",
    }
    table = PageTable("conflicts", lambda: conflicts_table(worded(each, programme, paths) for each in chosen))
    return table_files.page(request, "workspace/plans/all_conflicts.html", context, table)


def is_wanted(meeting: Meeting, wanted: str) -> bool:
    return meeting.is_hard if wanted == MUST else wanted not in KINDS or meeting.kind == wanted
