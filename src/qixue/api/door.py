"""What holds for every address: the language of its sentences, one shape of errors, no unknown parameters."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern
from django.utils.cache import patch_vary_headers
from ninja import NinjaAPI
from ninja.operation import Operation

from qixue.api import errors
from qixue.core.language import accepted_language, speaking

View = Callable[..., HttpResponse]


def guarded(view: View, parameters: set[str]) -> View:
    """The view behind the door; `parameters` are the query parameters that it knows.

    A cookie of the pages has no say in which language it answers.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        language = accepted_language(request.headers.get("Accept-Language", ""))
        with speaking(language):
            response = answer_of(view, parameters, request, *args, **kwargs)
        return labelled(response, language)

    return answer


def labelled(response: HttpResponse, language: str) -> HttpResponse:
    """With the headers that every answer bears."""
    response["Content-Language"] = language
    response["Cache-Control"] = "private, no-cache"
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    patch_vary_headers(response, ["Accept-Language", "Authorization"])
    return response


def answer_of(view: View, parameters: set[str], request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    if unknown := sorted(set(request.GET) - parameters):
        return errors.unknown_parameters(unknown)
    try:
        response = view(request, *args, **kwargs)
    except Http404:
        return errors.not_found(request)
    if isinstance(response, HttpResponseNotAllowed):
        return errors.method_not_allowed(response["Allow"])
    return response


def parameters_by_route(api: NinjaAPI) -> dict[str, set[str]]:
    """The names of the query parameters of each route, by the route's name."""
    known: dict[str, set[str]] = {}
    for router in api._get_bound_routers():
        operations = (operation for path in router.path_operations.values() for operation in path.operations)
        for operation in operations:
            name = api.get_operation_url_name(operation, router.template)
            known.setdefault(name, set()).update(query_parameters(operation))
    return known


def query_parameters(operation: Operation) -> Iterator[str]:
    for model in operation.models:
        if model.__ninja_param_source__ == "query":
            yield from model.__ninja_flatten_map__


def guarded_urls(api: NinjaAPI) -> list[URLPattern]:
    """The addresses of the API, each behind the door."""
    known = parameters_by_route(api)
    patterns = [pattern for pattern in api.urls[0] if isinstance(pattern, URLPattern)]
    for pattern in patterns:
        pattern.callback = guarded(pattern.callback, known.get(pattern.name or "", set()))
    return patterns
