"""The programme by month, by week and by place: the same filters as the list, other ways to look."""

import calendar
import datetime
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from pyroaring import FrozenBitMap

from qixue.core.audience import for_everybody
from qixue.core.clock import local_day, now
from qixue.core.clock_words import WEEKDAYS_EN, WEEKDAYS_ZH
from qixue.core.clock_words import day as day_text
from qixue.core.clock_words import month as month_text
from qixue.core.language import is_chinese
from qixue.participation.listed_session import ListedSession
from qixue.places.models import Region
from qixue.web.addresses import open_query_of
from qixue.web.public.cache import shared_for_a_second
from qixue.web.public.finding import Counted, context_of, find, listed_sessions, ways
from qixue.web.public.forms.sessions import SessionFilters
from qixue.web.public.week import tiles_of

A_DAY = datetime.timedelta(days=1)
IN_A_MONTH, IN_A_WEEK = 2, 8  # sessions shown on a day; the rest is one step away
MOST_DOTS = 5


@dataclass
class Day:
    """A day of a calendar: of how many sessions it is made, and the first of them."""

    date: datetime.date
    count: int
    keys: list[int]
    sessions: list[ListedSession] = field(default_factory=list)
    busiest: int = 0  # the count of the busiest day beside it

    @property
    def more(self) -> int:
        return self.count - len(self.keys)

    @property
    def dots(self) -> str:
        """One to five, as the day compares with the busiest; the number stands beside them."""
        return "●" * -(-MOST_DOTS * self.count // max(self.busiest, 1))


@for_everybody
@shared_for_a_second
def month(request: HttpRequest, code: str) -> HttpResponse:
    """A month as a table of weeks; on a phone a list of days."""
    form = find(request, code, at=now(), with_past=True)
    days = days_with_sessions(form)
    first = day_asked(request.GET.get("month", "") + "-01") or nearest(days, local_day(now()))
    first = first.replace(day=1)
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    of_month = [date for week in weeks for date in week if date.month == first.month]
    found = {date: day_of(form, form.narrowed.standing, date, IN_A_MONTH) for date in of_month}
    fill(list(found.values()))
    earlier, later = around(days, first, (first + 31 * A_DAY).replace(day=1))
    context = {
        "first": first,
        "weeks": [[found.get(date) for date in week] for week in weeks],
    }
    turning = {name: {"value": f"{day:%Y-%m}", "text": month_text(day)} for name, day in (earlier, later) if day}
    return render(
        request,
        "public/sessions/month.html",
        {
            **calendar_context(request, form, "month", turning),
            "counted": counted_on(form, list(found)),
            "month": context,
            "weekdays": weekdays(),
        },
    )


@for_everybody
@shared_for_a_second
def week(request: HttpRequest, code: str) -> HttpResponse:
    """Seven days from Monday, side by side; below each other on a phone."""
    form = find(request, code, at=now(), with_past=True)
    days = days_with_sessions(form)
    asked = day_asked(request.GET.get("week", "")) or nearest(days, local_day(now()))
    monday = asked - asked.weekday() * A_DAY
    shown = [day_of(form, form.narrowed.found, monday + number * A_DAY, IN_A_WEEK) for number in range(7)]
    fill(shown)
    pair = around(days, monday, monday + 7 * A_DAY)
    turning = {name: {"value": day.isoformat(), "text": day_text(day)} for name, day in pair if day}
    context = {"days": shown, "counted": counted_on(form, [day.date for day in shown])}
    return render(request, "public/sessions/week.html", {**calendar_context(request, form, "week", turning), **context})


def calendar_context(
    request: HttpRequest, form: SessionFilters, name: str, turning: dict[str, dict[str, str]]
) -> dict[str, Any]:
    asked = request.GET.get(name, "")
    return {
        **context_of(form),
        "ways": ways(request, form),
        "today": local_day(now()),
        "kept": [(name, asked)] if day_asked(asked) or day_asked(f"{asked}-01") else [],
        "turn": name,
        "turning": turning,
    }


def day_asked(text: str) -> datetime.date | None:
    """A day of the address; nothing where it is none, or so far off that no calendar goes there."""
    try:
        day = datetime.date.fromisoformat(text) if text.isascii() and len(text) == len("2026-11-01") else None
    except ValueError:
        return None
    return day if day and 1900 <= day.year <= 2200 else None


def days_with_sessions(form: SessionFilters) -> list[datetime.date]:
    """The days on which something was found, in order."""
    return [datetime.date.fromisoformat(day) for day in form.listings.index.counts("day", form.narrowed.found)]


def nearest(days: list[datetime.date], today: datetime.date) -> datetime.date:
    """Today or the first day after it on which something is on; the last one where everything is over."""
    return next((day for day in days if day >= today), days[-1] if days else today)


def around(
    days: list[datetime.date], first: datetime.date, end: datetime.date
) -> tuple[tuple[str, datetime.date | None], tuple[str, datetime.date | None]]:
    """The last day with something on before the calendar's first, and the first such day from its end on."""
    before = max((day for day in days if day < first), default=None)
    return ("earlier", before), ("later", min((day for day in days if day >= end), default=None))


def counted_on(form: SessionFilters, days: list[datetime.date]) -> Counted:
    on_days = [form.listings.index.having("day", day.isoformat()) for day in days]
    return Counted.of(form.listings, FrozenBitMap.union(*on_days) & form.narrowed.found)


def day_of(form: SessionFilters, among: FrozenBitMap, date: datetime.date, most: int) -> Day:
    index = form.listings.index
    found = among & index.having("day", date.isoformat())
    return Day(date, len(found), index.keys(found, 0, most))


def fill(days: list[Day]) -> None:
    """Read the sessions of all days at once, and compare the days."""
    rows = {session.pk: session for session in listed_sessions([key for day in days for key in day.keys])}
    busiest = max((day.count for day in days), default=0)
    for day in days:
        day.busiest = busiest
        day.sessions = [rows[key] for key in day.keys if key in rows]


def weekdays() -> list[str]:
    return [f"周{sign}" for sign in WEEKDAYS_ZH] if is_chinese() else list(WEEKDAYS_EN)


@dataclass(frozen=True)
class PlaceLink:
    name: str
    count: int
    url: str
    towns: list["PlaceLink"] = field(default_factory=list)


@for_everybody
@shared_for_a_second
def places(request: HttpRequest, code: str) -> HttpResponse:
    """Counties as tiles and as a list with their towns, each with what is on there."""
    form = find(request, code, at=now())
    found = form.narrowed.without("county", "town", "near") - form.narrowed.off()
    counts = form.listings.index.counts("place", found)
    counties = form.listings.programme.region.children.filter(level=Region.Level.COUNTY).order_by("code")
    tiles = tiles_of(counties, {county.code: counts.get(county.code, 0) for county in counties}, address(request, form))
    context = {
        **context_of(form),
        "ways": ways(request, form),
        "tiles": tiles,
        "tiles_note": _("Number of sessions. A sketch map without boundaries."),
        "counties": [place_link(request, form, county, counts) for county in counties if county.code in counts],
    }
    return render(request, "public/sessions/places.html", context)


def place_link(request: HttpRequest, form: SessionFilters, county: Region, counts: dict[str, int]) -> PlaceLink:
    link = address(request, form)
    towns = [town for town in form.names.towns if town.code in counts and county.code in town.path.split("/")]
    return PlaceLink(
        county.local_name,
        counts[county.code],
        link + f"county={county.code}",
        [PlaceLink(town.local_name, counts[town.code], link + f"near={town.code}") for town in towns],
    )


def address(request: HttpRequest, form: SessionFilters) -> str:
    """The list with the answers given so far but for the place; a place is added at its end."""
    path = reverse("public:sessions", args=[form.listings.programme.code])
    return path + open_query_of(request, "county", "town", "near", "page")
