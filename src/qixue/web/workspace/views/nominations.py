"""One nomination on the side of those who make it: write, put forward, consent, withdraw, erase."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.core.clock import local_day, now
from qixue.people.rules import Action, may
from qixue.programme.models import Nomination, NominationStep, PublicationConsent
from qixue.programme.operations.nomination_consents import TEXT_VERSION, TEXTS, record_consent, withdraw_consent
from qixue.programme.operations.nominations import (
    draft_nomination,
    edit_nomination,
    erase_nominee,
    submit_nomination,
    withdraw_nomination,
)
from qixue.programme.queries.recognitions import honoured_before, organisations_to_nominate
from qixue.programme.recognition_rules import may_decide
from qixue.web.forms import Form
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.act import Act, act_page, sent
from qixue.web.workspace.forms.recognitions import (
    ConsentForm,
    NominationForm,
    ReasonForm,
    SubmitNominationForm,
    WithdrawConsentForm,
    initial_of_nomination,
)
from qixue.web.workspace.reach.recognitions import (
    call_or_404,
    nomination_or_404,
    nomination_to_put_forward_or_404,
)
from qixue.web.workspace.recognition_words import acts_on_nomination
from qixue.web.workspace.views.recognitions import page_of as page_of_call
from qixue.web.workspace.views.recognitions import words_of

State = Nomination.State


def page_of(nomination: Nomination, **words: Any) -> Act:
    """A page that leads back to the nomination."""
    call = nomination.call
    context = {"nomination": nomination, "call": call, **words.pop("context", {})}
    back, about = reverse("workspace:nomination", args=[nomination.pk]), f"{call.name} · {nomination.shown_name}"
    return words_of(call.programme, about=about, back=back, context=context, **words)


@needs(Action.SEE_NOMINATIONS)
def nomination(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is put forward and why, where it stands, what happened so far; objections only for those who settle them."""
    found = nomination_or_404(request.user, pk)
    settles = may_decide(request.user, found)
    sent_back = found.steps.filter(kind=NominationStep.Kind.SENT_BACK).order_by("-at", "-pk")
    context = {
        "nomination": found,
        "call": found.call,
        "programme": found.call.programme,
        "acts": acts_on_nomination(staff(request), found),
        "steps": found.steps.select_related("by", "organisation").order_by("at", "pk"),
        "consents": found.consents.select_related("recorded_by", "withdrawn_recorded_by").order_by("pk"),
        "sees_contact": settles or may(request.user, Action.NOMINATE, found.organisation),
        "objections": found.objections.order_by("received_at", "pk") if settles else [],
        "returned": sent_back.select_related("organisation").first() if found.state == State.SENT_BACK else None,
        "honoured_before": honoured_before(found) if found.state == State.NOMINATED else None,
    }
    return render(request, "workspace/recognitions/nomination.html", context)


@needs(Action.NOMINATE)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    call = call_or_404(request.user, pk, Action.NOMINATE)
    organisations = organisations_to_nominate(staff(request), call)
    form = NominationForm(request.POST or None, request.FILES or None, call=call, organisations=organisations)
    page = page_of_call(
        call,
        title=_("Nominate"),
        lead=_("This makes a draft. Nothing of it is public, and nothing will be before the nominee has agreed."),
        button=_("Save the draft"),
        done=_("The draft is saved. Record the nominee's agreement, then put it forward."),
        fits=bool(organisations) and call.nominate_until >= local_day(now()),
    )

    def act() -> Nomination:
        answers = form.cleaned_data
        organisation = answers.get("organisation") or organisations[0]
        return draft_nomination(
            call, organisation, details=form.details(), key=answers["key"], by=staff(request), at=now()
        )

    return act_page(request, form, page, act)


@needs(Action.NOMINATE)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft; when somebody else changed it meanwhile both texts are shown and nothing is lost."""
    found = nomination_to_put_forward_or_404(request.user, pk)
    stored = initial_of_nomination(found)
    form = NominationForm(request.POST or None, request.FILES or None, initial=stored, call=found.call)
    is_old = form.is_valid() and form.cleaned_data["version"] != found.edit_count
    page = page_of(
        found,
        title=_("Edit the nomination"),
        lead=_("A photo that is there stays unless you add another one."),
        note=note_on_consent(found),
        button=_("Save"),
        done=_("Saved."),
        fits=found.state in Nomination.EDITABLE_STATES,
        context={"differences": form.differences(stored) if is_old else None},
    )

    def act() -> Nomination:
        read = form.cleaned_data["version"] or 0
        edited = edit_nomination(found, details=form.details(), edit_count=read, by=staff(request), at=now())
        if found.consented_at and not edited.consented_at:
            messages.warning(request, _("The agreement to publication no longer stands: please ask for it again."))
        elif found.photo_consented_at and not edited.photo_consented_at:
            messages.warning(request, _("The agreement to the photo no longer stands: please ask for it again."))
        return edited

    return act_page(request, form, page, act)


def note_on_consent(found: Nomination) -> str:
    """What an edit does to the agreement that is there."""
    if not (found.consented_at or found.photo_consented_at):
        return ""
    return _(
        "The nominee has agreed to what stands here. If you change the name, the affiliation, the story or whether the"
        " nominee is under 14, the agreement ends and has to be asked for again; a new photo ends the one to the photo."
    )


@needs(Action.NOMINATE)
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything once more before it is put forward and can no longer be changed."""
    found = nomination_to_put_forward_or_404(request.user, pk)
    form = SubmitNominationForm(request.POST or None, initial={"version": found.edit_count})
    page = page_of(
        found,
        title=_("Check and put forward"),
        lead=_("What is put forward can no longer be changed, unless it is sent back to you."),
        button=_("Put the nomination forward"),
        done=_("The nomination is put forward."),
        fits=found.state in Nomination.EDITABLE_STATES,
        above=("workspace/recognitions/nominee.html",),
    )

    def act() -> Nomination:
        answers = form.cleaned_data
        return submit_nomination(
            found, edit_count=answers["version"], confirmed=answers["confirmed"], by=staff(request), at=now()
        )

    return act_page(request, form, page, act)


@needs(Action.NOMINATE)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    found = nomination_to_put_forward_or_404(request.user, pk)
    form = sent(request, ReasonForm)
    page = page_of(
        found,
        title=_("Withdraw the nomination"),
        lead=_("It ends here and, if it is public, disappears at once. This cannot be undone."),
        button=pgettext("recognition", "Withdraw"),
        done=_("The nomination is withdrawn."),
        fits=found.state in Nomination.OPEN_STATES,
    )

    def act() -> Nomination:
        return withdraw_nomination(found, comment=form.cleaned_data["comment"], by=staff(request), at=now())

    return act_page(request, form, page, act)


@needs(Action.NOMINATE)
def consent(request: HttpRequest, pk: int) -> HttpResponse:
    """Who agreed to what, when and how; the words that were agreed to stand on the page."""
    found = nomination_or_404(request.user, pk, Action.NOMINATE)
    form = ConsentForm(request.POST or None, nomination=found)
    page = page_of(
        found,
        title=_("Record the agreement to publication"),
        lead=_("Read these words to the nominee, or have them signed. Without agreement nothing is ever public."),
        button=_("Record the agreement"),
        done=_("The agreement is recorded."),
        fits=not found.erased_at and found.state in (*Nomination.OPEN_STATES, State.AWARDED),
        above=("workspace/recognitions/consent_texts.html",),
        context={"consent_texts": consent_texts(found)},
    )
    return act_page(
        request,
        form,
        page,
        lambda: record_consent(found, details=form.details(), by=staff(request), at=now()),
    )


def consent_texts(found: Nomination) -> list[str]:
    """The words for what there is to agree to."""
    scopes = [scope for scope in PublicationConsent.Scope if scope != PublicationConsent.Scope.PHOTO or found.photo]
    return [str(TEXTS[TEXT_VERSION][scope]) for scope in scopes]


@needs(Action.NOMINATE)
def unconsent(request: HttpRequest, pk: int) -> HttpResponse:
    found = nomination_or_404(request.user, pk, Action.NOMINATE)
    form = WithdrawConsentForm(request.POST or None)
    page = page_of(
        found,
        title=_("The nominee takes the agreement back"),
        lead=_("No reason is needed. What is no longer agreed to is off the public pages at once."),
        button=_("Take it off the public pages"),
        done=_("Recorded; it is no longer public."),
        fits=bool(found.consented_at or found.photo_consented_at),
    )

    def act() -> Nomination:
        only_photo = form.cleaned_data["what"] == "photo"
        return withdraw_consent(found, only_photo=only_photo, by=staff(request), at=now())

    return act_page(request, form, page, act)


@needs(Action.JUDGE_NOMINATION)
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    found = nomination_or_404(request.user, pk, Action.JUDGE_NOMINATION)
    form = sent(request, Form)
    page = page_of(
        found,
        title=_("Erase personal data"),
        lead=_("Name, story, photo, contact and all comments are deleted for good. The steps and the counts stay."),
        button=_("Erase for good"),
        done=_("The personal data is erased."),
        fits=not found.erased_at,
    )
    return act_page(request, form, page, lambda: erase_nominee(found, by=staff(request), at=now()))


@needs(Action.SEE_NOMINATIONS)
def photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = nomination_or_404(request.user, pk)
    if not found.photo:
        raise Http404
    return photo_response(found)


def photo_response(found: Nomination) -> FileResponse:
    """Kept nowhere on the way: when it is taken off, it is gone."""
    response = FileResponse(found.photo.open("rb"), content_type="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
