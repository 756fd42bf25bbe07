import base64
import binascii
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy, ngettext

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.models import Organisation
from qixue.people.queries import organisations_for
from qixue.people.rules import Action
from qixue.programme.models import Programme
from qixue.programme.operations.plan_import import LARGEST_FILE, Plan, import_plan, read_plan
from qixue.programme.plan_sheet import plan_sheet
from qixue.web import parts
from qixue.web.forms import Form
from qixue.web.workspace.access import needs, programmes_in_reach, staff
from qixue.web.workspace.forms.activities import offer


class PlanForm(Form):
    """The sheet and whose plan it is. After the preview the sheet travels on inside the form."""

    programme = forms.ModelChoiceField(
        label=gettext_lazy("Programme"), queryset=Programme.objects.none(), to_field_name="code"
    )
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"), queryset=Organisation.objects.none(), to_field_name="code"
    )
    sheet = forms.FileField(
        label=gettext_lazy("Sheet"), required=False, help_text=gettext_lazy("An .xlsx file up to 10 MB.")
    )
    content = forms.CharField(required=False, widget=forms.HiddenInput, max_length=2 * LARGEST_FILE)
    key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programmes = [programme.pk for programme, _part in programmes_in_reach(user, Action.EDIT_ACTIVITY)]
        offer(self.fields["programme"], Programme.objects.filter(pk__in=programmes).order_by("pk"))
        offer(self.fields["organisation"], organisations_for(user, Action.EDIT_ACTIVITY))

    def data_of_sheet(self) -> bytes:
        """The bytes of the sheet, from the file or from the preview. Refused: sheet_missing."""
        if sheet := self.cleaned_data["sheet"]:
            return bytes(sheet.read(LARGEST_FILE + 1))
        try:
            data = base64.b64decode(self.cleaned_data["content"], validate=True)
        except binascii.Error:
            data = b""
        if not data:
            raise Refused("sheet_missing", gettext_lazy("Please choose the sheet."))
        return data


@needs(Action.EDIT_ACTIVITY)
def choose(request: HttpRequest) -> HttpResponse:
    """Choose a sheet, look at what it would bring, then take it over: all or nothing."""
    form = PlanForm(request.POST or None, request.FILES or None, user=request.user)
    if form.is_valid():
        try:
            data = form.data_of_sheet()
            plan = read_plan(data, form.cleaned_data["programme"])
            if "confirm" not in request.POST:
                return preview(request, form, plan, data)
            return taken_over(request, form, plan)
        except Refused as refusal:
            for line in (refusal.sentence, *refusal.lines):
                form.add_error("sheet", str(line))
    return parts.form_page(request, "workspace/imports/choose.html", form)


def preview(request: HttpRequest, form: PlanForm, plan: Plan, data: bytes) -> HttpResponse:
    content = base64.b64encode(data).decode()
    context = {"form": form, "plan": plan, "content": content, "answers": form.cleaned_data}
    return render(request, "workspace/imports/preview.html", context)


def taken_over(request: HttpRequest, form: PlanForm, plan: Plan) -> HttpResponse:
    answers = form.cleaned_data
    activities = import_plan(
        plan,
        answers["programme"],
        organisation=answers["organisation"],
        by=staff(request),
        at=now(),
        key=answers["key"],
    )
    count = len(activities)
    text = ngettext("%(count)s draft is saved.", "%(count)s drafts are saved.", count) % {"count": count}
    messages.success(request, text)
    return redirect("workspace:activities")


@needs(Action.EDIT_ACTIVITY)
def template(request: HttpRequest) -> HttpResponse:
    """The empty sheet for the first programme that the viewer may add to."""
    programmes = programmes_in_reach(request.user, Action.EDIT_ACTIVITY)
    if not programmes:
        raise Http404
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(plan_sheet(programmes[0][0]), content_type=kind)
    response.headers["Content-Disposition"] = 'attachment; filename="plan.xlsx"'
    return response
