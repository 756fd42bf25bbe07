"""What everybody sees of recognitions: calls, candidates on public notice, results; and how to object."""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.audience import for_everybody
from qixue.core.clock import local_day, now
from qixue.core.refusal import Refused
from qixue.programme.models import Nomination, Objection, Programme, RecognitionCall
from qixue.programme.operations.objections import file_objection
from qixue.programme.queries.recognitions import calls_of, public_nominations
from qixue.web import parts
from qixue.web.public.forms.recognitions import ObjectionForm

State = Nomination.State
MOST_PER_HOUR = 5  # objections from one browser
HOUR = 3600  # seconds
FILED = "objections_filed"


@dataclass(frozen=True)
class CallOnShow:
    """A call with what is public of it; `unnamed_count` awards whose holder is no longer named."""

    call: RecognitionCall
    candidates: list[Nomination]
    winners: list[Nomination]
    unnamed_count: int


@for_everybody
def recognitions(request: HttpRequest, code: str) -> HttpResponse:
    """Every call of a programme: its conditions, its candidates on public notice, its result."""
    programme = parts.get_programme_or_404(code)
    shown = list(public_nominations(programme))
    calls = [on_show(call, shown) for call in calls_of(programme)]
    context = {"programme": programme, "calls": calls, "today": local_day(now())}
    response = render(request, "public/recognitions/list.html", context)
    response.headers["Cache-Control"] = "no-store"  # names that are taken back are gone at once
    return response


def on_show(call: Any, shown: Iterable[Nomination]) -> CallOnShow:
    own = [each for each in shown if each.call_id == call.pk]
    winners = [each for each in own if each.state == State.AWARDED]
    candidates = [each for each in own if each.state != State.AWARDED]
    return CallOnShow(call, candidates, winners, call.award_count - len(winners))


def candidate_or_404(code: str, pk: int) -> tuple[Programme, Nomination]:
    programme = parts.get_programme_or_404(code)
    return programme, get_object_or_404(public_nominations(programme), pk=pk)


def can_object(nomination: Nomination, today: datetime.date) -> bool:
    return (
        nomination.state == State.ON_NOTICE and nomination.notice_until is not None and today <= nomination.notice_until
    )


@for_everybody
def candidate(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    programme, found = candidate_or_404(code, pk)
    context = {
        "programme": programme,
        "nomination": found,
        "call": found.call,
        "can_object": can_object(found, local_day(now())),
    }
    response = render(request, "public/recognitions/candidate.html", context)
    response.headers["Cache-Control"] = "no-store"  # what the nominee takes back is gone at once
    return response


@for_everybody
def photo(request: HttpRequest, code: str, pk: int) -> FileResponse:
    _programme, found = candidate_or_404(code, pk)
    if not found.has_public_photo:
        raise Http404
    response = FileResponse(found.photo.open("rb"), content_type="image/jpeg")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@for_everybody
def object_to(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Object to a candidate on public notice; nothing of it is ever public."""
    programme, found = candidate_or_404(code, pk)
    form = ObjectionForm(request.POST or None)
    at = now()
    if form.is_valid():
        try:
            refuse_many(request, at)
            objection = file_objection(found, details=form.details(), key=form.cleaned_data["key"], at=at)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            remember(request, at)
            return redirect("public:objection", objection.key)
    context = {
        "programme": programme,
        "nomination": found,
        "call": found.call,
        "can_object": can_object(found, local_day(at)),
    }
    return parts.form_page(request, "public/recognitions/object.html", form, **context)


def filed_lately(request: HttpRequest, at: datetime.datetime) -> list[float]:
    """When this browser sent objections during the last hour."""
    return [moment for moment in request.session.get(FILED, []) if moment > at.timestamp() - HOUR]


def refuse_many(request: HttpRequest, at: datetime.datetime) -> None:
    """Refused: too_many_from_here."""
    if len(filed_lately(request, at)) >= MOST_PER_HOUR:
        sentence = _("You have sent several objections within an hour; please call, or come back later.")
        raise Refused("too_many_from_here", sentence)


def remember(request: HttpRequest, at: datetime.datetime) -> None:
    request.session[FILED] = [*filed_lately(request, at), at.timestamp()]


@for_everybody
def objection(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The confirmation, for whoever has its address: received when, what was found. It repeats no words of theirs."""
    related = ("nomination__call__programme__region", "nomination__call__organisation")
    found = get_object_or_404(Objection.objects.select_related(*related), key=key)
    nomination = found.nomination
    context = {
        "objection": found,
        "nomination": nomination if nomination.is_public else None,
        "call": nomination.call,
        "programme": nomination.call.programme,
        "address": request.build_absolute_uri(reverse("public:objection", args=[found.key])),
    }
    response = render(request, "public/recognitions/objection.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
