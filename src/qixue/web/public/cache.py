"""Pages that look the same for everybody without an account are made at most about once a second."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch

from qixue.core.copies import Copies, Flights
from qixue.web.preferences import chosen_language, text_size

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
KEPT_FOR = 0.8  # seconds: a page also takes time to be made and sent, and no seat on it may be older than one second
MOST_PAGES = 300  # per process; a page has some 40 kB
LARGEST_PAGE = 500_000  # bytes
KEPT_HEADERS = ("Content-Type", "ETag", "Last-Modified", "Cache-Control", "Content-Disposition")
PERSONAL_COOKIES = (settings.SESSION_COOKIE_NAME, "messages")


@dataclass
class Page:
    """What was answered. The headers are those of the view, and of the whole answer once the middleware has seen it."""

    began: float  # when its making did (time.monotonic)
    content: bytes
    headers: dict[str, str]
    match: ResolverMatch | None = None

    @property
    def is_young(self) -> bool:
        return time.monotonic() - self.began < KEPT_FOR

    def answer(self) -> HttpResponse:
        return HttpResponse(self.content, headers=self.headers)


pages: Copies[Page] = Copies(MOST_PAGES)
flights: Flights[Page] = Flights()


class YoungCopies:
    """Middleware: a copy is answered past all that making a page needs. What comes before it adds its headers anew."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (key := key_of(request)) and (kept := pages.get(key)) and kept.match and kept.is_young:
            request.resolver_match = kept.match  # by which the log knows the page
            return kept.answer()
        response = self.get_response(request)
        if page := getattr(response, "kept_as", None):
            page.headers, page.match = dict(response.items()), request.resolver_match
        return response


def key_of(request: HttpRequest) -> Hashable:
    """By what pages for everybody differ; None where the visitor may get an own one."""
    cookies = request.COOKIES
    if request.method != "GET" or any(name in cookies for name in PERSONAL_COOKIES):
        return None
    asked = request.META
    address = (request.scheme, asked.get("HTTP_HOST"), request.path_info, asked.get("QUERY_STRING", ""))
    return (*address, chosen_language(request), text_size(request))


def shared_for_a_second(view: View) -> View:
    """Answer visitors without a session from a copy of what the last of them got, while it is young.

    Who asks while the same page is being made waits for it: a page that many ask for at once is made once.
    Kept is only what is whole and good, sets no cookie, holds no form token and does not forbid it. What somebody who
    is signed in reads may name their household: no browser keeps it, so that nobody goes back to it once they left.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = key_of(request)
        if key:
            return shared(key, request, lambda: view(request, *args, **kwargs))
        response = view(request, *args, **kwargs)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer  # type: ignore[return-value]  # the same signature


def shared(key: Hashable, request: HttpRequest, make: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """A page that is young, or whose making began after it was asked for; made here where there is none."""
    asked = time.monotonic()
    while (kept := fresh(key, asked)) is None:
        flight, is_ours = flights.board(key)
        if is_ours:
            return made_for_all(key, asked, request, make)
        flight.has_landed.wait()
        if flight.made is None:  # not for everybody: each makes an own one, nobody waits for the next
            return make()
    return kept.answer()


def fresh(key: Hashable, asked: float) -> Page | None:
    """On a machine under load a page takes long: what began after somebody asked is as fresh as an own one."""
    kept = pages.get(key)
    return kept if kept and (kept.began >= asked or kept.is_young) else None


def made_for_all(
    key: Hashable, asked: float, request: HttpRequest, make: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    made = None
    try:
        if made := fresh(key, asked):  # it landed between our look and our turn
            return made.answer()
        began, response = time.monotonic(), make()
        if isinstance(response, HttpResponse) and is_for_everybody(request, response):
            headers = {name: response[name] for name in KEPT_HEADERS if name in response}
            made = pages.keep(key, Page(began, response.content, headers))
            response.kept_as = made  # type: ignore[attr-defined]  # a note for the middleware
        return response
    finally:
        flights.land(key, made)


def is_for_everybody(request: HttpRequest, response: HttpResponse) -> bool:
    is_whole = response.status_code == 200 and len(response.content) <= LARGEST_PAGE
    has_token = "CSRF_COOKIE" in request.META or bool(response.cookies)
    has_session = request.session.accessed and not request.session.is_empty()
    return is_whole and not has_token and not has_session and "no-store" not in response.get("Cache-Control", "")
