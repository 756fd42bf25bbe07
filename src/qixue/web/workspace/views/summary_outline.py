"""The outline of the work summary: its sections are added, named, moved, taken out and put back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.rules import Action
from qixue.programme.models import Programme
from qixue.report.issuing import open_request
from qixue.report.models import SummarySection
from qixue.report.outline import own_sections
from qixue.report.outlining import (
    NewSection,
    add_section,
    begin_outline,
    move_section,
    remove_section,
    rename_section,
    restore_section,
)
from qixue.report.versions import latest_versions
from qixue.web import parts
from qixue.web.forms import Form
from qixue.web.workspace.access import needs, staff, whole_programme_or_404
from qixue.web.workspace.act import Act, act_page, sent
from qixue.web.workspace.forms.summary import HeadingForm, NewSectionForm
from qixue.web.workspace.views.summary_sections import act_on, section_or_404


@needs(Action.WRITE_REPORT)
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Make the standard outline the programme's own, so that people can write."""
    programme = whole_programme_or_404(request.user, code, Action.WRITE_REPORT)
    act = Act(
        title=_("Begin to edit the summary"),
        about=programme.local_name,
        lead=_("The outline becomes this programme's own. Each section follows the records until somebody writes it."),
        button=_("Begin to edit"),
        done=_("The outline can be edited now, and each section has its editor."),
        back=reverse("workspace:summary_outline", args=[programme.code]),
        crumbs=((_("Work summary"), reverse("workspace:summary", args=[programme.code])),),
        has_way_out=False,
        context={"programme": programme},
    )
    return act_page(request, sent(request, Form), act, lambda: begin_outline(programme, by=staff(request), at=now()))


@needs(Action.WRITE_REPORT)
def outline(request: HttpRequest, code: str) -> HttpResponse:
    """All sections in their order, those that were taken out below, and a form for a new one."""
    programme = whole_programme_or_404(request.user, code, Action.WRITE_REPORT)
    sections = own_sections(programme)
    if not sections:
        return redirect("workspace:begin_summary", programme.code)
    form = NewSectionForm(request.POST if request.method == "POST" else None, places=places_of(sections))
    if form.is_valid():
        try:
            add_section(programme, NewSection(**form.cleaned_data), by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The section is added."))
            return redirect("workspace:summary_outline", programme.code)
    return parts.form_page(request, "workspace/summary/outline.html", form, **outline_context(programme, sections))


def outline_context(programme: Programme, sections: list[SummarySection]) -> dict[str, object]:
    versions = latest_versions(programme)
    return {
        "programme": programme,
        "asked": open_request(programme),
        "rows": [(section, versions.get(section.pk)) for section in sections],
        "removed": programme.summary_sections.filter(removed_at__isnull=False).order_by("removed_at", "pk"),
    }


def places_of(sections: list[SummarySection]) -> list[tuple[int, str]]:
    return [(section.position, section.heading or _("Opening")) for section in sections]


@require_POST
@needs(Action.WRITE_REPORT)
def move(request: HttpRequest, code: str, section_pk: int) -> HttpResponse:
    """Put the section at the place that its button names; pressed twice it stays there."""
    found = section_or_404(request, code, section_pk)
    place = parts.number_sent(request, "to", digits=3)
    if place is not None:
        move_section(found, to=place, by=staff(request), at=now())
    return redirect("workspace:summary_outline", found.programme.code)


@needs(Action.WRITE_REPORT)
def rename(request: HttpRequest, code: str, section_pk: int) -> HttpResponse:
    found = section_or_404(request, code, section_pk)
    form = HeadingForm(request.POST if request.method == "POST" else None, initial={"heading": found.heading})
    act = act_on(
        found,
        title=_("Rename the section"),
        lead=_("Its number comes from its place and is never typed."),
        button=_("Rename"),
        done=_("The section is renamed."),
        back=reverse("workspace:summary_outline", args=[code]),
        fits=bool(found.level),
    )
    return act_page(
        request,
        form,
        act,
        lambda: rename_section(found, form.cleaned_data["heading"], by=staff(request), at=now()),
    )


@needs(Action.WRITE_REPORT)
def remove(request: HttpRequest, code: str, section_pk: int) -> HttpResponse:
    found = section_or_404(request, code, section_pk)
    act = act_on(
        found,
        title=_("Take the section out"),
        lead=_("The summary is printed without it. What was written in it stays, and it can be put back."),
        button=_("Take out of the summary"),
        done=_("The section is taken out."),
        back=reverse("workspace:summary_outline", args=[code]),
    )
    return act_page(request, sent(request, Form), act, lambda: remove_section(found, by=staff(request), at=now()))


@needs(Action.WRITE_REPORT)
def restore(request: HttpRequest, code: str, section_pk: int) -> HttpResponse:
    found = section_or_404(request, code, section_pk, removed=True)
    outline_url = reverse("workspace:summary_outline", args=[code])
    act = Act(
        title=_("Put the section back"),
        about=found.heading or _("Opening"),
        lead=_("It comes back at the end of the outline, with what was written in it."),
        button=_("Put it back"),
        done=_("The section is back."),
        back=outline_url,
        crumbs=((_("Outline"), outline_url),),
        context={"programme": found.programme},
    )
    return act_page(request, sent(request, Form), act, lambda: restore_section(found, by=staff(request), at=now()))
