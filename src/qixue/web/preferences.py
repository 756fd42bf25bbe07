"""What a visitor chose: language and text size, kept in two cookies and changed by POST, with or without an account."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from qixue.core.audience import for_everybody
from qixue.core.language import accepted_language

LANGUAGE_COOKIE, SIZE_COOKIE = "qixue_language", "qixue_elder"
LANGUAGES = [code for code, _name in settings.LANGUAGES]
SIZES = ["", "1", "2"]  # normal, large, largest
A_YEAR = 365 * 24 * 3600  # seconds


class ChosenLanguage:
    """Chinese unless the visitor chose otherwise: a link shared in a group looks the same to everybody who opens it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = chosen_language(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Cookie"])
        return response


def chosen_language(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else settings.LANGUAGE_CODE


def language_of_browser(request: HttpRequest) -> str:
    """The language that the visitor chose, else the one to which their browser is set."""
    chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else accepted_language(request.headers.get("Accept-Language", ""))


def text_size(request: HttpRequest) -> str:
    """ "" normal, "1" large, "2" largest; anything else counts as normal."""
    size = request.COOKIES.get(SIZE_COOKIE, "")
    return size if size in SIZES else ""


@for_everybody
@csrf_exempt  # its form stands on pages that are the same for everybody; see `remembered`
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    return remembered(request, LANGUAGE_COOKIE, request.POST.get("language", ""), LANGUAGES)


@for_everybody
@csrf_exempt  # as above
@require_POST
def choose_size(request: HttpRequest) -> HttpResponse:
    return remembered(request, SIZE_COOKIE, request.POST.get("size", ""), SIZES)


def remembered(request: HttpRequest, cookie: str, value: str, known: list[str]) -> HttpResponse:
    """Back to the page the visitor came from, with the choice kept for a year; an unknown choice changes nothing.

    Neither does a form of another site: browsers say where a request comes from, and a token would be personal.
    """
    response = redirect(own_path(request, request.POST.get("next", "")))
    is_ours = request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}
    return keep(response, cookie, value) if value in known and is_ours else response


def remember_language(response: HttpResponse, language: str) -> HttpResponse:
    return keep(response, LANGUAGE_COOKIE, language)


def keep(response: HttpResponse, cookie: str, value: str) -> HttpResponse:
    response.set_cookie(cookie, value, max_age=A_YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax")
    return response


def own_path(request: HttpRequest, path: str) -> str:
    """The path if it leads to this site, else the home page: nobody is sent elsewhere by a link to us."""
    safe = url_has_allowed_host_and_scheme(path, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return path if safe and path.startswith("/") else "/"
