from dataclasses import replace

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from qixue.core.audience import for_everybody
from qixue.core.clock import now
from qixue.core.figures import Scope, shared_reads
from qixue.figures.charts import by_place, over_time
from qixue.figures.for_everybody import public_figure_in, public_figure_of, public_figures_listed, public_rows
from qixue.figures.queries import Figure, common_unit, kinds_of_records
from qixue.programme.models import Programme, Session
from qixue.programme.queries import over_among_planned
from qixue.web import parts, table_files
from qixue.web.dashboards import EVERYBODY, figure_address
from qixue.web.public.dashboards import scope_asked
from qixue.web.public.figure_groups import grouped
from qixue.web.public.tables import places_table
from qixue.web.table_files import PageTable
from qixue.web.tables.figures import charts_table, evidence_table, figures_table, kinds_table

PER_PAGE = 50


@for_everybody
def figures(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every figure of a programme; each opens to its rule and its records."""
    programme = parts.get_programme_or_404(code)
    with shared_reads():
        audience = replace(EVERYBODY, address=figure_address("attendance"))
        drawn = [make(Scope(code), audience) for make in (over_time, by_place)]
        charts = [chart for chart in drawn if chart and chart.is_worth_drawing]
        found = public_figures_listed(programme)
        groups = grouped(programme, found)
        context = {"grouped": groups, "charts": charts, "as_of": now()}
    planned = next((each for each in found if is_planned(each) and not each.scope.dimensions()), None)
    context |= {
        "programme": programme,
        "has_withheld": any(item.is_withheld for item in found) or any(chart.has_withheld for chart in charts),
        "over_count": over_among_planned(planned.scope, now()) if planned else 0,
    }
    tables = [
        PageTable("figures", lambda: figures_table(found)),
        PageTable("charts", lambda: charts_table(_("When and where"), charts)),
    ]
    if places := groups.places:
        tables.append(PageTable("places", lambda: places_table(places)))
    return table_files.page(request, "public/figures/list.html", context, *tables)


def is_planned(figure: Figure) -> bool:
    return figure.definition.code == "sessions_planned"


def figure_or_404(request: HttpRequest, programme: Programme, code: str) -> Figure:
    """The figure of this name; where `?region=` or `?brand=` narrow it, or no name is given, that of the definition."""
    scope = scope_asked(request, programme)
    found = None if scope.dimensions() else public_figure_of(programme, code)
    found = found or public_figure_in(scope, code)
    if found is None:
        raise Http404
    return found


@for_everybody
def figure(request: HttpRequest, code: str, figure_code: str) -> HttpResponseBase:
    """One figure: what it counts, by which rule, and the records behind it."""
    programme = parts.get_programme_or_404(code)
    found = figure_or_404(request, programme, figure_code)
    rows = public_rows(found, found.evidence_for_reading())
    page = parts.paginate(request, rows, PER_PAGE)
    context = {
        "programme": programme,
        "figure": found,
        "page": page,
        "has_withheld": not all(row.record_count for row in page),
        "rows_unit": common_unit(rows),
        "as_of": now(),
        "over_count": over_among_planned(found.scope, now()) if is_planned(found) else 0,
    }
    table = PageTable("evidence", lambda: evidence_table(found, rows))
    return table_files.page(request, "public/figures/detail.html", context, table)


@for_everybody
def session(request: HttpRequest, code: str, figure_code: str, pk: int) -> HttpResponseBase:
    """What one session brings to a figure: how many records of which kind, and no person."""
    programme = parts.get_programme_or_404(code)
    found = figure_or_404(request, programme, figure_code)
    whole = next((row for row in public_rows(found, found.evidence_for_reading()) if row.session_id == pk), None)
    rows = found.evidence_of_session(pk) if found.definition.has_public_rows else []
    if not rows or found.is_withheld or (whole and not whole.record_count):
        raise Http404
    kinds = kinds_of_records(rows)
    context = {
        "programme": programme,
        "figure": found,
        "session": Session.objects.select_related("activity__organisation", "venue").get(pk=pk),
        "whole": whole,
        "kinds": kinds,
        "rows_unit": common_unit(rows),
    }
    table = PageTable("kinds", lambda: kinds_table(found, kinds))
    return table_files.page(request, "public/figures/session.html", context, table)
