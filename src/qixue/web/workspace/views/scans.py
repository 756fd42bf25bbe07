"""Scans that wait for a person: why, and whether they count after all."""

from collections.abc import Iterable

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.participation.models import LedgerEntry, Scan
from qixue.participation.operations.check_ins import obstacle_at_door
from qixue.participation.operations.scan_decisions import (
    accept_scan,
    decide_together,
    obstacle_to_counting,
    reject_scan,
    replace_count,
)
from qixue.participation.queries import effective_head_count, ledger_entries
from qixue.participation.queries.door import expected_at, names_nobody, reasons_today, scans_at
from qixue.participation.queries.forgotten import forgotten_places
from qixue.people.models import Resident
from qixue.people.namesakes import told_apart
from qixue.people.rules import Action
from qixue.programme.models import Session
from qixue.web import parts
from qixue.web.workspace.access import needs, session_or_404, staff
from qixue.web.workspace.forms.door import DecisionForm, TogetherForm
from qixue.web.workspace.reach.door import scan_or_404
from qixue.web.workspace.scan_words import remarks_on
from qixue.web.workspace.views.door import around

SHOWN_DECIDED = 50


@needs(Action.CORRECT_ATTENDANCE)
def scans(request: HttpRequest, pk: int) -> HttpResponse:
    """Those that wait, by kind, the first that happened on top, to decide about one or several; then the others."""
    session = session_or_404(request.user, pk, Action.CORRECT_ATTENDANCE)
    related = ("device", "resident", "evidence", "decided_by", "entry__successor")
    found = scans_at(session).select_related(*related).order_by("corrected_at", "pk")
    put_aside = list(found.filter(verdict=Scan.Verdict.REVIEW))
    forms = forms_by_kind(request.POST, put_aside)
    sent = next((form for form in forms if form.is_bound), None)
    if sent and sent.is_valid() and decide_chosen(request, session, sent):
        return redirect("workspace:scans", pk)
    marked = list(found.exclude(marks="").exclude(verdict=Scan.Verdict.REVIEW)[:SHOWN_DECIDED])
    context = {
        **around(session),
        "forms": forms,
        "head_count": (head_count := effective_head_count(session)),
        "takes_counts": can_be_counted(session, head_count) and obstacle_to_counting(session, at=now()) is None,
        "form": sent,
        "decided": found.exclude(decision="").order_by("-decided_at", "-pk")[:SHOWN_DECIDED],
        "marked": marked,
        "apart": told_apart(expected_or_scanned(session, [*put_aside, *marked])),
    }
    return render(request, "workspace/door/scans.html", context, status=422 if sent else 200)


def expected_or_scanned(session: Session, scans: Iterable[Scan]) -> list[Resident]:
    """Everybody among whom a name of the page could be another's."""
    expected = [row.resident for row in expected_at([session])]
    return [*expected, *(scan.resident for scan in scans if scan.resident)]


def forms_by_kind(data: QueryDict, put_aside: list[Scan]) -> list[TogetherForm]:
    """A form for each kind of scan that waits; the one that was sent is bound."""
    forms = []
    for kind in Scan.Kind.values:
        scans, is_sent = [scan for scan in put_aside if scan.kind == kind], f"{kind}-decision" in data
        if any(is_sent or not scan.decision for scan in scans):
            forms.append(TogetherForm(data if is_sent else None, prefix=kind, scans=scans))
    return forms


def decide_chosen(request: HttpRequest, session: Session, form: TogetherForm) -> bool:
    """Whether it was done; a refusal then stands in the form."""
    answers = form.cleaned_data
    keys, decision, reason = form.keys(), answers["decision"], answers["reason"]
    try:
        made = decide_together(session, keys=keys, decision=decision, reason=reason, by=staff(request), at=now())
    except Refused as refusal:
        form.refuse(refusal)
        return False
    sentence = ngettext("%(count)s scan is decided.", "%(count)s scans are decided.", len(made))
    messages.success(request, sentence % {"count": len(made)})
    return True


@needs(Action.CORRECT_ATTENDANCE)
def decide(request: HttpRequest, pk: int, scan_pk: int) -> HttpResponse:
    """One scan with everything that is known of it; it counts with a reason, or stays stored without counting.

    A head count replaces the one that stands, if that is the one that the page has shown.
    """
    session = session_or_404(request.user, pk, Action.CORRECT_ATTENDANCE)
    scan = scan_or_404(session, scan_pk)
    people = [row for row in expected_at([session]) if not row.was_there]  # who is forgotten is counted already
    prefetch_related_objects(people, "resident__home_region")
    is_count = scan.kind == Scan.Kind.HEAD_COUNT
    is_for_nobody = names_nobody(scan) or bool(forgotten_places(session, [scan]))
    head_count = effective_head_count(session) if is_count else None
    obstacle = obstacle_at_door(session, at=now()) or (obstacle_to_counting(session, at=now()) if is_count else None)
    form = DecisionForm(
        request.POST or None,
        people=people,
        is_count=is_count,
        is_for_nobody=is_for_nobody,
        can_count=obstacle is None and (not is_count or can_be_counted(session, head_count)),
    )
    if form.is_valid():
        answers = form.cleaned_data
        said = {"session": session, "reason": answers["reason"], "by": staff(request), "at": now()}
        named = {"name": answers.get("name", ""), "confirmed_name": form.confirmed_name}
        try:
            if form.accepts and is_count and (seen := count_seen(request, session)):
                decided = replace_count(scan, standing=seen, reason=answers["reason"], by=staff(request), at=now())
            elif form.accepts:
                decided = accept_scan(scan, registration=form.registration(people), **named, **said)
            else:
                decided = reject_scan(scan, **said)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, said_of(decided))
            return redirect("workspace:scans", pk)
    context = {
        **around(session),
        "scan": scan,
        "remarks": remarks_on(scan, session),
        "obstacle": obstacle,
        "counts_today": not is_count and not reasons_today(session, [scan])[scan],
        "head_count": head_count,
    }
    return parts.form_page(request, "workspace/door/decide.html", form, **context)


def can_be_counted(session: Session, head_count: LedgerEntry | None) -> bool:
    """Whether a head count fits the session: names on a list leave room for none, unless one stands to be replaced."""
    return head_count is not None or session.counting_rule != Session.CountingRule.LIST


def said_of(decided: Scan) -> str:
    """What came of a decision."""
    if decided.counts_nobody_more:
        return _("Decided. The person was in already: this counted nobody more.")
    return _("Decided. The scan stays stored as it was sent.")


def count_seen(request: HttpRequest, session: Session) -> LedgerEntry | None:
    """The head count that stood on the page when the form was sent."""
    key = parts.number_sent(request, "version", digits=18)
    return ledger_entries().head_counts().filter(session=session, pk=key).first() if key else None
