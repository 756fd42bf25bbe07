from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qixue.core.audience import for_everybody
from qixue.core.clock import now
from qixue.programme.models import Programme
from qixue.web import parts
from qixue.web.public.cache import shared_for_a_second
from qixue.web.public.finding import listings_for
from qixue.web.public.week import leadership_context, week_context


@for_everybody
@shared_for_a_second
def programmes(request: HttpRequest) -> HttpResponse:
    """Every published week, the newest first."""
    published = Programme.objects.published().select_related("region").order_by("-year", "code", "pk")
    return render(request, "public/programmes/list.html", {"programmes": published})


@for_everybody
@shared_for_a_second
def programme(request: HttpRequest, code: str) -> HttpResponse:
    listings = listings_for(request, code)
    found = listings.programme
    context = {**week_context(listings, at=now()), **leadership_context(found), **parts.issue_shown(found)}
    return render(request, "public/programmes/detail.html", context)
