"""Calls for nominations: their list, the ladder of one, its public notice and its result."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.core.clock import local_day, now
from qixue.people.rules import Action, may_anywhere
from qixue.programme.models import Nomination, Programme, RecognitionCall
from qixue.programme.operations.public_notices import award_nominations, open_public_notice
from qixue.programme.operations.recognition_calls import close_call, edit_call, open_call
from qixue.programme.queries.recognitions import calls_of, last_notice_day, nominations_for, with_rank
from qixue.web import table_files
from qixue.web.forms import Form
from qixue.web.table_files import PageTable
from qixue.web.workspace.access import needs, programme_or_404, staff
from qixue.web.workspace.act import Act, act_page, sent
from qixue.web.workspace.forms.recognitions import (
    CallForm,
    ChosenForm,
    NoticeForm,
    initial_of_call,
)
from qixue.web.workspace.reach.recognitions import call_or_404, call_to_lead_or_404, deciders, in_reach
from qixue.web.workspace.recognition_words import OVER, acts_on_call, columns_of
from qixue.web.workspace.tables.coordination import calls_table, nominations_table

State = Nomination.State


@needs(Action.SEE_NOMINATIONS)
def recognitions(request: HttpRequest, code: str) -> HttpResponseBase:
    """The calls of a programme, each with how many nominations of the viewer's part stand where."""
    programme, _part = programme_or_404(request.user, code, Action.SEE_NOMINATIONS)
    seen = states_seen(request.user, programme)
    rows = [(call, seen[call.pk]) for call in calls_of(programme)]
    may_open = may_anywhere(request.user, Action.JUDGE_NOMINATION) and deciders(request.user, programme).exists()
    context = {"programme": programme, "rows": rows, "may_open": may_open, "today": local_day(now())}
    table = PageTable("calls", lambda: calls_table(rows))
    return table_files.page(request, "workspace/recognitions/list.html", context, table)


@dataclass
class Tally:
    """How many nominations of the viewer's part a call has, and where they stand."""

    nomination_count: int = 0
    notice_count: int = 0
    award_count: int = 0


def states_seen(user: Any, programme: Programme) -> dict[int, Tally]:
    """By call."""
    tallies: dict[int, Tally] = defaultdict(Tally)
    seen = nominations_for(user).filter(call__programme=programme)
    for call, state in seen.values_list("call", "state"):
        tallies[call].nomination_count += 1
        tallies[call].notice_count += state in (State.ON_NOTICE, State.NOTICE_OVER)
        tallies[call].award_count += state == State.AWARDED
    return tallies


@needs(Action.JUDGE_NOMINATION)
def new(request: HttpRequest, code: str) -> HttpResponse:
    programme, _part = programme_or_404(request.user, code, Action.JUDGE_NOMINATION)
    organisations = deciders(request.user, programme)
    form = CallForm(request.POST or None, organisations=organisations)
    page = words_of(
        programme,
        title=_("Open a call for nominations"),
        lead=_("Everybody who can nominate below the organisation that decides gets a notice."),
        button=pgettext("recognition", "Open the call"),
        done=_("The call is open."),
        back=reverse("workspace:recognitions", args=[programme.code]),
        fits=bool(organisations),
    )

    def act() -> RecognitionCall:
        answers = form.cleaned_data
        decider = answers.get("organisation") or organisations[0]
        return open_call(programme, decider, details=form.details(), key=answers["key"], by=staff(request), at=now())

    return act_page(request, form, page, act)


@needs(Action.SEE_NOMINATIONS)
def recognition(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A call with its ladder: what waits at which level, what is on notice, who was honoured."""
    call = call_or_404(request.user, pk)
    nominations = list(with_rank(in_reach(request.user, call)).order_by("pk"))
    today = local_day(now())
    context = {
        "call": call,
        "programme": call.programme,
        "acts": acts_on_call(staff(request), call, today),
        "columns": columns_of(call, nominations),
        "over": [each for each in nominations if each.state in OVER],
        "nomination_count": len(nominations),
        "today": today,
    }
    table = PageTable("nominations", lambda: nominations_table(call.name, nominations), call)
    return table_files.page(request, "workspace/recognitions/detail.html", context, table)


def page_of(call: RecognitionCall, **words: Any) -> Act:
    """A page that leads back to the call."""
    context = {"call": call, **words.pop("context", {})}
    fits = words.pop("fits", True) and call.closed_at is None
    back = reverse("workspace:recognition", args=[call.pk])
    return words_of(call.programme, about=call.name, back=back, fits=fits, context=context, **words)


def words_of(programme: Programme, *, about: str = "", context: Any = None, **words: Any) -> Act:
    """What the pages of all acts of recognition have in common."""
    return Act(
        about=about or programme.local_name,
        about_language="zh-hans",
        trail="workspace/recognitions/crumbs.html",
        has_way_out=False,
        context={"programme": programme, **(context or {})},
        **words,
    )


@needs(Action.JUDGE_NOMINATION)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the call; when somebody else changed it meanwhile both are shown and nothing is lost."""
    call = call_to_lead_or_404(request.user, pk)
    stored = initial_of_call(call)
    form = CallForm(request.POST or None, initial=stored, organisations=[call.organisation], call=call)
    is_old = form.is_valid() and form.cleaned_data["version"] != call.edit_count
    page = page_of(
        call,
        title=_("Change the call"),
        lead=_("A new last day is seen by everybody at once."),
        button=_("Save"),
        done=_("Saved."),
        context={"differences": form.differences(stored) if is_old else None},
    )

    def act() -> RecognitionCall:
        read = form.cleaned_data["version"] or 0
        return edit_call(call, details=form.details(), edit_count=read, by=staff(request), at=now())

    return act_page(request, form, page, act)


@needs(Action.JUDGE_NOMINATION)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    call = call_to_lead_or_404(request.user, pk)
    form = sent(request, Form)
    page = page_of(
        call,
        title=pgettext("recognition", "Close the call"),
        lead=_("What is still a draft or under review counts as not selected. The results stay public."),
        button=pgettext("recognition", "Close the call"),
        done=pgettext("recognition", "The call is closed."),
    )
    return act_page(request, form, page, lambda: close_call(call, by=staff(request), at=now()))


@needs(Action.JUDGE_NOMINATION)
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the candidates whom everybody sees from today on."""
    call = call_to_lead_or_404(request.user, pk)
    waiting = call.nominations.filter(state=State.NOMINATED, waits_at=call.organisation)
    nominations = waiting.select_related("organisation").order_by("pk")
    at = now()
    initial = {"until": last_notice_day(local_day(at), call.notice_days)}
    form = NoticeForm(request.POST or None, initial=initial, nominations=nominations)
    page = page_of(
        call,
        title=_("Open the public notice"),
        lead=_(
            "Name and story of the chosen candidates are public at once, and everybody can object until the last day."
        ),
        button=_("Open the public notice"),
        done=_("The public notice is open."),
        fits=bool(nominations),
    )

    def act() -> list[Nomination]:
        return open_public_notice(call, form.chosen(), until=form.cleaned_data["until"], by=staff(request), at=at)

    return act_page(request, form, page, act)


@needs(Action.JUDGE_NOMINATION)
def confirm_result(request: HttpRequest, pk: int) -> HttpResponse:
    call = call_to_lead_or_404(request.user, pk)
    nominations = call.nominations.filter(state=State.NOTICE_OVER).select_related("organisation").order_by("pk")
    form = ChosenForm(request.POST or None, nominations=nominations)
    page = page_of(
        call,
        title=_("Confirm the result"),
        lead=_("The chosen candidates are awarded and counted. Objections with a name have to be settled first."),
        button=_("Confirm the result"),
        done=_("The result is confirmed and public."),
        fits=bool(nominations),
    )
    return act_page(request, form, page, lambda: award_nominations(call, form.chosen(), by=staff(request), at=now()))
