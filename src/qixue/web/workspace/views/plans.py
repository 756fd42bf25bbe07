"""Plans of a programme: who has filed, the page of one plan, filing, amending, closing."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qixue.core.clock import local_day, now
from qixue.core.refusal import Refused
from qixue.people.rules import Action, reach
from qixue.programme.models import Plan, PlanLine, PlanStep, PlanVersion, Programme
from qixue.programme.operations.plans import amend_plan, close_plan, invite_all, move_due_day, submit_plan
from qixue.programme.queries.approved_clashes import approved_clashes
from qixue.programme.queries.conflicts import conflicts_of_version
from qixue.programme.queries.plans import (
    comments_for,
    difference_from,
    in_tree_order,
    invitable,
    lines_of,
    plans_for,
    sums_of,
    with_state,
)
from qixue.programme.rules import may_file_plan
from qixue.report.tables import Table
from qixue.web import parts, table_files
from qixue.web.table_files import PageTable
from qixue.web.workspace.access import needs, programme_or_404, staff
from qixue.web.workspace.forms.plans import DueDayForm, SubmitForm, asking_form
from qixue.web.workspace.plan_words import ShownConflict, acts_open_to, changed_lines, shown_conflicts
from qixue.web.workspace.reach.plans import (
    chosen_version,
    latest_version,
    plan_or_404,
    plan_to_decide_or_404,
    plan_to_file_or_404,
)
from qixue.web.workspace.tables.planning import lines_table, plans_table

PER_PAGE = 50
LINES_PER_PAGE = 100
NOT_FILED = "not_filed"
State = PlanVersion.State


@needs(Action.SEE_PLANS)
def plans(request: HttpRequest, code: str) -> HttpResponseBase:
    """The plans of the viewer's part of the tree; one can ask for a state, or for those that never filed."""
    programme, _part = programme_or_404(request.user, code, Action.SEE_PLANS)
    found = with_state(plans_for(request.user).filter(programme=programme))
    wanted = request.GET.get("state", "")
    states = [(NOT_FILED, _("Never filed")), *State.choices]
    rows = found
    if wanted == NOT_FILED:
        rows = found.filter(filed_at=None)
    elif wanted in State.values:
        rows = found.filter(latest_state=wanted)
    context = {
        "programme": programme,
        "page": parts.paginate(request, in_tree_order(rows), PER_PAGE),
        "today": local_day(now()),
        "states": states,
        "wanted": wanted,
        "plan_count": found.count(),
        "not_filed_count": found.filter(filed_at=None).count(),
        "may_invite": invitable(request.user, programme).exists(),
    }
    table = PageTable("plans", lambda: plans_table(in_tree_order(rows)))
    return table_files.page(request, "workspace/plans/list.html", context, table)


@needs(Action.APPROVE_PLAN)
def invite(request: HttpRequest, code: str) -> HttpResponse:
    programme, _part = programme_or_404(request.user, code, Action.APPROVE_PLAN)
    organisations = invitable(request.user, programme)
    form = asking_form(request, organisations)
    if form.is_valid():
        answers = form.cleaned_data
        try:
            made = invite_all(
                programme, answers["organisations"], due_on=answers["due_on"], by=staff(request), at=now()
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            text = ngettext("%(count)s organisation is invited.", "%(count)s organisations are invited.", len(made))
            messages.success(request, text % {"count": len(made)})
            return redirect("workspace:plans", programme.code)
    context = {"programme": programme, "has_choices": organisations.exists()}
    return parts.form_page(request, "workspace/plans/invite.html", form, **context)


@needs(Action.SEE_PLANS)
def plan(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One version of a plan, the newest unless the address names another, with all that happened to the plan."""
    found = plan_or_404(request.user, pk)
    newest = latest_version(found)
    version = chosen_version(request, found)
    is_newest = version.pk == newest.pk
    may_edit = is_newest and version.state == State.DRAFT and may_file_plan(request.user, found)
    steps = list(found.steps.select_related("by", "organisation", "version").order_by("at", "pk"))
    was_approved = any(step.kind == PlanStep.Kind.APPROVED for step in steps)
    context = {
        "acts": acts_open_to(staff(request), found, newest, local_day(now())) if is_newest else [],
        "may_edit": may_edit,
        "is_newest": is_newest,
        "returned": return_behind(version),
        "versions": found.versions.order_by("-number"),
        "steps": steps,
        "clashes": clashes_shown(request, found) if was_approved else {},
        "countersignatures": version.countersignatures.select_related("organisation", "answered_by").order_by("pk"),
        "documents": version.documents.order_by("added_at", "pk"),
        "today": local_day(now()),
        "conflicts": conflicts_shown(request, version) if is_newest else [],
        **changes_of(version),
        **lines_page(request, version),
    }
    return table_files.page(
        request, "workspace/plans/detail.html", context, PageTable("lines", lambda: table_of_lines(version))
    )


def table_of_lines(version: PlanVersion) -> Table:
    return lines_table(version.plan.organisation.local_name, lines_of(version), comments_for(version))


def return_behind(version: PlanVersion) -> PlanStep | None:
    """The return that made this draft necessary, if it was one."""
    if version.state != State.DRAFT:
        return None
    returns = version.plan.steps.filter(kind=PlanStep.Kind.RETURNED, version__number=version.number - 1)
    return returns.select_related("organisation").first()


def conflicts_shown(request: HttpRequest, version: PlanVersion) -> list[ShownConflict]:
    """What is in the way of a version that can still be changed or is still to be decided."""
    if version.state not in PlanVersion.OPEN_STATES:
        return []
    paths = reach(request.user, Action.SEE_PLANS)
    return shown_conflicts(conflicts_of_version(version, paths), paths)


def clashes_shown(request: HttpRequest, plan: Plan) -> dict[int, list[ShownConflict]]:
    """Version number -> what it was approved with all the same."""
    paths = reach(request.user, Action.SEE_PLANS)
    found = approved_clashes(plan, paths)
    return {number: shown_conflicts(conflicts, paths) for number, conflicts in found.items()}


def lines_page(request: HttpRequest, version: PlanVersion) -> dict[str, Any]:
    """The lines of a version, page by page, each with what was said on it."""
    page = page_of_lines(request, version)
    comments = comments_for(version)
    return {
        "plan": version.plan,
        "programme": version.plan.programme,
        "version": version,
        "page": page,
        "rows": [(line, comments.get(line.key, [])) for line in page],
        "sums": sums_of(version),
    }


def page_of_lines(request: HttpRequest, version: PlanVersion) -> Page[PlanLine]:
    """The page that the address asks for, or the one on which the line is that it names."""
    lines = lines_of(version)
    wanted = request.GET.get("line", "")
    if not wanted.isdecimal() or "page" in request.GET:
        return parts.paginate(request, lines, LINES_PER_PAGE)
    before = lines.filter(position__lt=lines.filter(pk=int(wanted)).values("position")[:1]).count()
    return Paginator(lines, LINES_PER_PAGE).get_page(before // LINES_PER_PAGE + 1)


def changes_of(version: PlanVersion) -> dict[str, Any]:
    """What changed since the version before."""
    former = version.plan.versions.filter(number=version.number - 1).first()
    if former is None:
        return {"former": None}
    found = difference_from(former, version)
    return {"former": former, "difference": found, "changed_lines": changed_lines(found)}


@needs(Action.FILE_PLAN)
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything once more before it is filed and can no longer be changed."""
    found = plan_to_file_or_404(request.user, pk)
    version = latest_version(found)
    form = SubmitForm(request.POST or None, initial={"version": version.edit_count, "note": version.note})
    if form.is_valid():
        answers = form.cleaned_data
        return parts.pressed(
            request,
            lambda: submit_plan(
                version, note=answers["note"], edit_count=answers["version"], by=staff(request), at=now()
            ),
            back=reverse("workspace:plan", args=[pk]),
            done=_("The plan is filed."),
        )
    fits = version.state == State.DRAFT
    return parts.form_page(
        request,
        "workspace/plans/submit.html",
        form,
        fits=fits,
        conflicts=conflicts_shown(request, version),
        **changes_of(version),
        **lines_page(request, version),
    )


@needs(Action.FILE_PLAN)
def amend(request: HttpRequest, pk: int) -> HttpResponse:
    found = plan_to_file_or_404(request.user, pk)
    version = latest_version(found)
    if request.method == "POST":
        return parts.pressed(
            request,
            lambda: amend_plan(in_force(found) or version, by=staff(request), at=now()),
            back=reverse("workspace:plan", args=[pk]),
            done=_("A new version with the same lines is open."),
        )
    fits = version.state == State.PUBLISHED and found.programme.state != Programme.State.CLOSED
    context = {"plan": found, "programme": found.programme, "version": version, "fits": fits}
    return render(request, "workspace/plans/amend.html", context)


@needs(Action.APPROVE_PLAN)
def due_day(request: HttpRequest, pk: int) -> HttpResponse:
    """Another last day for filing."""
    found = plan_to_decide_or_404(request.user, pk)
    form = DueDayForm(request.POST or None, initial={"due_on": found.due_on})
    if form.is_valid():
        try:
            move_due_day(found, due_on=form.cleaned_data["due_on"], by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The last day has moved; its organisation is told."))
            return redirect("workspace:plan", pk)
    context = {"plan": found, "programme": found.programme, "fits": latest_version(found).state == State.DRAFT}
    return parts.form_page(request, "workspace/plans/due_day.html", form, **context)


def in_force(found: Plan) -> PlanVersion | None:
    return found.versions.filter(state=State.PUBLISHED).first()


@needs(Action.APPROVE_PLAN)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    found = plan_to_decide_or_404(request.user, pk)
    version = latest_version(found)
    if request.method == "POST":
        return parts.pressed(
            request,
            lambda: close_plan(version, by=staff(request), at=now()),
            back=reverse("workspace:plan", args=[pk]),
            done=_("The plan is closed."),
        )
    fits = version.state == State.PUBLISHED
    context = {"plan": found, "programme": found.programme, "version": version, "fits": fits}
    return render(request, "workspace/plans/close.html", context)
