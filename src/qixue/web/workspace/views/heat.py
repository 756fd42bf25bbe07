from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from qixue.people.rules import Action, reach
from qixue.places.models import Region
from qixue.programme.queries.heat import heat_of
from qixue.web.workspace.access import needs, programme_or_404


@needs(Action.SEE_PLANS)
def heat(request: HttpRequest, code: str) -> HttpResponse:
    """Counties by days or weeks; `?county=` shows its towns."""
    programme, _part = programme_or_404(request.user, code, Action.SEE_PLANS)
    county = None
    if wanted := request.GET.get("county"):
        county = programme.region.children.filter(level=Region.Level.COUNTY, code=wanted).first()
        if county is None:
            raise Http404
    found = heat_of(programme, reach(request.user, Action.SEE_PLANS), county or programme.region)
    return render(request, "workspace/plans/heat.html", {"programme": programme, "county": county, "heat": found})
