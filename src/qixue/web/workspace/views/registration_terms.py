"""On which terms people sign up for a session, and what they are asked."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.participation.models import Question
from qixue.participation.operations.lotteries import check_is_known, enter_public_value
from qixue.participation.operations.questions import set_questions
from qixue.participation.operations.terms import save_terms
from qixue.participation.queries.lotteries import awaited_number
from qixue.participation.queries.registered import outside_terms, state_counts
from qixue.participation.queries.registrations import terms_of
from qixue.people.rules import Action
from qixue.programme.models import Session
from qixue.web import parts, unfinished_forms
from qixue.web.workspace.access import needs, session_or_404, staff
from qixue.web.workspace.act import Act
from qixue.web.workspace.forms.registration_terms import (
    PublicValueForm,
    QuestionsForm,
    TermsForm,
    initial_of,
    initial_questions,
)


@needs(Action.EDIT_ACTIVITY)
def terms(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the terms; nobody who is signed up is thrown out, and the page says so."""
    found = session_or_404(request.user, pk, Action.EDIT_ACTIVITY)
    region = found.activity.programme.region
    form = TermsForm(request.POST or None, initial=initial_of(terms_of(found)), region=region)
    if form.is_valid():
        answers = form.cleaned_data
        try:
            saved = save_terms(
                found,
                details=form.details(),
                for_all=answers["for_all"],
                confirmed=answers["confirmed"],
                by=staff(request),
                at=now(),
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, " ".join(said(len(saved), outside_terms(saved, at=now()))))
            return redirect("workspace:registrations", pk)
    context = {"session": found, "programme": found.activity.programme, "counts": state_counts(found)}
    return parts.form_page(request, "workspace/registrations/terms.html", form, **context)


def said(session_count: int, outside_count: int) -> list[str]:
    saved = ngettext(
        "The terms of %(count)s session are saved.", "The terms of %(count)s sessions are saved.", session_count
    )
    sentences = [saved % {"count": session_count}]
    if outside_count:
        kept = ngettext(
            "%(count)s person who is signed up does not fit the new terms and stays signed up.",
            "%(count)s people who are signed up do not fit the new terms and stay signed up.",
            outside_count,
        )
        sentences.append(kept % {"count": outside_count})
    return sentences


@needs(Action.EDIT_ACTIVITY)
def questions(request: HttpRequest, pk: int) -> HttpResponse:
    """Up to five; answers that were given stay with the people who gave them."""
    found = session_or_404(request.user, pk, Action.EDIT_ACTIVITY)
    asked = list(Question.objects.filter(session=found, retired_at=None).order_by("position"))
    form = QuestionsForm(request.POST or None, initial=initial_questions(asked))
    if form.is_valid():
        try:
            set_questions(found, asked=form.asked(), by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved: whoever signs up from now on is asked this."))
            return redirect("workspace:registrations", pk)
    context = {"session": found, "programme": found.activity.programme}
    return parts.form_page(request, "workspace/registrations/questions.html", form, **context)


@needs(Action.EDIT_ACTIVITY)
def public_value(request: HttpRequest, pk: int) -> HttpResponse:
    """The public number for which the draw waits; looked at once more, because it is entered once and stays."""
    found = session_or_404(request.user, pk, Action.EDIT_ACTIVITY)
    form, number = PublicValueForm(unfinished_forms.answers(request)), awaited_number(found)
    context = {"session": found, "programme": found.activity.programme}
    if request.method == "POST" and form.is_valid():
        try:
            if "checked" in request.POST:
                enter_public_value(found, **form.cleaned_data, by=staff(request), at=now())
                messages.success(request, _("Entered. The draw is made as soon as its moment has come."))
                return redirect("workspace:registrations", pk)
            check_is_known(found, confirmed=form.cleaned_data["confirmed"], at=now())
        except Refused as refusal:
            form.refuse(refusal)
    if form.is_in_doubt:
        return parts.form_page(request, "workspace/act.html", form, act=act_of_entering(found, number), **context)
    if number and unfinished_forms.is_to_check(request, form):
        return parts.form_page(
            request, "workspace/registrations/public_value_check.html", form, number=number, **context
        )
    return unfinished_forms.form_page(
        request, "workspace/act.html", form, act=act_of_entering(found, number), **context
    )


def act_of_entering(session: Session, number: str) -> Act:
    return Act(
        title=_("Enter the public number"),
        about=session.local_full_title,
        lead=number or _("No public number goes into the draw of this session, or it is entered already."),
        button=_("Continue"),
        back=reverse("workspace:registrations", args=[session.pk]),
        fits=bool(number),
        note=_(
            "Please compare it twice: everybody sees it, and it cannot be taken back or changed. The draw is made with "
            "it."
        ),
    )
