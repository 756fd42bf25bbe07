from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from qixue.core.audience import for_everybody
from qixue.core.clock import local_day, now
from qixue.core.figures import Scope, shared_reads
from qixue.figures.dashboards import OVERVIEW, REGULARITY, TOWN_AND_COUNTRY, DashboardDefinition
from qixue.figures.regularity import activity_calendar
from qixue.places.models import Region
from qixue.programme.models import Programme
from qixue.programme.queries.listings import Listings
from qixue.web import parts, table_files
from qixue.web.dashboards import EVERYBODY, dashboard_address, dashboard_context, figure_address, figure_url
from qixue.web.public.cache import shared_for_a_second
from qixue.web.public.finding import listings_for
from qixue.web.public.tables import calendar_table
from qixue.web.public.week import Tile, county_tiles
from qixue.web.table_files import PageTable
from qixue.web.tables.figures import dashboard_table


def page_of(
    request: HttpRequest,
    programme: Programme,
    definition: DashboardDefinition,
    scope: Scope,
    *tables: PageTable,
    **more: Any,
) -> HttpResponseBase:
    """One frame for all: `current` is the dashboard's own name among the links at the top."""
    frame = dashboard_context(definition, scope, EVERYBODY, figure_url)
    charts = PageTable("charts", lambda: dashboard_table(more["title"], [(more["title"], frame)]))
    frame |= {"programme": programme, "is_over": programme.is_over_on(local_day(now()))}
    return table_files.page(request, "public/dashboards/page.html", {**frame, **more}, charts, *tables)


@for_everybody
@shared_for_a_second
def year(request: HttpRequest, code: str) -> HttpResponseBase:
    """The whole programme: its figures, its days, counties and brands."""
    listings = listings_for(request, code)
    programme = listings.programme
    tiles, note = tiles_to_dashboards(listings)
    title = _("The whole city")
    return page_of(request, programme, OVERVIEW, Scope(code), title=title, current="year", tiles=tiles, tiles_note=note)


def tiles_to_dashboards(listings: Listings) -> tuple[list[Tile], str]:
    """The schematic map of the week's page, whose counties lead to their dashboards."""
    programme = listings.programme
    named = programme.named_figures.filter(definition="attendance_per_1000").exclude(region_code="")
    counts = listings.index.counts("place", listings.taking_place())
    tiles, note = county_tiles(programme, list(named.values_list("code", flat=True)), counts)
    counties = programme.region.children.exclude(tile_row=None).order_by("code")
    return [
        replace(tile, url=dashboard_address(Scope(programme.code, region=county.code)))
        for county, tile in zip(counties if tiles else (), tiles, strict=True)
    ], note


@for_everybody
@shared_for_a_second
def county(request: HttpRequest, code: str, region: str) -> HttpResponseBase:
    programme = parts.get_programme_or_404(code)
    found = get_object_or_404(Region, parent=programme.region, level=Region.Level.COUNTY, code=region)
    return page_of(request, programme, OVERVIEW, Scope(code, region=region), title=found.local_name, current="county")


@for_everybody
@shared_for_a_second
def brand(request: HttpRequest, code: str, brand: str) -> HttpResponseBase:
    programme = parts.get_programme_or_404(code)
    found = get_object_or_404(programme.brands, code=brand)
    about = {"title": found.local_name, "current": "brand", "brand": found}
    return page_of(request, programme, OVERVIEW, Scope(code, brand=brand), **about)


@for_everybody
@shared_for_a_second
def town_and_country(request: HttpRequest, code: str) -> HttpResponseBase:
    """Attendances per resident in town against the country, and how uneven they are over the counties."""
    programme = parts.get_programme_or_404(code)
    return page_of(
        request,
        programme,
        TOWN_AND_COUNTRY,
        Scope(code),
        title=_("Town and country"),
        current="town_and_country",
    )


@for_everybody
@shared_for_a_second
def regularity(request: HttpRequest, code: str) -> HttpResponseBase:
    """On which days or in which months the city, each brand and each county had something on."""
    programme = parts.get_programme_or_404(code)
    scope = Scope(code)
    with shared_reads():
        calendar = activity_calendar(programme, scope, today=local_day(now()))
    rows = [(row, figure_address("longest_silence")(row.scope)) for row in calendar.rows]
    about = {"title": _("Regularity"), "current": "regularity", "calendar": calendar, "rows": rows}
    active = _("Active months") if calendar.is_by_month else _("Active days")
    table = PageTable("calendar", lambda: calendar_table(calendar.labels, calendar.rows, active))
    return page_of(request, programme, REGULARITY, scope, table, **about)
