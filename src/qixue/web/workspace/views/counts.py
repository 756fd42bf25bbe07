import uuid
from typing import Any, cast

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.quantity import Qualifier
from qixue.core.refusal import Refused
from qixue.participation.models import LedgerEntry, Tally
from qixue.participation.operations.head_counts import CountReport, correct_head_count, report_head_count
from qixue.participation.operations.ledger import void_entry
from qixue.participation.queries import effective_head_count
from qixue.people.rules import Action, may
from qixue.programme.models import Session
from qixue.web import parts
from qixue.web.forms import Form, shown
from qixue.web.workspace.access import entry_or_404, evidence_or_404, needs, session_or_404, staff
from qixue.web.workspace.forms.counts import CorrectionForm, CountForm, HeadCountForm, VoidForm
from qixue.web.workspace.namesakes import who_came

NUMBER = ("count", "qualifier")


def report_from(form: CountForm) -> CountReport:
    """What was typed and the photo that came with it."""
    answers = form.cleaned_data
    return CountReport(
        count=answers["count"],
        qualifier=Qualifier(answers["qualifier"]),
        client_uuid=answers["client_uuid"],
        photo=answers["photo"].read() if answers["photo"] else None,
        note=answers["note"],
        confirmed=answers["confirmed"],
    )


@needs(Action.RECORD_ATTENDANCE)
def head_count(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter how many people came, with what the number stands on."""
    session = session_or_404(request.user, pk, Action.RECORD_ATTENDANCE)
    form = HeadCountForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            report_head_count(session, report_from(form), by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
            if refusal.code == "head_count_exists":
                return about_number_now(request, form, session, "workspace/counts/head_count.html")
        else:
            messages.success(request, _("The head count is in the ledger."))
            return redirect("workspace:session", pk)
    return parts.form_page(request, "workspace/counts/head_count.html", form, **around(session))


def around(counted: Session | LedgerEntry) -> dict[str, Any]:
    """What both forms of a head count show: how many were counted already, beside whom the number stands."""
    session = counted.session if isinstance(counted, LedgerEntry) else counted
    tally = Tally.objects.filter(session=session).first()
    return {"session": session, "programme": counted.activity.programme, "tally": tally}


@needs(Action.CORRECT_ATTENDANCE)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Replace a head count by a new entry that says why."""
    entry = entry_or_404(request.user, pk, Action.CORRECT_ATTENDANCE)
    form = CorrectionForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            correct_head_count(entry, report_from(form), reason=reason, by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)  # when somebody was faster, the page is not shown again
        else:
            messages.success(request, _("The correction is in the ledger; the first entry stays readable."))
            return redirect("workspace:session", entry.session_id)
    if replacement := LedgerEntry.objects.filter(target=entry).first():
        if form.is_bound:
            return about_number_now(request, form, session_of(entry), "workspace/counts/correct.html")
        return led_on(request, replacement)
    return parts.form_page(request, "workspace/counts/correct.html", form, entry=entry, **around(entry))


@needs(Action.CORRECT_ATTENDANCE)
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an entry back by a new one that says why."""
    entry = entry_or_404(request.user, pk, Action.CORRECT_ATTENDANCE)
    person = who_came(entry) if entry.kind == LedgerEntry.Kind.ATTENDANCE else ""
    form = VoidForm(request.POST or None)
    if form.is_valid():
        answers = form.cleaned_data
        try:
            void_entry(entry, reason=answers["reason"], by=staff(request), at=now(), client_uuid=answers["client_uuid"])
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, said_of_void(person))
            return redirect("workspace:session", entry.session_id)
    if replacement := LedgerEntry.objects.filter(target=entry).first():
        is_corrected = replacement.kind == LedgerEntry.Kind.CORRECTION
        if form.is_bound and is_corrected and effective_head_count(session_of(entry)):
            return about_number_now(request, form, session_of(entry), "workspace/counts/void.html")
        return led_on(request, replacement)
    context = {"entry": entry, "person": person, "session": entry.session, "programme": entry.activity.programme}
    return parts.form_page(request, "workspace/counts/void.html", form, **context)


def session_of(entry: LedgerEntry) -> Session:
    return cast(Session, entry.session)  # `entry_or_404` finds none without one


def about_number_now(request: HttpRequest, form: Form, session: Session, template: str) -> HttpResponse:
    """Somebody was faster. The number that stands is shown beside the one that was typed, and nothing typed is lost:
    sent again, the form is about what stands now.
    """
    standing = effective_head_count(session)
    form.data = {**request.POST.dict(), "client_uuid": str(uuid.uuid4())}  # the old key may be that of an entry
    route = "void_entry" if isinstance(form, VoidForm) else "correct_entry"
    may_correct = may(request.user, Action.CORRECT_ATTENDANCE, session.activity.organisation)
    address = reverse(f"workspace:{route}", args=[standing.pk]) if standing else page_of_count(session)
    context = {
        "is_changed": True,
        "entry": standing,
        "typed": " · ".join(shown(form[name], form[name].value()) for name in NUMBER if name in form.fields),
        "address": address if may_correct else "",
    }
    return parts.form_page(request, template, form, **context, **around(session))


def page_of_count(session: Session) -> str:
    return reverse("workspace:head_count", args=[session.pk])


def led_on(request: HttpRequest, replacement: LedgerEntry) -> HttpResponse:
    """To the entries of the session, with what was done about one of them already, in another tab or by somebody."""
    if replacement.kind == LedgerEntry.Kind.VOID:
        messages.info(request, _("This entry was taken back already."))
    else:
        messages.info(request, _("This entry was corrected already; the correction counts."))
    return redirect("workspace:session", replacement.session_id)


def said_of_void(person: str) -> str:
    if person:
        return _("%(person)s is taken back and not counted any more.") % {"person": person}
    return _("The entry is taken back; what it said stays readable.")


@needs(Action.SEE_EVIDENCE)
def evidence_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The photo behind a count, for the few who may see it: sheets hold names."""
    evidence = evidence_or_404(request.user, pk)
    response = FileResponse(evidence.file.open("rb"), content_type="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
