from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from qixue.figures.queries import figures_named
from qixue.participation.queries import public_sessions
from qixue.programme.models import Brand, Involvement, Passage, SourceIssue

SHOWN_SESSIONS = 10


def brand(request: HttpRequest, code: str) -> HttpResponse:
    """A brand with what the records say about it, its figures, and what they do not say."""
    found = get_object_or_404(Brand, code=code)
    programme = found.programmes.published().order_by("-year", "pk").first()
    if programme is None:
        raise Http404
    series = found.series.order_by("position", "pk")
    named = programme.named_figures.filter(brand_code=code) | programme.named_figures.filter(
        series_code__in=[item.code for item in series]
    )
    codes = list(named.order_by("position", "code").values_list("code", flat=True))
    carriers = found.involvements.filter(role=Involvement.Role.CARRIER).select_related("organisation")
    context = {
        "brand": found,
        "programme": programme,
        "figures": figures_named(programme, codes),
        "passages": Passage.objects.filter(brand=found).order_by("position", "pk"),
        "channels": found.publicity_channels.order_by("position"),
        "carriers": carriers.order_by("position", "pk"),
        "awards": found.awards.prefetch_related("givers").order_by("awarded_on", "pk"),
        "issues": SourceIssue.objects.filter(document__programme=programme, record_code=code).order_by("code"),
        "sessions": public_sessions(programme).filter(activity__brand=found)[:SHOWN_SESSIONS],
    }
    return render(request, "public/brands/detail.html", context)
