"""What is known about every request: an id, one log line, counters. Route names only: a path may name a person."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

from qixue.core.logs import get_logger

log = get_logger("qixue.requests")

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

requests_total = Counter("qixue_requests_total", "Requests answered.", ["route", "method", "status"])
request_seconds = Histogram(
    "qixue_request_seconds",
    "Time from the first middleware to the response.",
    ["route", "method"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def request_id(given: str) -> str:
    """The id that the proxy `given` the request, when it is a plain one, so that its log and ours can be joined."""
    return given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex


def route_name(request: HttpRequest) -> str:
    """The name of the route; requests that no route answers (static files, unknown paths) share one name."""
    match = request.resolver_match
    return (match.view_name if match else "") or "unrouted"


def note(route: str, method: str, status: int, seconds: float) -> None:
    """Count a request and write its line."""
    requests_total.labels(route, method, status).inc()
    request_seconds.labels(route, method).observe(seconds)
    log.info("request", route=route, method=method, status=status, milliseconds=round(seconds * 1000, 1))


class RequestLog:
    """Outermost middleware: everything below it is timed, counted and logged under one request id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        identity = request_id(request.headers.get("X-Request-ID", ""))
        with structlog.contextvars.bound_contextvars(request_id=identity):
            response = self.get_response(request)
            method = request.method if request.method in METHODS else "other"
            note(route_name(request), method, response.status_code, time.perf_counter() - began)
        response["X-Request-ID"] = identity
        return response
