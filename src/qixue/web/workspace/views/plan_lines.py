"""The lines of a draft, one by one."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.rules import Action, reach
from qixue.places.models import Venue
from qixue.programme.models import PlanLine, PlanVersion
from qixue.programme.operations.plan_lines import add_line, edit_line, remove_line
from qixue.programme.queries.conflicts import conflicts_of_line
from qixue.programme.queries.rooms import RoomAtTime, rooms_at
from qixue.web import parts
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.forms.plans import PlanLineForm, initial_of
from qixue.web.workspace.plan_words import ShownConflict, shown_conflicts
from qixue.web.workspace.reach.plans import latest_version, line_to_edit_or_404, plan_to_file_or_404


@needs(Action.FILE_PLAN)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    plan = plan_to_file_or_404(request.user, pk)
    version = latest_version(plan)
    form = PlanLineForm(request.POST or None, plan_version=version)
    checked = None
    if form.is_valid() and is_check(request):
        checked = check_of(request, typed_line(form, version, PlanLine(key=form.cleaned_data["key"])))
    elif form.is_valid():
        try:
            add_line(version, details=form.details(), key=form.cleaned_data["key"], by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The session is in the plan."))
            return redirect("workspace:plan", pk)
    context = {"plan": plan, "programme": plan.programme, "version": version, "fits": is_draft(version)}
    return parts.form_page(request, "workspace/plans/line_form.html", form, checked=checked, **context)


@needs(Action.FILE_PLAN)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a line; when somebody else changed the draft meanwhile both texts are shown and nothing is lost."""
    line = line_to_edit_or_404(request.user, pk)
    version = line.version
    form = PlanLineForm(request.POST or None, initial=initial_of(line), plan_version=version, line=line)
    differences = None
    checked = None
    if not form.is_bound and is_draft(version):
        checked = check_of(request, line)
    elif form.is_valid() and is_check(request):
        checked = check_of(request, typed_line(form, version, line))
    elif form.is_valid():
        read = form.cleaned_data["version"] or 0
        try:
            edit_line(line, details=form.details(), edit_count=read, by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
            stored = initial_of(line)
            differences = form.differences(stored) if refusal.code == "changed_meanwhile" else None
        else:
            messages.success(request, _("Saved."))
            return redirect("workspace:plan", version.plan_id)
    context = {"plan": version.plan, "programme": version.plan.programme, "version": version, "line": line}
    told = {"differences": differences, "fits": is_draft(version), "checked": checked}
    return parts.form_page(request, "workspace/plans/line_form.html", form, **context, **told)


@dataclass(frozen=True)
class Checked:
    """What is in the way of one line, and the rooms of its venue at its time."""

    conflicts: list[ShownConflict]
    venue: Venue | None
    rooms: list[RoomAtTime]


def is_check(request: HttpRequest) -> bool:
    """Whether somebody wants to know what is in the way, and to save nothing yet."""
    return "check" in request.POST


def typed_line(form: PlanLineForm, version: PlanVersion, line: PlanLine) -> PlanLine:
    """What was typed, as a line that is not saved."""
    return PlanLine(pk=line.pk, version=version, key=line.key, **form.details().values())


def check_of(request: HttpRequest, line: PlanLine) -> Checked:
    paths = reach(request.user, Action.SEE_PLANS)
    conflicts = shown_conflicts(conflicts_of_line(line, paths), paths)
    rooms = rooms_at(line.venue, line.starts_at, line.ends_at, besides=[line.key]) if line.venue else []
    return Checked(conflicts, line.venue, rooms)


@needs(Action.FILE_PLAN)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    line = line_to_edit_or_404(request.user, pk)
    plan = line.version.plan
    if request.method == "POST":
        read = request.POST.get("version", "")
        return parts.pressed(
            request,
            lambda: remove_line(line, edit_count=int(read) if read.isdecimal() else 0, by=staff(request), at=now()),
            back=reverse("workspace:plan", args=[plan.pk]),
            done=_("The session is taken out of the plan."),
        )
    context = {"plan": plan, "programme": plan.programme, "line": line, "version": line.version}
    return render(request, "workspace/plans/remove_line.html", {**context, "fits": is_draft(line.version)})


def is_draft(version: PlanVersion) -> bool:
    return version.state == PlanVersion.State.DRAFT
