"""Calls, nominations and objections as far as the viewer reaches; the rest looks like it did not exist."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from qixue.people.models import Organisation
from qixue.people.queries import path_filter
from qixue.people.rules import Action, reach
from qixue.places.models import Region
from qixue.programme.models import Nomination, Objection, Programme, RecognitionCall
from qixue.programme.queries.recognitions import SHOWN_WITH, nominations_for
from qixue.programme.recognition_rules import may_decide, may_judge_at, may_lead_call, may_put_forward
from qixue.web.workspace.access import part_in_reach

RELATED = (*SHOWN_WITH, "waits_at__region", "brand", "award")


def call_or_404(user: Any, pk: int, action: Action = Action.SEE_NOMINATIONS) -> RecognitionCall:
    """A call of a programme in which the viewer has the action somewhere."""
    related = ("programme__organisation", "programme__region", "organisation__region")
    calls = RecognitionCall.objects.select_related(*related).prefetch_related("stages")
    call = get_object_or_404(calls, pk=pk)
    if part_in_reach(user, call.programme, action) is None:
        raise Http404
    return call


def call_to_lead_or_404(user: Any, pk: int) -> RecognitionCall:
    call = call_or_404(user, pk, Action.JUDGE_NOMINATION)
    if not may_lead_call(user, call):
        raise Http404
    return call


def nomination_or_404(user: Any, pk: int, action: Action = Action.SEE_NOMINATIONS) -> Nomination:
    return get_object_or_404(nominations_for(user, action).select_related(*RELATED), pk=pk)


def nomination_to_put_forward_or_404(user: Any, pk: int) -> Nomination:
    nomination = nomination_or_404(user, pk, Action.NOMINATE)
    if not may_put_forward(user, nomination):
        raise Http404
    return nomination


def nomination_to_judge_or_404(user: Any, pk: int) -> Nomination:
    """Where it waits; one that waits nowhere, for those who decide."""
    nomination = nomination_or_404(user, pk, Action.JUDGE_NOMINATION)
    if not may_judge_at(user, nomination, nomination.waits_at or nomination.call.organisation):
        raise Http404
    return nomination


def nomination_to_decide_or_404(user: Any, pk: int) -> Nomination:
    nomination = nomination_or_404(user, pk, Action.JUDGE_NOMINATION)
    if not may_decide(user, nomination):
        raise Http404
    return nomination


def objection_or_404(user: Any, pk: int) -> Objection:
    related = ("settled_by", *(f"nomination__{name}" for name in RELATED))
    objection = get_object_or_404(Objection.objects.select_related(*related), pk=pk)
    if not may_decide(user, objection.nomination):
        raise Http404
    return objection


def deciders(user: Any, programme: Programme) -> QuerySet[Organisation]:
    """Offices of the viewer that can open a call in the programme; its keeper for those above it."""
    paths = reach(user, Action.JUDGE_NOMINATION)
    top = programme.organisation.path
    own = [path for path in paths if path.startswith(top)]
    own += [top] if any(top.startswith(path) for path in paths) else []
    levels = (Region.Level.CITY, Region.Level.COUNTY)
    organisations = Organisation.objects.filter(path__in=own, region__level__in=levels)
    return organisations.select_related("region").order_by("path", "pk")


def in_reach(user: Any, call: RecognitionCall) -> QuerySet[Nomination]:
    """The nominations of a call that the viewer may read."""
    within = path_filter(reach(user, Action.SEE_NOMINATIONS), "organisation__path")
    return call.nominations.filter(within).select_related("organisation", "waits_at__region", "call")
