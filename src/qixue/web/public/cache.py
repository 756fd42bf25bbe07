"""Pages that look the same for everybody without an account are made at most about once a second."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from qixue.core.copies import Copies
from qixue.web.preferences import text_size

View = TypeVar("View", bound=Callable[..., HttpResponse])
KEPT_FOR = 0.8  # seconds: a page also takes time to be made and sent, and no seat on it may be older than one second
MOST_PAGES = 300  # per process; a page has some 40 kB
LARGEST_PAGE = 500_000  # bytes
KEPT_HEADERS = ("Content-Type", "ETag", "Last-Modified", "Cache-Control", "Content-Disposition")
PERSONAL_COOKIES = (settings.SESSION_COOKIE_NAME, "messages")

pages: Copies[tuple[float, bytes, dict[str, str]]] = Copies(MOST_PAGES)


def shared_for_a_second(view: View) -> View:
    """Answer visitors without a session from a copy of what the last of them got, while it is young.

    Kept is only what is whole and good, sets no cookie, holds no form token and does not forbid it.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "GET" or any(name in request.COOKIES for name in PERSONAL_COOKIES):
            return view(request, *args, **kwargs)
        key = (request.scheme, request.get_host(), request.get_full_path(), get_language(), text_size(request))
        kept = pages.get(key)
        if kept and time.monotonic() - kept[0] < KEPT_FOR:
            return HttpResponse(kept[1], headers=kept[2])
        began, response = time.monotonic(), view(request, *args, **kwargs)
        if is_for_everybody(request, response):
            headers = {name: response[name] for name in KEPT_HEADERS if name in response}
            pages.keep(key, (began, response.content, headers))
        return response

    return answer  # type: ignore[return-value]  # the same signature


def is_for_everybody(request: HttpRequest, response: HttpResponse) -> bool:
    is_whole = response.status_code == 200 and not response.streaming and len(response.content) <= LARGEST_PAGE
    has_token = "CSRF_COOKIE" in request.META or bool(response.cookies)
    has_session = request.session.accessed and not request.session.is_empty()
    return is_whole and not has_token and not has_session and "no-store" not in response.get("Cache-Control", "")
