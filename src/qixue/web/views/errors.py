"""Pages for what went wrong: what it means and where to go, never how the inside looks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


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


def failed(request: HttpRequest) -> HttpResponse:
    text = _("Something went wrong on our side. What was saved before is safe. Please try again in a moment.")
    return error_page(request, 500, _("This did not work"), text)
