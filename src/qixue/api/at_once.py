"""The short way to sign up, which thousands do in the same minute: past all that Django does for a request.

Finding the view, checking field by field what was sent, making a request, an answer and their signals took as long as
signing up itself. Here a request that looks as nearly all of them do is answered from its body and a few headers.
Whatever looks otherwise, is refused or fails goes the ordinary way, which also says why: nothing has been written then,
or it is found again by its key. Both answer alike (tests/api/test_at_once.py).
"""

import re
import time
import uuid
from collections.abc import Callable, Iterable
from functools import lru_cache
from io import BytesIO
from typing import Any

import structlog
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import request_started
from django.http import HttpResponse
from django.middleware.security import SecurityMiddleware
from pydantic import ValidationError

from qixue.api.door import labelled
from qixue.api.schemas.keys import key_of
from qixue.api.schemas.registrations import RegistrationIn, SignedUpOut
from qixue.api.stack import ROOT
from qixue.core.clock import now
from qixue.core.language import accepted_language, speaking
from qixue.core.logs import get_logger
from qixue.core.refusal import Refused
from qixue.core.requests import note, request_id
from qixue.participation.operations.quick_registration import register_alone

log = get_logger("qixue.at_once")

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
ADDRESS = re.compile(rf"{ROOT}sessions/([1-9][0-9]{{0,17}})/registrations")
ROUTE = "api:sign_up"
SCHEME = "Bearer "
KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LONGEST_BODY = 1_000  # bytes


class AtOnce:
    """Of the server: what it asks for each request, before the site itself."""

    def __init__(self, ordinary: Application) -> None:
        self.ordinary = ordinary

    def __call__(self, meta: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        address = ADDRESS.fullmatch(meta["PATH_INFO"])
        if not address or not looks_usual(meta):
            return self.ordinary(meta, start_response)
        language = accepted_language(meta.get("HTTP_ACCEPT_LANGUAGE", ""))
        headers = headers_of(language, meta["wsgi.url_scheme"], meta.get("HTTP_X_FORWARDED_PROTO") == "https")
        began = time.perf_counter()
        identity = meta["HTTP_X_REQUEST_ID"] = request_id(meta.get("HTTP_X_REQUEST_ID", ""))  # of either way's lines
        with structlog.contextvars.bound_contextvars(request_id=identity):
            with speaking(language):
                answer = answer_to(int(address[1]), meta) if headers else None
            if answer is not None:
                note(ROUTE, "POST", 201, time.perf_counter() - began)
        if answer is None:
            return self.ordinary(meta, start_response)
        own = [("Content-Length", str(len(answer))), ("X-Request-ID", identity)]
        start_response("201 Created", [*headers, *own])
        return [answer]


def looks_usual(meta: Environ) -> bool:
    """Whether it is what the program of a resident sends; a body whose length is not known before is not."""
    length = meta.get("CONTENT_LENGTH", "")
    return (
        meta["REQUEST_METHOD"] == "POST"
        and not meta.get("QUERY_STRING")
        and meta.get("HTTP_AUTHORIZATION", "").startswith(SCHEME)
        and length.isdecimal()
        and int(length) <= LONGEST_BODY
    )


@lru_cache(maxsize=20)
def headers_of(language: str, scheme: str, is_forwarded: bool) -> tuple[tuple[str, str], ...]:
    """Those of every such answer, from what also gives them to the others; none where HTTPS is asked for first."""
    meta = {"REQUEST_METHOD": "POST", "PATH_INFO": ROOT, "wsgi.input": BytesIO(), "wsgi.url_scheme": scheme}
    request = WSGIRequest({**meta, "HTTP_X_FORWARDED_PROTO": "https" if is_forwarded else ""})
    if settings.SECURE_SSL_REDIRECT and not request.is_secure():
        return ()
    answer = labelled(HttpResponse(content_type="application/json; charset=utf-8"), language)
    return tuple(SecurityMiddleware(lambda _request: answer).process_response(request, answer).items())


def answer_to(session: int, meta: Environ) -> bytes | None:
    """None where the ordinary way has to look; it can read the body again."""
    body = meta["wsgi.input"].read(int(meta["CONTENT_LENGTH"]))
    meta["wsgi.input"] = BytesIO(body)
    request_started.send(sender=AtOnce, environ=meta)  # as Django does: connections that are too old are closed
    try:
        asked = RegistrationIn.model_validate_json(body)
        key = meta.get("HTTP_IDEMPOTENCY_KEY", "")
        if key and not KEY.fullmatch(key):
            return None
        party = key_of(asked, uuid.UUID(key) if key else None)
        token = meta["HTTP_AUTHORIZATION"].removeprefix(SCHEME)
        row = register_alone(session, party=party, token=token, people=asked.people, at=now())
        return SignedUpOut.of([row]).model_dump_json().encode() if row else None
    except (ValidationError, Refused):
        return None
    except Exception as error:  # the ordinary way meets it again, and tells what it means
        log.warning("left_to_the_ordinary_way", error=type(error).__name__)  # its text may tell of people
        return None
