from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from qixue.people.rules import Action, reach
from qixue.places.models import Region
from qixue.programme.models import Programme
from qixue.programme.queries.gaps import gaps_of
from qixue.programme.queries.heat import counts_of, heat_of
from qixue.programme.queries.territory import Territory, territory_of, widest_view
from qixue.web import table_files
from qixue.web.table_files import PageTable
from qixue.web.workspace.access import needs, programme_or_404
from qixue.web.workspace.tables.planning import gaps_table, heat_table, silences_table

MOST_SILENCES = 30


@needs(Action.SEE_PLANS)
def heat(request: HttpRequest, code: str) -> HttpResponseBase:
    """Where something is planned by days or weeks, and what is silent; `?county=` shows the towns of a county."""
    programme, _part = programme_or_404(request.user, code, Action.SEE_PLANS)
    paths = reach(request.user, Action.SEE_PLANS)
    territory = territory_of(programme, paths)
    parent = shown_region(request, programme, territory)
    counts = counts_of(programme, paths, territory)
    found = heat_of(programme, counts, parent, territory)
    gaps = gaps_of(programme, paths, counts, found, territory)
    context = {
        "programme": programme,
        "county": parent if parent != programme.region else None,
        "is_opened": bool(request.GET.get("county")),
        "heat": found,
        "gaps": gaps,
        "silences": gaps.silences[:MOST_SILENCES],
        "current": "heat",
    }
    tables = (
        PageTable("heat", lambda: heat_table(found)),
        PageTable("gaps", lambda: gaps_table(gaps.places, len(found.columns))),
        PageTable("silences", lambda: silences_table(gaps.silences)),
    )
    return table_files.page(request, "workspace/plans/heat.html", context, *tables)


def shown_region(request: HttpRequest, programme: Programme, territory: Territory) -> Region:
    """The county that the address names, as far as the viewer answers for a part of it; else the widest view."""
    wanted = request.GET.get("county")
    if not wanted:
        return widest_view(programme, territory)
    county = programme.region.children.filter(level=Region.Level.COUNTY, code=wanted).first()
    if county is None or (territory.paths and not territory.touches(county)):
        raise Http404
    return county
