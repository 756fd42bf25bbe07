"""One return: its page, filling it in, checking and submitting, deciding about it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.clock import local_day, now
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.people.rules import Action
from qixue.programme.models import ReturnCall, ReturnSubmission
from qixue.programme.operations.return_decisions import accept_return, send_back_return
from qixue.programme.operations.returns import is_missing, save_return, submit_return
from qixue.programme.queries.return_calls import due_day
from qixue.programme.queries.return_coverage import not_in_it, state_of, towns_without_return
from qixue.programme.queries.return_sums import changes_below, fields_of, sums_of
from qixue.web import parts
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.forms.returns import ReturnDecisionForm, ReturnForm, SubmitForm, initial_of_return
from qixue.web.workspace.reach.returns import return_or_404, return_to_decide_or_404, return_to_file_or_404
from qixue.web.workspace.return_words import (
    acts_open_to,
    comments_on,
    digest_of,
    figures_now,
    frozen,
    return_behind,
    rows_now,
    rows_sent,
)

State = ReturnSubmission.State


def context_of(submission: ReturnSubmission) -> dict[str, Any]:
    call = submission.call
    state, days_late = state_of(submission, local_day(call.closed_at or now()))
    back = return_behind(submission)
    return {
        "programme": call.programme,
        "call": call,
        "submission": submission,
        "state": state,
        "days_late": days_late,
        "due_on": due_day(submission),
        "came_back": back,
        "comments": comments_on(back),
    }


def is_editable(submission: ReturnSubmission) -> bool:
    return submission.call.state == ReturnCall.State.OPEN and submission.state in ReturnSubmission.EDITABLE


@needs(Action.SEE_RETURNS)
def submission(request: HttpRequest, pk: int) -> HttpResponse:
    """What was sent last, what differs since, and everything that happened; before that, what is written down."""
    found = return_or_404(request.user, pk)
    figures, at = figures_now(found, fields_of(found.call)), now()
    is_sent = found.state in ReturnSubmission.REPORTED
    steps = found.steps.select_related("by", "organisation").prefetch_related("comments__field")
    context = {
        **context_of(found),
        "acts": acts_open_to(staff(request), found),
        "is_sent": is_sent,
        "rows": rows_sent(found, figures) if is_sent else rows_now(sums_of(found), figures, at),
        "changes": changes_below(found) if is_sent else [],
        "left_out": not_in_it(found),
        "covered": found.covered.order_by("code"),
        "below": found.parts.select_related("organisation").order_by("organisation__path", "pk"),
        "steps": steps.order_by("at", "pk"),
        "reminders": found.reminders.order_by("at", "pk"),
    }
    return render(request, "workspace/returns/detail.html", context)


@needs(Action.FILE_RETURN)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """All fields at once; everything typed stays, also what is wrong. Saved is not sent."""
    found = return_to_file_or_404(request.user, pk)
    sums, towns = sums_of(found), towns_without_return(found)
    form = ReturnForm(request.POST or None, initial=initial_of_return(found), sums=sums, towns=towns)
    differences = None
    if form.is_valid():
        try:
            keep(found, form, staff(request))
        except Refused as refusal:
            form.refuse(refusal)
            differences = form.differences(initial_of_return(found)) if refusal.code == "changed_meanwhile" else None
        else:
            messages.success(request, _("Saved, not submitted yet."))
            return redirect("workspace:submit_return" if "check" in request.POST else "workspace:return", pk)
    context = {**context_of(found), "fits": is_editable(found), "differences": differences}
    figures = figures_now(found, [each.field for each in sums])
    inputs = [(*row, figures.get(row[0].field)) for row in form.rows()]
    return parts.form_page(request, "workspace/returns/edit.html", form, inputs=inputs, **context)


def keep(found: ReturnSubmission, form: ReturnForm, by: User) -> None:
    answers = form.cleaned_data
    save_return(
        found,
        answers=form.answers(),
        note=answers["note"],
        covered=answers.get("covered", ()),
        edit_count=answers["version"],
        by=by,
        at=now(),
    )


@needs(Action.FILE_RETURN)
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything once more, with the figures as they will be kept. Figures that changed meanwhile are shown again."""
    found, at = return_to_file_or_404(request.user, pk), now()
    sums = sums_of(found)
    figures = figures_now(found, [each.field for each in sums])
    kept = frozen(figures, at)
    form = SubmitForm(request.POST or None, initial={"version": found.edit_count, "seen": digest_of(kept)})
    has_changed = False
    if form.is_valid():
        has_changed = form.cleaned_data["seen"] != digest_of(kept) and found.state in ReturnSubmission.EDITABLE
        if not has_changed:
            return send(request, found, kept, form.cleaned_data["version"])
        form = SubmitForm(initial={"version": form.cleaned_data["version"], "seen": digest_of(kept)})
    context = {
        **context_of(found),
        "rows": rows_now(sums, figures, at),
        "missing": [each.field for each in sums if is_missing(each)],
        "left_out": not_in_it(found),
        "covered": found.covered.order_by("code"),
        "fits": is_editable(found),
        "has_changed": has_changed,
    }
    return parts.form_page(request, "workspace/returns/submit.html", form, **context)


def send(request: HttpRequest, found: ReturnSubmission, kept: Any, version: int) -> HttpResponse:
    try:
        submit_return(found, figures=kept, edit_count=version, by=staff(request), at=now())
    except Refused as refusal:
        return parts.refusal_page(request, refusal, back=reverse("workspace:edit_return", args=[found.pk]))
    messages.success(request, _("The return is submitted."))
    return redirect("workspace:return", found.pk)


@needs(Action.ACCEPT_RETURN)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept, or send back with comments on the fields concerned."""
    found = return_to_decide_or_404(request.user, pk)
    fields = list(fields_of(found.call))
    form = ReturnDecisionForm(request.POST or None, fields=fields, initial={"sent_step": found.sent_step_id})
    if form.is_valid():
        try:
            text = take_decision(found, form, staff(request))
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, text)
            return redirect("workspace:return", pk)
    context = {
        **context_of(found),
        "fits": found.call.state == ReturnCall.State.OPEN and found.state in ReturnSubmission.REPORTED,
        "rows": rows_sent(found, figures_now(found, fields)),
        "changes": changes_below(found),
        "left_out": not_in_it(found),
    }
    return parts.form_page(request, "workspace/returns/decide.html", form, **context)


def take_decision(found: ReturnSubmission, form: ReturnDecisionForm, by: User) -> str:
    answers = form.cleaned_data
    if answers["decision"] == "accept":
        accept_return(found, sent_step=answers["sent_step"], by=by, at=now())
        return _("The return is accepted.")
    send_back_return(
        found,
        comment=answers["comment"],
        field_comments=form.field_comments(),
        sent_step=answers["sent_step"],
        by=by,
        at=now(),
    )
    return _("The return is sent back; its organisation is told.")
