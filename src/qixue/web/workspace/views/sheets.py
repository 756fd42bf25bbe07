"""A plan as a sheet: written out, sent in, checked in the background, looked at, taken over."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.rules import Action
from qixue.programme.models import PlanVersion, SheetImport
from qixue.programme.operations.sheet_imports import complaints_of, lines_of, receive_sheet, take_over_sheet
from qixue.programme.plan_sheet import plan_sheet
from qixue.programme.sheet_guard import LARGEST_FILE
from qixue.report.tables import XLSX_TYPE
from qixue.web import parts
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.forms.sheets import SheetForm, TakeOverForm
from qixue.web.workspace.reach.plans import chosen_version, latest_version, plan_or_404, plan_to_file_or_404
from qixue.web.workspace.reach.sheets import sheet_or_404

SHOWN_LINES = 100
SECONDS_UNTIL_NEXT_LOOK = "2"


@needs(Action.FILE_PLAN)
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a sheet in; the worker checks it while its sender watches."""
    plan = plan_to_file_or_404(request.user, pk)
    form = SheetForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["sheet"]
        data = bytes(file.read(LARGEST_FILE + 1))
        try:
            sheet = receive_sheet(latest_version(plan), data=data, file_name=file.name, by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return redirect("workspace:sheet", sheet.pk)
    context = {"plan": plan, "programme": plan.programme}
    return parts.form_page(request, "workspace/sheets/upload.html", form, **context)


@needs(Action.SEE_PLANS)
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan, or a version of it, on the sheet that can be sent in again; an empty plan gives the empty sheet."""
    plan = plan_or_404(request.user, pk)
    version = chosen_version(request, plan)
    lines = version.lines.select_related("brand", "venue", "room", "region").order_by("position")
    response = HttpResponse(plan_sheet(plan.programme, lines), content_type=XLSX_TYPE)
    name = f"plan-{plan.organisation.code}-v{version.number}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@needs(Action.FILE_PLAN)
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the check is, what is wrong, or what the sheet would put in the place of the draft."""
    found = sheet_or_404(request.user, pk)
    form = TakeOverForm(request.POST or None, initial={"version": found.version.edit_count})
    if form.is_valid():
        try:
            take_over_sheet(found, edit_count=form.cleaned_data["version"], by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The lines of the sheet stand in the draft."))
            return redirect("workspace:plan", found.version.plan_id)
    lines = lines_of(found) if found.state == SheetImport.State.READY else []
    is_under_way = found.state in {SheetImport.State.WAITING, SheetImport.State.CHECKING}
    context = {
        "sheet": found,
        "plan": found.version.plan,
        "programme": found.version.plan.programme,
        "is_under_way": is_under_way,
        "is_draft": found.version.state == PlanVersion.State.DRAFT,
        "complaints": complaints_of(found),
        "lines": lines[:SHOWN_LINES],
        "line_count": len(lines),
        "replaced_count": found.version.lines.count(),
    }
    response = parts.form_page(request, "workspace/sheets/sheet.html", form, **context)
    if is_under_way:  # in the header and not in the page, so that no reading aid is pulled away from its place
        response.headers["Refresh"] = SECONDS_UNTIL_NEXT_LOOK
    return response
