from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import get_language

from qixue.core.audience import for_everybody
from qixue.core.clock import local_day, now
from qixue.core.copies import Brief
from qixue.core.digests import digest
from qixue.programme.models import Programme
from qixue.web import parts
from qixue.web.public.live import live_context

EVERY_SECONDS = 15
states: Brief[str] = Brief(most=20)  # however many screens ask, each week is looked at about once a second


@for_everybody
def live(request: HttpRequest, code: str) -> HttpResponse:
    """The big screen of a week. It fetches its state anew by itself; without script it has a link for that.

    Of a week that is over nothing is live: its screen leads to what stands of it.
    """
    programme = parts.get_programme_or_404(code)
    if programme.is_over_on(local_day(now())):
        return redirect("public:dashboard", programme.code)
    context = {"programme": programme, "state": state_of(programme), "every_seconds": EVERY_SECONDS}
    return render(request, "public/live/page.html", context)


@for_everybody
def state(request: HttpRequest, code: str) -> HttpResponse:
    """The part of the page that changes; 304 for a screen that has it already."""
    content = state_of(parts.get_programme_or_404(code))
    tag = quote_etag(digest([content]))
    answer = get_conditional_response(request, etag=tag) or HttpResponse(content)
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def state_of(programme: Programme) -> str:
    """The state of now as HTML in the reader's language; it says the minute, so that it stays the same for a while."""

    def make() -> str:
        return render_to_string("public/live/state.html", live_context(programme, at=now()))

    return states.have((programme.pk, get_language()), make)
