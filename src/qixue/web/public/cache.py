"""Pages that look the same for everybody without an account are made at most about once a second."""

import time
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from qixue.core.copies import Copies, Flights
from qixue.web.preferences import text_size

View = TypeVar("View", bound=Callable[..., HttpResponse])
KEPT_FOR = 0.8  # seconds: a page also takes time to be made and sent, and no seat on it may be older than one second
MOST_PAGES = 300  # per process; a page has some 40 kB
LARGEST_PAGE = 500_000  # bytes
KEPT_HEADERS = ("Content-Type", "ETag", "Last-Modified", "Cache-Control", "Content-Disposition")
PERSONAL_COOKIES = (settings.SESSION_COOKIE_NAME, "messages")

Page = tuple[float, bytes, dict[str, str]]  # when its making began (time.monotonic), its bytes, its headers

pages: Copies[Page] = Copies(MOST_PAGES)
flights: Flights[Page] = Flights()


def shared_for_a_second(view: View) -> View:
    """Answer visitors without a session from a copy of what the last of them got, while it is young.

    Who asks while the same page is being made waits for it: a page that many ask for at once is made once.
    Kept is only what is whole and good, sets no cookie, holds no form token and does not forbid it.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "GET" or any(name in request.COOKIES for name in PERSONAL_COOKIES):
            return view(request, *args, **kwargs)
        key = (request.scheme, request.get_host(), request.get_full_path(), get_language(), text_size(request))
        return shared(key, request, lambda: view(request, *args, **kwargs))

    return answer  # type: ignore[return-value]  # the same signature


def shared(key: Hashable, request: HttpRequest, make: Callable[[], HttpResponse]) -> HttpResponse:
    """A page that is young, or whose making began after it was asked for; made here where there is none."""
    asked = time.monotonic()
    while (kept := fresh(key, asked)) is None:
        flight, is_ours = flights.board(key)
        if is_ours:
            return made_for_all(key, asked, request, make)
        flight.has_landed.wait()
        if flight.made is None:  # not for everybody: each makes an own one, nobody waits for the next
            return make()
    return copy_of(kept)


def fresh(key: Hashable, asked: float) -> Page | None:
    """On a machine under load a page takes long: what began after somebody asked is as fresh as an own one."""
    kept = pages.get(key)
    return kept if kept and (kept[0] >= asked or time.monotonic() - kept[0] < KEPT_FOR) else None


def copy_of(page: Page) -> HttpResponse:
    return HttpResponse(page[1], headers=page[2])


def made_for_all(key: Hashable, asked: float, request: HttpRequest, make: Callable[[], HttpResponse]) -> HttpResponse:
    made = None
    try:
        if made := fresh(key, asked):  # it landed between our look and our turn
            return copy_of(made)
        began, response = time.monotonic(), make()
        if is_for_everybody(request, response):
            headers = {name: response[name] for name in KEPT_HEADERS if name in response}
            made = pages.keep(key, (began, response.content, headers))
        return response
    finally:
        flights.land(key, made)


def is_for_everybody(request: HttpRequest, response: HttpResponse) -> bool:
    is_whole = response.status_code == 200 and not response.streaming and len(response.content) <= LARGEST_PAGE
    has_token = "CSRF_COOKIE" in request.META or bool(response.cookies)
    has_session = request.session.accessed and not request.session.is_empty()
    return is_whole and not has_token and not has_session and "no-store" not in response.get("Cache-Control", "")
