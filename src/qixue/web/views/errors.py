"""Pages for what went wrong: what it means and where to go, never how the inside looks."""

import secrets
import sys

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from qixue.core.outages import Outage, outage_of


def error_page(request: HttpRequest, code: int, title: str, text: str) -> HttpResponse:
    return render(request, "errors/error.html", {"code": code, "title": title, "text": text}, status=code)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 400, _("This request cannot be read"), _("Please go back and try again."))


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 403, _("Not allowed"), _("Your role does not reach this page."))


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    text = _("The form was open for too long. Please go back, load the page again and send it once more.")
    return error_page(request, 403, _("This form has expired"), text)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(
        request, 404, _("There is no such page"), _("Please check the address, or look from the home page.")
    )


def outage_page(request: HttpRequest, outage: Outage) -> HttpResponse:
    """Without the frame of other pages, which asks the database what it shows.

    Those who find it busy in the same moment ask again one after the other.
    """
    seconds = 1 + secrets.randbelow(outage.retry_after) if outage is Outage.BUSY else outage.retry_after
    page = {
        "site": settings.QIXUE,
        "code": outage.status,
        "text": outage.sentence,
        "again_in": seconds if outage is Outage.BUSY else None,
        "again_at": request.get_full_path() if request.method == "GET" else "",
    }
    content = render_to_string("errors/outage.html", page)
    return HttpResponse(content, status=outage.status, headers={**outage.headers, "Retry-After": str(seconds)})


def failed(request: HttpRequest) -> HttpResponse:
    """Django asks for this page while it handles the error."""
    if outage := outage_of(sys.exception()):
        return outage_page(request, outage)
    text = _("Something went wrong on our side. What was saved before is safe. Please try again in a moment.")
    return error_page(request, 500, _("This did not work"), text)
