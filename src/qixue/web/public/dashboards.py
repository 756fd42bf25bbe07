"""What public dashboards are about."""

from django.http import Http404, HttpRequest

from qixue.core.figures import Scope
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
