"""What is decided about a filed plan: countersignatures, approval or return, publication; and its documents."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.participation.operations.published_plans import publish_plan
from qixue.participation.queries.plan_effects import effects_of, people_inside
from qixue.people.models import User
from qixue.people.rules import Action
from qixue.programme.models import PlanVersion
from qixue.programme.operations.plan_approval import (
    approve_plan,
    ask_countersignature,
    countersign,
    return_plan,
)
from qixue.programme.operations.plan_documents import attach_document
from qixue.programme.queries.plans import countersigners_for, lines_of
from qixue.programme.queries.publications import publication_of
from qixue.programme.rules import may_approve_plan, may_file_plan
from qixue.web import parts
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.forms.plans import CountersignForm, DecisionForm, DocumentForm, PublishForm, asking_form
from qixue.web.workspace.reach.plans import (
    chosen_version,
    countersignature_or_404,
    document_or_404,
    latest_version,
    plan_or_404,
    plan_to_decide_or_404,
)
from qixue.web.workspace.views.plans import changes_of, conflicts_shown, lines_page

State = PlanVersion.State
MOST_COMMENTED = 500  # sessions on one page with a field each


@needs(Action.APPROVE_PLAN)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    plan = plan_to_decide_or_404(request.user, pk)
    version = latest_version(plan)
    form = asking_form(request, countersigners_for(version))
    if form.is_valid():
        answers = form.cleaned_data
        try:
            ask_countersignature(
                version, answers["organisations"], due_on=answers["due_on"], by=staff(request), at=now()
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The organisations are asked to countersign."))
            return redirect("workspace:plan", pk)
    context = {"plan": plan, "programme": plan.programme, "version": version}
    asked = version.countersignatures.select_related("organisation", "answered_by").order_by("pk")
    fits = version.state == State.SUBMITTED
    return parts.form_page(request, "workspace/plans/ask.html", form, fits=fits, countersignatures=asked, **context)


@needs(Action.COUNTERSIGN_PLAN)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree or object, with comments on the sessions concerned."""
    asked = countersignature_or_404(request.user, pk)
    version = asked.version
    form = CountersignForm(request.POST or None, lines=lines_of(version)[:MOST_COMMENTED])
    if form.is_valid():
        try:
            countersign(
                asked,
                is_agreed=form.cleaned_data["answer"] == "agree",
                comment=form.cleaned_data["comment"],
                line_comments=form.line_comments(),
                by=staff(request),
                at=now(),
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Your answer is recorded."))
            return redirect("workspace:plan", version.plan_id)
    fits = version.state == State.SUBMITTED
    context = {"asked": asked, "fits": fits, **lines_page(request, version)}
    return parts.form_page(request, "workspace/plans/countersign.html", form, **context)


@needs(Action.APPROVE_PLAN)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve, or return with comments on the sessions concerned: the version that was read, none filed meanwhile."""
    plan = plan_to_decide_or_404(request.user, pk)
    version = chosen_version(request, plan)
    read = {"version": version.number}
    form = DecisionForm(request.POST or None, initial=read, lines=lines_of(version)[:MOST_COMMENTED])
    if form.is_valid():
        try:
            text = take_decision(version, form, staff(request))
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, text)
            return redirect("workspace:plan", pk)
    context = {
        "fits": version.state in {State.SUBMITTED, State.APPROVED},
        "conflicts": conflicts_shown(request, version),
        "countersignatures": version.countersignatures.select_related("organisation", "answered_by").order_by("pk"),
        **changes_of(version),
        **lines_page(request, version),
    }
    return parts.form_page(request, "workspace/plans/decide.html", form, **context)


def take_decision(version: PlanVersion, form: DecisionForm, by: User) -> str:
    comment = form.cleaned_data["comment"]
    if form.cleaned_data["decision"] == "approve":
        approve_plan(version, comment=comment, confirmed=form.cleaned_data["confirmed"], by=by, at=now())
        return _("The plan is approved. It can be published now.")
    return_plan(version, comment=comment, line_comments=form.line_comments(), by=by, at=now())
    return _("The plan is returned; a new version is open for its organisation.")


@needs(Action.APPROVE_PLAN)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """What publication will change and whom it tells, once more, then for everybody: the version that was read."""
    plan = plan_to_decide_or_404(request.user, pk)
    version = chosen_version(request, plan)
    effects = effects_of(publication_of(version), at=now()) if version.state == State.APPROVED else None
    given = request.POST if request.method == "POST" else None
    calls_off = bool(effects and effects.called_off.sessions)
    form = PublishForm(given, initial={"version": version.number}, calls_off=calls_off)
    if form.is_valid():
        try:
            reason, confirmed = form.cleaned_data.get("reason", ""), form.cleaned_data["confirmed"]
            publish_plan(version, reason=reason, confirmed=confirmed, by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The plan is published."))
            return redirect("workspace:plan", pk)
    conflicts = conflicts_shown(request, version)
    context = {"effects": effects, "conflicts": conflicts, **changes_of(version), **lines_page(request, version)}
    context["inside"] = people_inside(effects) if effects else None
    return parts.form_page(request, "workspace/plans/publish.html", form, **context)


@needs(Action.SEE_PLANS)
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """For those who file the plan and those who decide about it."""
    plan = plan_or_404(request.user, pk)
    is_open = may_file_plan(request.user, plan) or may_approve_plan(request.user, plan)
    version = latest_version(plan)
    form = DocumentForm(request.POST or None, request.FILES or None)
    if is_open and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            content = file.read() if file else b""
            attach_document(version, details=form.details(), file=content, by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The document is attached."))
            return redirect("workspace:plan", pk)
    context = {"plan": plan, "programme": plan.programme, "version": version, "fits": is_open}
    return parts.form_page(request, "workspace/plans/document_form.html", form, **context)


@needs(Action.SEE_PLANS)
def document_file(request: HttpRequest, pk: int) -> FileResponse:
    document = document_or_404(request.user, pk)
    return FileResponse(document.file.open("rb"), as_attachment=True)
