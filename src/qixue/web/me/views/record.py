"""The learning record of a household: what each took part in, what they were given, what they add themselves."""

import json

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.participation.learning_export import record_document
from qixue.participation.models import Certificate, LearningEntry
from qixue.participation.operations.learning_record import (
    declare_learning,
    delete_declared,
    edit_declared,
    open_account,
)
from qixue.participation.queries.certificates import certificates_of
from qixue.participation.queries.learning_record import record_of
from qixue.people.models import Resident
from qixue.people.namesakes import named_apart
from qixue.report.certificate_pdf import certificates_pdf
from qixue.report.record_pdf import record_pdf
from qixue.web import parts, unfinished_forms
from qixue.web.files import own_file, pdf_file
from qixue.web.me.access import for_residents, for_residents_who_type, household_of, known
from qixue.web.me.forms.record import EntryForm, initial_of


def person_or_404(request: HttpRequest, pk: int) -> Resident:
    """Somebody of the household; others look like nobody."""
    _user, resident = known(request)
    found = next((person for person in household_of(resident) if person.pk == pk), None)
    if found is None:
        raise Http404
    return found


def entry_or_404(request: HttpRequest, pk: int) -> LearningEntry:
    _user, resident = known(request)
    entry = LearningEntry.objects.select_related("resident__guardian").filter(pk=pk).first()
    if entry is None or entry.resident not in household_of(resident):
        raise Http404
    return entry


def certificate_or_404(request: HttpRequest, pk: int) -> Certificate:
    _user, resident = known(request)
    found = certificates_of(household_of(resident)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def address_of(person: Resident) -> str:
    return reverse("me:person_record", args=[person.pk])


@for_residents
def record(request: HttpRequest) -> HttpResponse:
    """The household; who is alone in it comes to the own record at once."""
    _user, resident = known(request)
    household = household_of(resident)
    if len(household) == 1:
        return redirect(address_of(resident))
    records = [record_of(person, at=now()) for person in household]
    return render(request, "me/record/household.html", {"records": records, "names": named_apart(household)})


@for_residents
def person_record(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_or_404(request, pk)
    _user, resident = known(request)
    context = {"record": record_of(person, at=now()), "person": person, "is_own": person == resident}
    return render(request, "me/record/detail.html", context)


@require_POST
@for_residents
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the record its number."""
    person = person_or_404(request, pk)
    open_account(person, at=now())
    return redirect(address_of(person))


@for_residents_who_type
def new_entry(request: HttpRequest, pk: int) -> HttpResponse:
    user, _resident = known(request)
    person = person_or_404(request, pk)
    form = EntryForm(unfinished_forms.answers(request))
    if request.method == "POST" and form.is_valid():
        try:
            key = form.cleaned_data["key"]
            declare_learning(person, details=form.details(), client_uuid=key, by=user, at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("It stands in the record."))
            return redirect(address_of(person))
    return parts.form_page(request, "me/record/form.html", form, person=person, entry=None)


@for_residents_who_type
def edit_entry(request: HttpRequest, pk: int) -> HttpResponse:
    user, _resident = known(request)
    entry = entry_or_404(request, pk)
    form = EntryForm(unfinished_forms.answers(request), initial=initial_of(entry))
    if request.method == "POST" and form.is_valid():
        try:
            edit_declared(entry, details=form.details(), by=user, at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect(address_of(entry.resident))
    return parts.form_page(request, "me/record/form.html", form, person=entry.resident, entry=entry)


@for_residents
def delete_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Asked once more before."""
    user, _resident = known(request)
    entry = entry_or_404(request, pk)
    if request.method == "POST":
        delete_declared(entry, by=user, at=now())
        messages.success(request, _("The entry is deleted."))
        return redirect(address_of(entry.resident))
    return render(request, "me/record/delete.html", {"entry": entry, "person": entry.resident})


@for_residents
def record_json(request: HttpRequest, pk: int) -> HttpResponse:
    document = record_document(record_of(person_or_404(request, pk), at=now()), base_url=settings.QIXUE["BASE_URL"])
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return own_file(text, "application/json", "learning-record.json")


@for_residents
def record_file(request: HttpRequest, pk: int) -> HttpResponse:
    at = now()
    return pdf_file(record_pdf(record_of(person_or_404(request, pk), at=at), at=at), "learning-record.pdf")


@for_residents
def certificate_file(request: HttpRequest, pk: int) -> HttpResponse:
    """To print; a revoked one is no longer printed."""
    found = certificate_or_404(request, pk)
    if found.revoked_at:
        raise Http404
    return pdf_file(certificates_pdf([found]), f"certificate-{found.printed_serial}.pdf")


@for_residents
def credential_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The signed Open Badges credential, for a wallet or another platform."""
    found = certificate_or_404(request, pk)
    return own_file(found.credential, "application/vc+jwt", f"certificate-{found.printed_serial}.jwt")
