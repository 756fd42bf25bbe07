"""People in the viewer's part of the tree: who holds which role, giving and ending one, closing an account."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.names import by_name
from qixue.people.directory import people_in_reach, with_roles
from qixue.people.models import User
from qixue.people.operations.roles import close_account, end_role, give_role
from qixue.people.rules import Action, giver
from qixue.report.tables import Table
from qixue.web import parts, table_files
from qixue.web.forms import ConfirmableForm
from qixue.web.table_files import PageTable
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.act import Act, act_page, sent, way_to
from qixue.web.workspace.forms.people import FindPeopleForm, GiveRoleForm
from qixue.web.workspace.reach.people import organisation_or_404, person_or_404, role_or_404, roles_to_give
from qixue.web.workspace.tables.people import roles_table

PER_PAGE = 50


@needs(Action.MANAGE_PEOPLE)
def people(request: HttpRequest) -> HttpResponseBase:
    """Who holds a role in the viewer's part of the tree; with `former`, who held one."""
    form = FindPeopleForm(request.GET)
    text = form.cleaned_data["q"].strip() if form.is_valid() else ""
    is_former = bool(request.GET.get("former"))
    found = people_in_reach(request.user, text=text, former=is_former)
    named = by_name(found, lambda user: user.display_name)
    page = parts.paginate(request, named, PER_PAGE)
    people = told_of_roles(list(page), request.user)
    context = {"form": form, "page": page, "people": people, "text": text, "is_former": is_former}
    table = PageTable("people", lambda: table_of_people(named, request.user, is_former=is_former), staff(request))
    return table_files.page(request, "workspace/people/list.html", {**context, "at": now()}, table)


def told_of_roles(people: Sequence[User], viewer: Any) -> list[User]:
    """In their order, each with the roles that the viewer may see."""
    told = with_roles(User.objects.filter(pk__in=[user.pk for user in people]), viewer).in_bulk()
    return [told[user.pk] for user in people]


def table_of_people(people: Sequence[User], viewer: Any, *, is_former: bool) -> Table:
    return roles_table(told_of_roles(people, viewer), is_former=is_former)


@needs(Action.MANAGE_PEOPLE)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person with the roles that the viewer may see, former ones too."""
    found = with_roles(User.objects.filter(pk=person_or_404(request.user, pk).pk), request.user).get()
    viewer = giver(request.user)
    roles = [
        (each, each.ended_at is None and viewer.may_give(each.role, each.organisation))
        for each in found.seen_roles  # type: ignore[attr-defined]  # prefetched by with_roles
    ]
    context = {"person": found, "roles": roles, "is_self": found.pk == staff(request).pk}
    return render(request, "workspace/people/detail.html", context)


@needs(Action.MANAGE_PEOPLE)
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """A role in this organisation for somebody who has an account in the viewer's part of the tree."""
    organisation = organisation_or_404(request.user, pk, Action.MANAGE_PEOPLE)
    reached = people_in_reach(request.user)
    form = GiveRoleForm(request.POST or None, people=reached, roles=roles_to_give(request.user, organisation))
    act = Act(
        title=_("Give a role"),
        about=organisation.local_name,
        lead=_("To somebody who has an account in your part of the tree. For anybody else, send an invitation."),
        button=_("Give the role"),
        done=_("The role is given."),
        back=reverse("workspace:organisation", args=[pk]),
        crumbs=way_to(organisation),
    )

    def do() -> None:
        answers = form.cleaned_data
        give_role(answers["person"], role=answers["role"], organisation=organisation, by=staff(request), at=now())

    return act_page(request, form, act, do)


@needs(Action.MANAGE_PEOPLE)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a role; what would leave an organisation, or oneself, without one is asked about once more."""
    role = role_or_404(request.user, pk)
    form = sent(request, ConfirmableForm)
    act = Act(
        title=_("End this role"),
        about=f"{role.user.display_name} · {role.get_role_display()} · {role.organisation.local_name}",
        lead=_("From the next click on it opens nothing any more. What was recorded stays, with the name."),
        button=_("End the role"),
        done=_("The role has ended."),
        back=reverse("workspace:person", args=[role.user_id]),
        then=after_end(staff(request), role.user_id),
        crumbs=to_person(role.user),
    )
    return act_page(
        request,
        form,
        act,
        lambda: end_role(role, by=staff(request), at=now(), confirmed=form.cleaned_data["confirmed"]),
    )


def to_person(person: User) -> tuple[tuple[str, str], ...]:
    """The crumbs of a page about somebody."""
    return (
        (_("People and roles"), reverse("workspace:people")),
        (person.display_name, reverse("workspace:person", args=[person.pk])),
    )


def after_end(user: User, person_pk: int) -> str:
    """Back to the person; whoever ended their own role may not see that page any more."""
    return reverse("workspace:home") if user.pk == person_pk else reverse("workspace:person", args=[person_pk])


@needs(Action.MANAGE_PEOPLE)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody left the service."""
    found = person_or_404(request.user, pk)
    act = Act(
        title=_("Close this account"),
        about=found.display_name,
        lead=_(
            "All roles, keys and sessions end at once, and mail address and mobile number are deleted. Records keep "
            "the name. This cannot be taken back: who returns is invited anew."
        ),
        button=_("Close the account"),
        done=_("The account is closed."),
        back=reverse("workspace:person", args=[pk]),
        crumbs=to_person(found),
    )
    return act_page(
        request, sent(request, ConfirmableForm), act, lambda: close_account(found, by=staff(request), at=now())
    )
