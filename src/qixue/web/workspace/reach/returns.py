"""Calls and returns as far as the viewer reaches; the rest looks like it did not exist."""

from typing import Any

from django.shortcuts import get_object_or_404

from qixue.people.queries import path_filter
from qixue.people.rules import Action, may, reach
from qixue.programme.models import ReturnCall, ReturnField, ReturnSubmission
from qixue.programme.queries.return_calls import RELATED, calls_for, submissions_for
from qixue.programme.rules import returns_accepted_by

MORE = (*RELATED, "call__programme__organisation", "call__programme__region", "organisation__parent")


def call_or_404(user: Any, code: str, number: int) -> ReturnCall:
    return get_object_or_404(calls_for(user), programme__code=code, number=number)


def call_to_set_up_or_404(user: Any, code: str, number: int) -> ReturnCall:
    within = path_filter(reach(user, Action.ACCEPT_RETURN), "organisation__path")
    calls = ReturnCall.objects.filter(within).select_related("programme__organisation", "organisation__region")
    return get_object_or_404(calls, programme__code=code, number=number)


def whole_call_or_404(user: Any, code: str, number: int) -> ReturnCall:
    """For those who reach the organisation that asks: what all report together is theirs to read."""
    within = path_filter(reach(user, Action.SEE_RETURNS), "organisation__path")
    calls = ReturnCall.objects.filter(within).exclude(state=ReturnCall.State.DRAFT)
    related = ("programme__organisation", "programme__region", "organisation__region")
    return get_object_or_404(calls.select_related(*related), programme__code=code, number=number)


def field_to_set_up_or_404(user: Any, pk: int) -> ReturnField:
    within = path_filter(reach(user, Action.ACCEPT_RETURN), "call__organisation__path")
    fields = ReturnField.objects.filter(within).select_related("call__programme", "call__organisation")
    return get_object_or_404(fields, pk=pk)


def return_or_404(user: Any, pk: int) -> ReturnSubmission:
    return get_object_or_404(submissions_for(user).select_related(*MORE), pk=pk)


def return_to_file_or_404(user: Any, pk: int) -> ReturnSubmission:
    return get_object_or_404(submissions_for(user, Action.FILE_RETURN).select_related(*MORE), pk=pk)


def return_to_decide_or_404(user: Any, pk: int) -> ReturnSubmission:
    found = ReturnSubmission.objects.filter(returns_accepted_by(user)).select_related(*MORE)
    return get_object_or_404(found, pk=pk)


def seen_in(user: Any, call: ReturnCall) -> set[int] | None:
    """The returns of a call in the viewer's reach by their keys; None where that is all of them."""
    if may(user, Action.SEE_RETURNS, call.organisation):
        return None
    return set(submissions_for(user).filter(call=call).values_list("pk", flat=True))
