"""What the page of a week shows: where it stands, what is on, its counties, figures and brands."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qixue.core.clock import day_bounds, local_day
from qixue.figures.queries import Figure, figures_named
from qixue.participation.queries import public_sessions
from qixue.places.models import Region
from qixue.programme.models import Passage, Programme

SHOWN_SESSIONS = 5
MAIN_FIGURES = ("sessions_total", "attendance", "participants", "organisations_involved")
LEVELS = 5


@dataclass(frozen=True)
class Tile:
    """A county on the schematic map; `level` 1 to 5 is its shade."""

    name: str
    url: str
    value_text: str
    level: int
    row: int
    column: int


def week_context(programme: Programme, *, at: datetime.datetime) -> dict[str, Any]:
    today = local_day(at)
    sessions, is_today = sessions_to_show(programme, today)
    named = programme.named_figures.order_by("position", "code").values_list("code", flat=True)
    main = [code for code in MAIN_FIGURES if code in set(named)] or list(named)
    tiles, tiles_note = county_tiles(programme)
    return {
        "programme": programme,
        "day_text": day_text(programme, today),
        "sessions": sessions,
        "is_today": is_today,
        "today": today,
        "session_count": public_sessions(programme).exclude(starts_at=None).count(),
        "figures": figures_named(programme, main),
        "tiles": tiles,
        "tiles_note": tiles_note,
        "brands": programme.brands.order_by("code"),
        "problems": Passage.objects.filter(document__programme=programme, topic=Passage.Topic.PROBLEM).order_by(
            "position"
        ),
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


def sessions_to_show(programme: Programme, today: datetime.date) -> tuple[list[Any], bool]:
    """Today's next sessions; on a day without any the next ones to come."""
    start, end = day_bounds(today, today)
    sessions = public_sessions(programme)
    of_today = list(sessions.filter(starts_at__gte=start, starts_at__lt=end)[:SHOWN_SESSIONS])
    return (of_today, True) if of_today else (list(sessions.filter(starts_at__gte=end)[:SHOWN_SESSIONS]), False)


def county_tiles(programme: Programme) -> tuple[list[Tile], str]:
    """Attendances per 1,000 residents of each county; missing values are shown as such and never as 0."""
    counties = [county for county in programme.region.children.order_by("code") if county.tile_row is not None]
    names = programme.named_figures.filter(definition="attendance_per_1000").exclude(region_code="")
    codes = dict(names.values_list("region_code", "code"))
    figures = {figure.scope.region: figure for figure in figures_named(programme, list(codes.values()))}
    if not figures:
        return [], ""
    highest = max((float(figure.quantity.value) for figure in figures.values() if figure.quantity), default=0)
    tiles = [tile(programme, county, figures.get(county.code), highest) for county in counties]
    return tiles, _("Attendances per 1,000 residents. A sketch that shows no boundaries.")


def tile(programme: Programme, county: Region, figure: Figure | None, highest: float) -> Tile:
    value = float(figure.quantity.value) if figure and figure.quantity else None
    return Tile(
        name=county.short_name if county.local_name == county.name else county.local_name.split(" ")[0],
        url=reverse("public:sessions", args=[programme.code]) + f"?county={county.code}",
        value_text="—" if value is None else f"{value:.2f}",
        level=1 if not value or not highest else max(1, min(LEVELS, round(LEVELS * value / highest))),
        row=county.tile_row or 0,
        column=county.tile_column or 0,
    )
