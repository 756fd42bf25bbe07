"""The short way of a request to the API: past everything that only pages need.

No cookie means anything to the API, so it needs neither sessions nor forms' tokens nor messages; what remains for every
request is its line in the log and the headers of security. The other middlewares took three quarters of the time in
which an address of the API answered that itself has little to do.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, get_resolver

ROOT = "/api/v1/"


def answered(request: HttpRequest) -> HttpResponse:
    """What the view of the address answers."""
    request.resolver_match = match = match_of(request.path_info, settings.ROOT_URLCONF)
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response


@lru_cache(maxsize=200)  # thousands ask for the same few addresses in the same minute
def match_of(path: str, urlconf: str) -> ResolverMatch:
    """Raises Resolver404 for an address that is none."""
    return get_resolver(urlconf).resolve(path)


class PastThePages:
    """Middleware; what comes after it in the settings is asked for pages only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.of_pages = get_response
        self.of_the_api: Callable[[HttpRequest], Any] = convert_exception_to_response(answered)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ROOT):
            return self.of_pages(request)
        response: HttpResponse = self.of_the_api(request)
        if not response.streaming:
            response.headers["Content-Length"] = str(len(response.content))
        return response
