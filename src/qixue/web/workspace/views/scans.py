"""Scans that wait for a person: why, and whether they count after all."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.participation.models import Scan
from qixue.participation.operations.scan_decisions import accept_scan, reject_scan
from qixue.participation.queries.door import counts_today, expected_at
from qixue.people.rules import Action
from qixue.web import parts
from qixue.web.workspace.access import needs, session_or_404, staff
from qixue.web.workspace.forms.door import DecisionForm
from qixue.web.workspace.reach.door import scan_or_404, scans_at
from qixue.web.workspace.views.door import around

SHOWN_DECIDED = 50


@needs(Action.CORRECT_ATTENDANCE)
def scans(request: HttpRequest, pk: int) -> HttpResponse:
    """Those that wait, the first that happened on top; then what was decided, and what counted with a mark."""
    session = session_or_404(request.user, pk, Action.CORRECT_ATTENDANCE)
    found = scans_at(session).select_related("device", "resident", "decided_by").order_by("corrected_at", "pk")
    context = {
        **around(session),
        "waiting": found.undecided(),
        "decided": found.exclude(decision="").order_by("-decided_at", "-pk")[:SHOWN_DECIDED],
        "marked": found.exclude(marks="").exclude(verdict=Scan.Verdict.REVIEW)[:SHOWN_DECIDED],
    }
    return render(request, "workspace/door/scans.html", context)


@needs(Action.CORRECT_ATTENDANCE)
def decide(request: HttpRequest, pk: int, scan_pk: int) -> HttpResponse:
    """One scan with everything that is known of it; it counts with a reason, or stays stored without counting."""
    session = session_or_404(request.user, pk, Action.CORRECT_ATTENDANCE)
    scan = scan_or_404(session, scan_pk)
    people = expected_at([session])
    form = DecisionForm(request.POST or None, people=people, is_count=scan.kind == Scan.Kind.HEAD_COUNT)
    if form.is_valid():
        reason, by, at = form.cleaned_data["reason"], staff(request), now()
        try:
            if form.accepts:
                accept_scan(scan, session=session, registration=form.registration(people), reason=reason, by=by, at=at)
            else:
                reject_scan(scan, reason=reason, by=by, at=at)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Decided. The scan stays stored as it was sent."))
            return redirect("workspace:scans", pk)
    is_fit = scan.kind != Scan.Kind.HEAD_COUNT and counts_today(scan)
    return parts.form_page(
        request, "workspace/door/decide.html", form, scan=scan, counts_today=is_fit, **around(session)
    )
