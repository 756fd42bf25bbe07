"""What the big screen of a week shows: numbers so far, what is on now, who has reported, what just ended."""

import datetime
from typing import Any

from django.db.models import F
from django.urls import reverse

from qixue.core.clock import local_day
from qixue.core.figures import shared_reads
from qixue.figures.for_everybody import public_figures_named
from qixue.figures.queries import Figure
from qixue.participation.queries import as_listed, coming_or_last, public_sessions
from qixue.programme.models import Programme, Session
from qixue.web.public.week import MAIN_FIGURES, Tile, day_text, texts_by_place, tiles_of

SHOWN_SESSIONS = 4  # what a screen holds in letters that are read from five metres


@shared_reads()
def live_context(programme: Programme, *, at: datetime.datetime) -> dict[str, Any]:
    """Only what every visitor may see; nothing about a person."""
    taking_place = public_sessions(programme).exclude(state__in=Session.OFF_STATES)
    on_now = taking_place.filter(starts_at__lte=at, ends_at__gt=at)
    on_now_count = on_now.order_by().count()
    ended = taking_place.filter(ends_at__lte=at).order_by(F("ends_at").desc(), "-pk")
    coming, are_coming = coming_or_last(taking_place, at, SHOWN_SESSIONS)
    tiles, reported_count = county_reports(programme)
    return {
        "programme": programme,
        "day_text": day_text(programme, local_day(at)),
        "at": at,
        "figures": public_figures_named(programme, MAIN_FIGURES),
        "on_now": as_listed(on_now[:SHOWN_SESSIONS]),
        "on_now_count": on_now_count,
        "coming": coming if are_coming and not on_now_count else [],
        "ended": as_listed(ended[:SHOWN_SESSIONS]),
        "tiles": tiles,
        "reported_count": reported_count,
    }


def county_reports(programme: Programme) -> tuple[list[Tile], int]:
    """The counties on the schematic map by their attendances, and for how many of them there are any, told or not."""
    named = programme.named_figures.filter(
        definition="attendance", brand_code="", series_code="", organisation_code="", kind=""
    )
    codes = list(named.exclude(region_code="").values_list("code", flat=True))
    figures = public_figures_named(programme, codes)
    counts = {figure.scope.region: count for figure in figures if (count := count_of(figure))}
    texts = texts_by_place([figure for figure in figures if figure.is_withheld or count_of(figure)])
    counties = programme.region.children.exclude(tile_row=None).order_by("code")
    tiles = tiles_of(counties, counts, reverse("public:sessions", args=[programme.code]) + "?", texts)
    return tiles, sum(1 for county in counties if county.code in texts)


def count_of(figure: Figure) -> int:
    """0 where nothing is on record yet."""
    return int(figure.quantity.value) if figure.quantity else 0
