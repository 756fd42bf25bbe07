from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from qixue.core.audience import for_everybody
from qixue.core.clock import now
from qixue.figures.for_everybody import public_figures_named
from qixue.participation.queries import coming_or_last, public_sessions
from qixue.programme.models import Brand, Involvement, Passage, Programme, Session, SourceIssue
from qixue.web.public.cache import shared_for_a_second
from qixue.web.public.figure_groups import lines_of_brand

SHOWN_SESSIONS = 10


@for_everybody
@shared_for_a_second
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
    shown, are_coming = coming_or_last(public_sessions(programme).filter(activity__brand=found), now(), SHOWN_SESSIONS)
    context = {
        "brand": found,
        "programme": programme,
        "lines": lines_of_brand(public_figures_named(programme, codes)),
        "passages": Passage.objects.filter(brand=found).order_by("position", "pk"),
        "channels": found.publicity_channels.order_by("position"),
        "carriers": carriers.order_by("position", "pk"),
        "awards": found.awards.prefetch_related("givers").order_by("awarded_on", "pk"),
        "issues": SourceIssue.objects.filter(document__programme=programme, record_code=code).order_by("code"),
        "gaps": gaps_of_source(found, programme),
        "sessions": shown,
        "are_coming": are_coming,
    }
    return render(request, "public/brands/detail.html", context)


def gaps_of_source(brand: Brand, programme: Programme) -> list[str]:
    """What the documents that a past programme is known from leave open about the brand."""
    if not programme.source_documents.exists():
        return []
    gaps = []
    if not brand.involvements.filter(role=Involvement.Role.CARRIER).exists():
        gaps.append(_("The source does not say who carries this brand."))
    if not Session.objects.filter(activity__brand=brand, activity__programme=programme, starts_at__isnull=False):
        gaps.append(_("The source does not say when and where its sessions took place."))
    if not brand.slogan:
        gaps.append(_("The source gives no slogan."))
    return gaps
