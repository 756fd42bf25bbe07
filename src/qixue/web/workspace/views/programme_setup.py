"""A programme from its first names to its close: the overview of its set-up, what it is called, who leads it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qixue.core.clock import local_day, now
from qixue.core.refusal import Refused
from qixue.figures.operations import name_standard_figures
from qixue.people.models import Organisation, User
from qixue.people.rules import Action, reach
from qixue.programme.models import Programme
from qixue.programme.operations.programme_parts import set_up_leading_group
from qixue.programme.operations.programmes import (
    close_programme,
    edit_programme,
    publish_programme,
    set_up_programme,
)
from qixue.programme.queries.programmes import (
    Part,
    leading_group_of,
    legal_bases_of,
    members_of,
    missing_for_programme,
    parts_of,
    roles_in,
    tasks_of,
)
from qixue.web import parts
from qixue.web.workspace.access import needs, programmes_in_reach, staff
from qixue.web.workspace.forms.programme_setup import (
    LeadingGroupForm,
    NewProgrammeForm,
    ProgrammeForm,
    initial_of_programme,
    name_of,
)
from qixue.web.workspace.reach.programme_setup import programme_to_set_up_or_404
from qixue.web.workspace.views.programme_lists import state_of, version_in

# Part of a set-up -> its name and the route of its page.
PAGES = {
    "basics": (gettext_lazy("Theme, names and days"), "setup_basics"),
    "legal_bases": (gettext_lazy("Legal bases"), "setup_legal_bases"),
    "roles": (gettext_lazy("Hosts and organisers"), "setup_roles"),
    "leading_group": (gettext_lazy("Leading group"), "setup_leading_group"),
    "tasks": (gettext_lazy("Tasks"), "setup_tasks"),
    "ceremonies": (gettext_lazy("Launch and closing"), "setup_ceremonies"),
    "brands": (gettext_lazy("Brands and series"), "setup_brands"),
    "channels": (gettext_lazy("Publicity channels"), "setup_channels"),
}
State = Programme.State


@dataclass(frozen=True)
class PartLink:
    """A part of the set-up with its name and the address of its page."""

    part: Part
    name: Any
    url: str

    @property
    def sentences(self) -> tuple[str, ...]:
        return self.part.missing + self.part.open

    @property
    def has_count(self) -> bool:
        return self.part.code != "basics"


@needs(Action.SET_UP_PROGRAMME)
def new(request: HttpRequest) -> HttpResponse:
    """A programme from nothing; the page also leads to copying an earlier one."""
    organisations = Organisation.objects.filter(path__in=reach(request.user, Action.SET_UP_PROGRAMME))
    form = NewProgrammeForm(
        request.POST or None,
        initial={"year": local_day(now()).year},
        organisations=organisations.order_by("path", "pk"),
    )
    if form.is_valid():
        answers = form.cleaned_data
        try:
            made = set_up_programme(
                organisation=answers["organisation"],
                code=answers["code"],
                details=form.details(),
                by=staff(request),
                at=now(),
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The programme is set up as a draft. Nobody else sees it yet."))
            return redirect("workspace:programme_setup", made.code)
    found = programmes_in_reach(request.user, Action.SET_UP_PROGRAMME)
    earlier = [programme for programme, part in found if not part]
    return parts.form_page(request, "workspace/setup/new.html", form, earlier=earlier)


@needs(Action.SET_UP_PROGRAMME)
def overview(request: HttpRequest, code: str) -> HttpResponse:
    """What there is, and what is missing before the programme can be published."""
    programme = programme_to_set_up_or_404(request.user, code)
    links = [PartLink(part, PAGES[part.code][0], page_of(programme, part)) for part in parts_of(programme)]
    is_over = programme.is_over_on(local_day(now()))
    context = {
        "programme": programme,
        "links": links,
        "missing_count": sum(len(link.part.missing) for link in links),
        "steps": programme.steps.select_related("by").order_by("at", "pk"),
        "may_publish": programme.state == State.DRAFT,
        "may_close": programme.state == State.PUBLISHED and is_over,
        **state_of(programme),
    }
    return render(request, "workspace/setup/overview.html", context)


def page_of(programme: Programme, part: Part) -> str:
    return reverse(f"workspace:{PAGES[part.code][1]}", args=[programme.code])


@needs(Action.SET_UP_PROGRAMME)
def basics(request: HttpRequest, code: str) -> HttpResponse:
    """Names, theme and days; when somebody else saved meanwhile both texts are shown and nothing is lost."""
    programme = programme_to_set_up_or_404(request.user, code)
    form = ProgrammeForm(request.POST or None, initial=initial_of_programme(programme))
    differences = None
    if form.is_valid():
        read = form.cleaned_data["version"] or 0
        try:
            edit_programme(programme, details=form.details(), version=read, by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
            stored = initial_of_programme(programme)
            differences = form.differences(stored) if refusal.code == "changed_meanwhile" else None
        else:
            messages.success(request, _("Saved."))
            return redirect("workspace:programme_setup", code)
    context = {"programme": programme, "differences": differences, **state_of(programme)}
    return parts.form_page(request, "workspace/setup/basics.html", form, **context)


@needs(Action.SET_UP_PROGRAMME)
def leading_group(request: HttpRequest, code: str) -> HttpResponse:
    """The group itself; its seats and liaison officers have pages of their own."""
    programme = programme_to_set_up_or_404(request.user, code)
    group = leading_group_of(programme)
    stored = {"name": group.name, "name_en": group.name_en, "office": name_of(group.office)} if group else {}
    form = LeadingGroupForm(request.POST or None, initial={**stored, "version": programme.version})
    differences = None
    if form.is_valid():
        answers = {name: form.cleaned_data[name] for name in ("name", "name_en", "office")}
        read = form.cleaned_data["version"] or 0
        try:
            set_up_leading_group(programme, **answers, version=read, by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
            differences = form.differences(stored) if refusal.code == "changed_meanwhile" else None
        else:
            messages.success(request, _("Saved."))
            return redirect("workspace:setup_leading_group", code)
    context = {
        "programme": programme,
        "group": group,
        "members": members_of(group) if group else [],
        "liaison_count": group.liaisons.count() if group else 0,
        "differences": differences,
        **state_of(programme),
    }
    return parts.form_page(request, "workspace/setup/leading_group.html", form, **context)


@needs(Action.SET_UP_PROGRAMME)
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Check everything once more, then show it to everybody."""
    programme = programme_to_set_up_or_404(request.user, code)
    back = reverse("workspace:programme_setup", args=[code])
    if request.method == "POST":
        return parts.pressed(
            request,
            lambda: publish_with_figures(programme, version_in(request), staff(request)),
            back=back,
            done=_("The programme is published."),
        )
    group = leading_group_of(programme)
    context = {
        "programme": programme,
        "missing": missing_for_programme(programme),
        "advice": [sentence for part in parts_of(programme) for sentence in part.open],
        "legal_bases": legal_bases_of(programme),
        "roles": roles_in(programme),
        "group": group,
        "members": members_of(group) if group else [],
        "tasks": tasks_of(programme),
        "back": back,
        "fits": programme.state == State.DRAFT,
    }
    return render(request, "workspace/setup/publish.html", context)


@transaction.atomic
def publish_with_figures(programme: Programme, version: int, by: User) -> None:
    """Published together with the figures that its pages and its work summary show."""
    name_standard_figures(publish_programme(programme, version=version, by=by, at=now()))


@needs(Action.SET_UP_PROGRAMME)
def close(request: HttpRequest, code: str) -> HttpResponse:
    programme = programme_to_set_up_or_404(request.user, code)
    back = reverse("workspace:programme_setup", args=[code])
    if request.method == "POST":
        return parts.pressed(
            request,
            lambda: close_programme(programme, by=staff(request), at=now()),
            back=back,
            done=_("The programme is closed."),
        )
    is_over = programme.is_over_on(local_day(now()))
    fits = programme.state == State.PUBLISHED and is_over
    return render(request, "workspace/setup/close.html", {"programme": programme, "fits": fits, "back": back})
