"""Every error has one shape: a code for programs, a sentence for people, and details by field."""

from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from qixue.core.logs import get_logger
from qixue.core.outages import code_of, outage_of
from qixue.core.refusal import Refused

log = get_logger("qixue.api")

# What the request itself gets wrong; every other refusal is a conflict with the state of the records.
INPUT_CODES = frozenset(
    {
        "answer_empty",
        "comment_missing",
        "comments_with_approval",
        "count_out_of_range",
        "due_in_past",
        "ends_before_start",
        "key_differs",
        "key_missing",
        "key_reused",
        "key_twice",
        "not_yours",
        "place_missing",
        "place_twice",
        "qualifier_not_countable",
        "reason_missing",
        "room_elsewhere",
        "text_mistaken",
        "too_many_scans",
        "unknown_brand",
        "unknown_line",
        "unknown_organisation",
        "unknown_region",
        "unknown_room",
        "unknown_venue",
        "version_missing",
        "version_unknown",
    }
)
CHECK_VALUE = gettext_lazy("Please check this value.")
SENTENCES = {
    "any_moment": gettext_lazy("Please give a moment with its offset, for example 2026-11-05T09:00:00+08:00."),
    "bool_parsing": gettext_lazy("Please give true or false."),
    "date_from_datetime_parsing": gettext_lazy("Please give a day, for example 2026-11-05."),
    "day": gettext_lazy("Please give a day, for example 2026-11-05."),
    "enum": gettext_lazy("Please give one of: %(expected)s."),
    "extra_forbidden": gettext_lazy("There is no such field; please leave it out."),
    "greater_than_equal": gettext_lazy("Please give %(ge)s or more."),
    "int_parsing": gettext_lazy("Please give a whole number."),
    "int_type": gettext_lazy("Please give a whole number."),
    "invisible": gettext_lazy("Please remove the invisible control characters from this text."),
    "less_than_equal": gettext_lazy("Please give %(le)s or less."),
    "literal_error": gettext_lazy("Please give one of: %(expected)s."),
    "missing": gettext_lazy("Please give this value."),
    "moment": gettext_lazy("Please give a moment with its offset, for example 2026-11-05T09:00:00+08:00."),
    "string_pattern_mismatch": gettext_lazy("Please check how this is written."),
    "string_too_long": gettext_lazy("Please give at most %(max_length)s characters."),
    "string_too_short": gettext_lazy("Please give at least %(min_length)s characters."),
    "string_type": gettext_lazy("Please give a text."),
}


# What people read of a form, in the words of a request.
FOR_PROGRAMS = {"key_reused": gettext_lazy("This key was used for another request; please make a new one.")}


class NotAllowed(Exception):
    """The viewer may see the record, but holds no role that allows the act."""


def error(status: int, code: str, message: str, details: list[dict[str, str]] | None = None) -> JsonResponse:
    body = {"code": code, "message": message, "details": details or []}
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """The same answer for what does not exist and for what is out of the viewer's reach."""
    return error(404, "not_found", _("There is no such record, or it is out of your reach."))


def not_allowed(request: HttpRequest, exception: Exception) -> JsonResponse:
    return error(403, "not_allowed", _("Your role does not allow this; please ask your coordinator."))


def method_not_allowed(allowed: str) -> JsonResponse:
    response = error(405, "method_not_allowed", _("This address does not take this method."))
    response["Allow"] = allowed
    return response


def refused(request: HttpRequest, refusal: Refused) -> JsonResponse:
    details = [{"field": "", "code": refusal.code, "message": str(line)} for line in refusal.lines]
    sentence = str(FOR_PROGRAMS.get(refusal.code, refusal.sentence))
    if refusal.code == "changed_meanwhile" and "If-Match" in request.headers:
        return error(412, refusal.code, sentence, details)  # what the header asked for does not hold (RFC 9110)
    return error(422 if refusal.code in INPUT_CODES else 409, refusal.code, sentence, details)


def invalid(request: HttpRequest, exception: ValidationError) -> JsonResponse:
    """All complaints at once. The values that were sent are not repeated: they may be long or personal."""
    details = [complaint(item) for item in exception.errors]
    return error(422, "invalid", _("Please check the values you sent."), details)


def complaint(item: dict[str, Any]) -> dict[str, str]:
    """One complaint: the field as its path in the request ("body.count"), pydantic's type as the code."""
    source, *names = item["loc"]
    if source == "body":
        names = names[1:]  # what the view calls its body
    values = {name: str(value) for name, value in item.get("ctx", {}).items()}
    return {
        "field": printable(".".join(str(name) for name in (source, *names))),
        "code": item["type"],
        "message": str(SENTENCES.get(item["type"], CHECK_VALUE)) % values,
    }


def printable(text: str, longest: int = 100) -> str:
    """A name that a client made up, safe to send back."""
    return text[:longest].encode("ascii", "backslashreplace").decode()


def http_error(request: HttpRequest, exception: HttpError) -> JsonResponse:
    """What the framework raises: credentials that lead to nobody, a body that is no JSON."""
    if exception.status_code == 401:
        response = error(401, "not_signed_in", _("Please send a valid token."))
        response["WWW-Authenticate"] = "Bearer"
        return response
    return error(exception.status_code, "malformed", _("Please send a valid JSON document."))


def suspicious(request: HttpRequest, exception: SuspiciousOperation) -> JsonResponse:
    if isinstance(exception, RequestDataTooBig):
        return error(413, "too_large", _("Please send less at once."))
    return error(400, "malformed", _("Please send a valid JSON document."))


def unknown_parameters(names: list[str]) -> JsonResponse:
    """A misspelt filter that was ignored would answer with the wrong records."""
    sentence = str(SENTENCES["extra_forbidden"])
    details = [{"field": printable(f"query.{name}"), "code": "extra_forbidden", "message": sentence} for name in names]
    return error(422, "invalid", _("Please check the values you sent."), details)


def failed(request: HttpRequest, exception: Exception) -> JsonResponse:
    """The disk is full or the database away: a program that sends again under its key loses nothing. Or our mistake."""
    if outage := outage_of(exception):
        kind, known = outage.name.lower(), type(exception).__name__  # its text may tell of people
        log.error("outage", kind=kind, error=known, code=code_of(exception))
        response = error(outage.status, kind, str(outage.sentence))
        for name, value in outage.headers.items():
            response[name] = value
        return response
    log.exception("failed", exc_info=exception)
    got_request_exception.send(sender=None, request=request)  # as Django does
    return error(500, "failed", _("Something went wrong on our side. Please try again in a moment."))


HANDLERS: dict[type[Exception], Any] = {
    Http404: not_found,
    NotAllowed: not_allowed,
    Refused: refused,
    ValidationError: invalid,
    HttpError: http_error,
    SuspiciousOperation: suspicious,
    Exception: failed,
}


def install(api: NinjaAPI) -> None:
    for kind, handler in HANDLERS.items():
        api.add_exception_handler(kind, handler)
