from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qixue.core.audience import for_everybody
from qixue.core.clock import now
from qixue.web import parts
from qixue.web.public.cache import shared_for_a_second
from qixue.web.public.finding import listings_for
from qixue.web.public.week import week_context


@for_everybody
@shared_for_a_second
def home(request: HttpRequest) -> HttpResponse:
    """The city's current week; a friendly word while there is none yet."""
    programme = parts.programme_shown_to(request)
    if programme is None:
        return render(request, "public/nothing_yet.html")
    context = {"is_home": True, **week_context(listings_for(request, programme.code), at=now())}
    return render(request, "public/programmes/detail.html", context)
