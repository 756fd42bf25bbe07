"""One follow-up: its page, assigning it, and each act of its owner and its assigner."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from qixue.core.clock import local_day, now
from qixue.core.refusal import Refused
from qixue.people.rules import Action
from qixue.programme.models import FollowUp
from qixue.programme.operations.follow_up_decisions import (
    close_follow_up,
    move_deadline,
    send_back_follow_up,
    withdraw_follow_up,
)
from qixue.programme.operations.follow_ups import (
    acknowledge_follow_up,
    assign_follow_up,
    hand_over_follow_up,
    report_follow_up,
)
from qixue.programme.queries.follow_ups import assignable_by, steps_of
from qixue.programme.queries.owners import Owners
from qixue.web import parts
from qixue.web.workspace.access import needs, programme_or_404, staff
from qixue.web.workspace.act import Act, act_page
from qixue.web.workspace.follow_up_words import acts_open_to, is_own_turn, item_of, may_acknowledge
from qixue.web.workspace.forms.follow_ups import (
    DeadlineForm,
    DecideForm,
    FollowUpForm,
    HandOverForm,
    ReasonForm,
    ReportForm,
    StepForm,
)
from qixue.web.workspace.reach.follow_ups import (
    evidence_of_step_or_404,
    follow_up_or_404,
    follow_up_to_decide_or_404,
)

MOST_NAMES = 500  # offered while somebody writes one; all are understood


@needs(Action.SEE_FOLLOW_UPS)
def follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """What has to be done by whom, what happened so far, and what the viewer can do now."""
    found, user = follow_up_or_404(request.user, pk), staff(request)
    context = {
        "item": item_of(found, local_day(now())),
        "follow_up": found,
        "programme": found.programme,
        "acts": acts_open_to(user, found),
        "may_acknowledge": may_acknowledge(user, found),
        "is_urgent": is_own_turn(user, found) or found.state == FollowUp.State.REPORTED,
        "form": StepForm(initial={"version": found.edit_count}),
        "steps": steps_of(found),
    }
    return render(request, "workspace/follow_ups/detail.html", context)


@needs(Action.ASSIGN_FOLLOW_UP)
def new(request: HttpRequest, code: str) -> HttpResponse:
    programme, _part = programme_or_404(request.user, code, Action.ASSIGN_FOLLOW_UP)
    owners = Owners(assignable_by(request.user, programme), programme.region)
    form = FollowUpForm(request.POST or None, owners=owners)
    if form.is_valid():
        try:
            made = assign_follow_up(programme, details=form.details(), by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The item is assigned; its organisation is told."))
            return redirect("workspace:follow_up", made.pk)
    context = {
        "programme": programme,
        "names": owners.organisations[:MOST_NAMES],
        "heading": pgettext("follow-up", "New item"),
        "lead": _("Its organisation is told at once and reminded; when it is overdue it goes up the tree."),
        "button": _("Assign the item"),
    }
    return parts.form_page(request, "workspace/board/form.html", form, **context)


@needs(Action.ANSWER_FOLLOW_UP)
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """One button, without a page of its own."""
    found = follow_up_or_404(request.user, pk, Action.ANSWER_FOLLOW_UP)
    form = StepForm(request.POST)
    if form.is_valid():
        try:
            acknowledge_follow_up(found, edit_count=form.cleaned_data["version"], by=staff(request), at=now())
        except Refused as refusal:
            return parts.refusal_page(request, refusal, back=reverse("workspace:follow_up", args=[pk]))
        messages.success(request, _("The item is acknowledged."))
    return redirect("workspace:follow_up", pk)


def act_of(found: FollowUp, *above: str, **words: Any) -> Act:
    """The page of one act: what has to be done, whatever else stands `above` its form, then back to the item."""
    context = {"follow_up": found, "programme": found.programme, **words.pop("context", {})}
    return Act(
        about=found.title,
        back=reverse("workspace:follow_up", args=[found.pk]),
        trail="workspace/follow_ups/crumbs.html",
        above=("workspace/follow_ups/facts.html", *above),
        has_way_out=False,
        context=context,
        **words,
    )


@needs(Action.ANSWER_FOLLOW_UP)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    found = follow_up_or_404(request.user, pk, Action.ANSWER_FOLLOW_UP)
    form = ReportForm(request.POST or None, request.FILES or None, initial={"version": found.edit_count})
    act = act_of(
        found,
        title=_("Report done"),
        lead=_("Say what was done, or add a file that shows it."),
        button=_("Report done"),
        done=_("Reported; the organisation that assigned the item is told."),
        fits=found.state in FollowUp.OWNERS_TURN,
    )

    def do() -> FollowUp:
        answers = form.cleaned_data
        given = {"note": answers["note"], "file": answers["file"].read() if answers["file"] else b""}
        return report_follow_up(found, **given, edit_count=answers["version"], by=staff(request), at=now())

    return act_page(request, form, act, do)


@needs(Action.ASSIGN_FOLLOW_UP)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Close (销号), or send back with a reason, below what was reported."""
    found = follow_up_to_decide_or_404(request.user, pk)
    form = DecideForm(request.POST or None, initial={"version": found.edit_count})
    fits, closes = found.state == FollowUp.State.REPORTED, form["decision"].value() == "close"
    sent_back = _("The item is sent back; its organisation is told.")
    act = act_of(
        found,
        "workspace/follow_ups/reported.html",
        title=_("Close or send back"),
        lead=_("Look at what was reported, then decide below."),
        button=_("Record the decision"),
        done=_("The item is closed.") if closes else sent_back,
        fits=fits,
        context={"steps": steps_of(found).filter(kind="reported") if fits else []},
    )

    def do() -> FollowUp:
        answers, by, at = form.cleaned_data, staff(request), now()
        if closes:
            return close_follow_up(found, note=answers["reason"], edit_count=answers["version"], by=by, at=at)
        return send_back_follow_up(found, reason=answers["reason"], edit_count=answers["version"], by=by, at=at)

    return act_page(request, form, act, do)


@needs(Action.ASSIGN_FOLLOW_UP)
def deadline(request: HttpRequest, pk: int) -> HttpResponse:
    found = follow_up_to_decide_or_404(request.user, pk)
    form = DeadlineForm(request.POST or None, initial={"version": found.edit_count})
    act = act_of(
        found,
        title=_("Move the deadline"),
        lead="",
        button=_("Move the deadline"),
        done=_("The deadline has moved; its organisation is told."),
        fits=found.state in FollowUp.OWNERS_TURN,
    )

    def do() -> FollowUp:
        answers = form.cleaned_data
        given = {"due_on": answers["due_on"], "reason": answers["reason"], "edit_count": answers["version"]}
        return move_deadline(found, **given, by=staff(request), at=now())

    return act_page(request, form, act, do)


@needs(Action.ASSIGN_FOLLOW_UP)
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    found = follow_up_or_404(request.user, pk, Action.ASSIGN_FOLLOW_UP)
    owners = Owners(assignable_by(request.user, found.programme), found.programme.region)
    form = HandOverForm(request.POST or None, owners=owners, initial={"version": found.edit_count})
    fits = found.state in FollowUp.OWNERS_TURN
    act = act_of(
        found,
        "workspace/follow_ups/names.html",
        title=_("Hand over"),
        lead=_("The other organisation begins anew, with the same deadline."),
        button=_("Hand over"),
        done=_("The item is handed over; those concerned are told."),
        fits=fits,
        context={"names": owners.organisations[:MOST_NAMES] if fits else []},
    )

    def do() -> FollowUp:
        answers = form.cleaned_data
        given = {"to": answers["organisation"], "reason": answers["reason"], "edit_count": answers["version"]}
        return hand_over_follow_up(found, **given, by=staff(request), at=now())

    return act_page(request, form, act, do)


@needs(Action.ASSIGN_FOLLOW_UP)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    found = follow_up_to_decide_or_404(request.user, pk)
    form = ReasonForm(request.POST or None, initial={"version": found.edit_count})
    act = act_of(
        found,
        title=_("Withdraw"),
        lead=_("Nobody has to do it any more. The item stays readable."),
        button=_("Withdraw the item"),
        done=_("The item is withdrawn; its organisation is told."),
        fits=found.state in FollowUp.OPEN_STATES,
    )

    def do() -> FollowUp:
        answers = form.cleaned_data
        given = {"reason": answers["reason"], "edit_count": answers["version"]}
        return withdraw_follow_up(found, **given, by=staff(request), at=now())

    return act_page(request, form, act, do)


@needs(Action.SEE_FOLLOW_UPS)
def evidence_file(request: HttpRequest, pk: int) -> FileResponse:
    step = evidence_of_step_or_404(request.user, pk)
    return FileResponse(step.file.open("rb"), as_attachment=True)
