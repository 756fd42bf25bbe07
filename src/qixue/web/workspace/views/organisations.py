"""The tree of organisations in the viewer's reach: find one, see it, add, edit and move."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.directory import organisations_above, organisations_wanted, roles_in, with_counts
from qixue.people.models import Organisation
from qixue.people.operations.organisations import create_organisation, edit_organisation, move_organisation
from qixue.people.queries import organisations_for
from qixue.people.rules import Action, giver, may_move, reach
from qixue.places.models import Region
from qixue.web import parts, table_files
from qixue.web.table_files import PageTable
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.act import Act, act_page, way_to
from qixue.web.workspace.forms.organisations import (
    FindOrganisationsForm,
    MoveForm,
    NewOrganisationForm,
    OrganisationForm,
    initial_of,
)
from qixue.web.workspace.reach.people import organisation_or_404, organisation_to_move_or_404
from qixue.web.workspace.tables.people import organisations_table

PER_PAGE = 50
CHILDREN_SHOWN = 100


@needs(Action.MANAGE_ORGANISATIONS)
def organisations(request: HttpRequest) -> HttpResponseBase:
    """Everything in the viewer's part of the tree, narrowed by name, kind and place."""
    all_of_them = organisations_for(request.user, Action.MANAGE_ORGANISATIONS)
    counties = Region.objects.filter(level=Region.Level.COUNTY).order_by("path", "pk")
    form = FindOrganisationsForm(request.GET, places=counties)
    wanted = form.wanted()
    found = with_counts(organisations_wanted(request.user, wanted), now())
    page = parts.paginate(request, found, PER_PAGE)
    top = all_of_them.first()
    context = {
        "form": form,
        "page": page,
        "is_narrowed": bool(wanted.text or wanted.kind or wanted.region),
        "top": top,
        "top_depth": top.depth if top else 0,
    }
    table = PageTable("organisations", lambda: organisations_table(found))
    return table_files.page(request, "workspace/organisations/list.html", context, table)


@needs(Action.MANAGE_ORGANISATIONS)
def organisation(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One organisation: what is known, who holds which role in it since when, and what stands right below it."""
    found, at = organisation_or_404(request.user, pk, Action.MANAGE_ORGANISATIONS), now()
    children = with_counts(Organisation.objects.filter(parent=found), at).order_by("path", "pk")
    viewer, paths = giver(request.user), reach(request.user, Action.MANAGE_ORGANISATIONS)
    above = organisations_above(found)
    context = {
        "organisation": found,
        "aliases": found.aliases.order_by("pk"),
        "above": [(each, any(each.path.startswith(path) for path in paths)) for each in above],
        "roles": [(each, viewer.may_give(each.role, found)) for each in roles_in(found, at)],
        "children": children[:CHILDREN_SHOWN],
        "children_count": children.count(),
        "may_move": may_move(request.user, found),
    }
    table = PageTable("organisations", lambda: organisations_table(children))
    return table_files.page(request, "workspace/organisations/detail.html", context, table)


@needs(Action.MANAGE_ORGANISATIONS)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """One more, right below this one."""
    parent = organisation_or_404(request.user, pk, Action.MANAGE_ORGANISATIONS)
    form = NewOrganisationForm(request.POST or None, parent=parent)
    if form.is_valid():
        answers = form.cleaned_data
        try:
            made = create_organisation(
                parent,
                facts=form.facts(),
                code=answers["code"],
                by=staff(request),
                at=now(),
                client_uuid=answers["client_uuid"],
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The organisation is added. Now invite its people."))
            return redirect("workspace:organisation", made.pk)
    return parts.form_page(request, "workspace/organisations/form.html", form, parent=parent)


@needs(Action.MANAGE_ORGANISATIONS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known; when somebody else saved meanwhile both are shown and nothing is lost."""
    found = organisation_or_404(request.user, pk, Action.MANAGE_ORGANISATIONS)
    form = OrganisationForm(
        request.POST or None,
        initial=initial_of(found),
        parent=found.parent,
        kept=found.region,
        is_own=not may_move(request.user, found),
    )
    differences = None
    if form.is_valid():
        answers = form.cleaned_data
        version = answers["version"] or 0
        try:
            edit_organisation(
                found, facts=form.facts(), aliases=answers["aliases"], version=version, by=staff(request), at=now()
            )
        except Refused as refusal:
            form.refuse(refusal)
            differences = form.differences(initial_of(found)) if refusal.code == "changed_meanwhile" else None
        else:
            messages.success(request, _("Saved."))
            return redirect("workspace:organisation", pk)
    context = {"organisation": found, "differences": differences}
    return parts.form_page(request, "workspace/organisations/form.html", form, **context)


@needs(Action.MANAGE_ORGANISATIONS)
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Under another organisation, with everything below it."""
    found = organisation_to_move_or_404(request.user, pk)
    places = organisations_for(request.user, Action.MANAGE_ORGANISATIONS).exclude(path__startswith=found.path)
    form = MoveForm(request.POST or None, organisations=places)
    below = Organisation.objects.within(found).count() - 1
    act = Act(
        title=_("Move in the tree"),
        about=found.local_name,
        lead=words_before_move(found, below),
        button=_("Move"),
        done=_("The organisation stands in its new place."),
        back=reverse("workspace:organisation", args=[pk]),
        crumbs=way_to(found),
    )
    return act_page(
        request,
        form,
        act,
        lambda: move_organisation(found, parent=form.cleaned_data["parent"], by=staff(request), at=now()),
    )


def words_before_move(organisation: Organisation, below: int) -> str:
    """Where it stands, and what goes along."""
    stands = _("It stands below %(parent)s now.") % {
        "parent": organisation.parent.local_name if organisation.parent else "—"
    }
    goes = ngettext(
        "%(below)s organisation below it goes along, with people, plans and records. Who coordinates the new place "
        "reaches all of it.",
        "%(below)s organisations below it go along, with people, plans and records. Who coordinates the new place "
        "reaches all of it.",
        below,
    )
    return f"{stands} {goes % {'below': below}}"
