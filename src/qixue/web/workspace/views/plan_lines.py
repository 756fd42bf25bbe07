"""The lines of a draft, one by one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.rules import Action
from qixue.programme.models import PlanVersion
from qixue.programme.operations.plan_lines import add_line, edit_line, remove_line
from qixue.web import parts
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.forms.plans import PlanLineForm, initial_of
from qixue.web.workspace.reach.plans import latest_version, line_to_edit_or_404, plan_to_file_or_404


@needs(Action.FILE_PLAN)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    plan = plan_to_file_or_404(request.user, pk)
    version = latest_version(plan)
    form = PlanLineForm(request.POST or None, plan_version=version)
    if form.is_valid():
        try:
            add_line(version, details=form.details(), key=form.cleaned_data["key"], by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The session is in the plan."))
            return redirect("workspace:plan", pk)
    context = {"plan": plan, "programme": plan.programme, "version": version, "fits": is_draft(version)}
    return parts.form_page(request, "workspace/plans/line_form.html", form, **context)


@needs(Action.FILE_PLAN)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a line; when somebody else changed the draft meanwhile both texts are shown and nothing is lost."""
    line = line_to_edit_or_404(request.user, pk)
    version = line.version
    form = PlanLineForm(request.POST or None, initial=initial_of(line), plan_version=version, region=line.region)
    differences = None
    if form.is_valid():
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
    return parts.form_page(
        request, "workspace/plans/line_form.html", form, differences=differences, fits=is_draft(version), **context
    )


@needs(Action.FILE_PLAN)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    line = line_to_edit_or_404(request.user, pk)
    plan = line.version.plan
    if request.method == "POST":
        read = request.POST.get("version", "")
        try:
            remove_line(line, edit_count=int(read) if read.isdecimal() else 0, by=staff(request), at=now())
        except Refused as refusal:
            return parts.refusal_page(request, refusal, back=reverse("workspace:plan", args=[plan.pk]))
        messages.success(request, _("The session is taken out of the plan."))
        return redirect("workspace:plan", plan.pk)
    context = {"plan": plan, "programme": plan.programme, "line": line, "version": line.version}
    return render(request, "workspace/plans/remove_line.html", {**context, "fits": is_draft(line.version)})


def is_draft(version: PlanVersion) -> bool:
    return version.state == PlanVersion.State.DRAFT
