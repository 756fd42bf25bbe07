"""What the page of a week shows: where it stands, what is on, its counties, figures and brands."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from qixue.core.clock import day_bounds, local_day
from qixue.core.figures import shared_reads
from qixue.core.shades import level_of
from qixue.figures.for_everybody import public_figures_named
from qixue.figures.queries import Figure
from qixue.participation.listed_session import ListedSession
from qixue.places.models import Region
from qixue.programme.models import Involvement, Passage, Programme
from qixue.programme.queries.listings import Listings
from qixue.programme.queries.programmes import leading_group_of, legal_bases_of, members_of, tasks_of
from qixue.web.public.finding import FoundSessions
from qixue.web.templatetags.qixue import hedged_number

SHOWN_SESSIONS = 5
MAIN_FIGURES = ("sessions_total", "attendance", "participants", "organisations_involved")


@dataclass(frozen=True)
class Tile:
    """A county on the schematic map; `level` 1 to 5 is its shade."""

    name: str
    url: str
    value_text: str
    level: int
    row: int
    column: int


@shared_reads()
def week_context(listings: Listings, *, at: datetime.datetime) -> dict[str, Any]:
    programme, today = listings.programme, local_day(at)
    sessions, is_today = sessions_to_show(listings, at)
    named = list(programme.named_figures.order_by("position", "code").values_list("code", "definition", "region_code"))
    codes = [code for code, _definition, _region in named]
    rates = [code for code, definition, region in named if definition == "attendance_per_1000" and region]
    taking_place = listings.taking_place()
    tiles, tiles_note = county_tiles(programme, rates, listings.index.counts("place", taking_place))
    return {
        "programme": programme,
        "day_text": day_text(programme, today),
        "sessions": sessions,
        "is_today": is_today,
        "is_over": not sessions and (programme.ends_on is None or programme.ends_on < today),
        "involvements": Involvement.objects.filter(programme=programme)
        .select_related("organisation")
        .order_by("role", "position", "pk"),
        "today": today,
        "session_count": len(taking_place),
        "figures": public_figures_named(programme, [code for code in MAIN_FIGURES if code in codes] or codes),
        "tiles": tiles,
        "tiles_note": tiles_note,
        "brands": programme.brands.order_by("code"),
        "recognition_count": programme.recognition_calls.count(),
        "problems": Passage.objects.filter(document__programme=programme, topic=Passage.Topic.PROBLEM).order_by(
            "position"
        ),
    }


def leadership_context(programme: Programme) -> dict[str, Any]:
    """On what the week rests and who answers for it: for its own page, not for the home page."""
    group = leading_group_of(programme)
    return {
        "legal_bases": legal_bases_of(programme),
        "group": group,
        "members": members_of(group) if group else [],
        "tasks": tasks_of(programme),
    }


def day_text(programme: Programme, today: datetime.date) -> str:
    """Day 3, 4 more to come; or when it begins, or that it is over; nothing where the days are not stated."""
    if programme.starts_on is None or programme.ends_on is None:
        return ""
    if today < programme.starts_on:
        days = (programme.starts_on - today).days
        return ngettext("begins in %(days)s day", "begins in %(days)s days", days) % {"days": days}
    if today > programme.ends_on:
        return _("is over")
    number, left = (today - programme.starts_on).days + 1, (programme.ends_on - today).days
    return _("day %(number)s, %(left)s more to come") % {"number": number, "left": left}


def sessions_to_show(listings: Listings, at: datetime.datetime) -> tuple[list[ListedSession], bool]:
    """What is left of today, those that have begun or have no seat left last; when nothing is, the next to come."""
    index, (_start, end) = listings.index, day_bounds(local_day(at), local_day(at))
    coming = index.coming(at) - index.having_no_start
    today = coming & index.starting_before(end)
    first = (today & listings.with_seats()) - index.starting_before(at)
    of_today = FoundSessions(index, first, today - first)[:SHOWN_SESSIONS]
    return (of_today, True) if of_today else (FoundSessions(index, coming)[:SHOWN_SESSIONS], False)


def county_tiles(
    programme: Programme, rates: Sequence[str], session_counts: Mapping[str, int]
) -> tuple[list[Tile], str]:
    """Attendances per 1,000 residents of each county, of the figures with these codes; else its number of sessions.

    A missing rate is shown as missing and never as 0.
    """
    counties = [county for county in programme.region.children.order_by("code") if county.tile_row is not None]
    if figures := public_figures_named(programme, rates):
        values = {figure.scope.region: figure.quantity.value for figure in figures if figure.quantity}
        texts = texts_by_place(figures)
        note = _("Attendances per 1,000 residents. A sketch map without boundaries.")
    else:
        values = {county.code: session_counts.get(county.code, 0) for county in counties}
        texts = {county: f"{value:,}" for county, value in values.items()}
        note = _("Number of sessions. A sketch map without boundaries.")
    address = reverse("public:sessions", args=[programme.code]) + "?"
    return (tiles_of(counties, values, address, texts), note) if any(values.values()) else ([], "")


def texts_by_place(figures: Iterable[Figure]) -> dict[str | None, str]:
    """The number with its hedge, or the word for one that is withheld, by the place that it is about."""
    untold = {figure.scope.region: pgettext("a number", "withheld") for figure in figures if figure.is_withheld}
    return {figure.scope.region: hedged_number(figure.quantity) for figure in figures if figure.quantity} | untold


def tiles_of(
    counties: Iterable[Region], values: Mapping[Any, Any], address: str, texts: Mapping[Any, str] | None = None
) -> list[Tile]:
    """Tiles shaded by a value of each county, leading to `address` with the county at its end.

    `texts` prints the values; without it they are counts. A value that is not there is printed as missing.
    """
    counties = [county for county in counties if county.tile_row is not None]
    if texts is None:
        texts = {county: f"{value:,}" for county, value in values.items()}
    highest = float(max(values.values(), default=0))
    levels = {county: level_of(float(value), highest) for county, value in values.items()}
    return [tile(county, address, texts.get(county.code, "—"), levels.get(county.code, 0)) for county in counties]


def tile(county: Region, address: str, text: str, level: int) -> Tile:
    """A county with nothing has the lightest shade: every tile of the map is seen."""
    return Tile(
        name=county.short_name if county.local_name == county.name else county.local_name.split(" ")[0],
        url=f"{address}county={county.code}",
        value_text=text,
        level=max(1, level),
        row=county.tile_row or 0,
        column=county.tile_column or 0,
    )
