"""What public dashboards are about, and where their numbers lead."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.urls import reverse

from qixue.core.figures import Scope
from qixue.figures.charts import Address, Audience
from qixue.figures.for_everybody import public_figure_in
from qixue.figures.queries import Figure
from qixue.places.models import Region
from qixue.programme.models import Programme

DIMENSIONS = ("region", "brand")  # by which visitors narrow figures


def scope_asked(request: HttpRequest, programme: Programme) -> Scope:
    """The scope that `?region=` or `?brand=` names. Raises Http404 for what is not part of the programme.

    One of them at a time: few people are in both, and their number would follow from others.
    """
    asked = {name: request.GET[name] for name in DIMENSIONS if request.GET.get(name)}
    if len(asked) > 1:
        raise Http404
    region, brand = asked.get("region"), asked.get("brand")
    within = Region.objects.within(programme.region).exclude(pk=programme.region_id)
    if region and not within.filter(code=region).exists():
        raise Http404
    if brand and not programme.brands.filter(code=brand).exists():
        raise Http404
    return Scope(programme.code, **asked)


def figure_url(figure: Figure) -> str:
    return figure_address(figure.code)(figure.scope)


def figure_address(code: str) -> Address:
    """The page of a figure in a scope."""

    def address(scope: Scope) -> str:
        narrowed = scope.dimensions()
        return reverse("public:figure", args=[scope.programme, code]) + (f"?{urlencode(narrowed)}" if narrowed else "")

    return address


def dashboard_address(scope: Scope) -> str:
    """The dashboard of a county or a brand; of places below a county the page of their attendances."""
    if scope.dimensions().keys() == {"brand"}:
        return reverse("public:brand_dashboard", args=[scope.programme, scope.brand])
    if scope.dimensions().keys() == {"region"} and Region.objects.filter(code=scope.region, level="county").exists():
        return reverse("public:county_dashboard", args=[scope.programme, scope.region])
    return figure_address("attendance")(scope)


EVERYBODY = Audience(figure=public_figure_in, address=dashboard_address, is_everybody=True)
