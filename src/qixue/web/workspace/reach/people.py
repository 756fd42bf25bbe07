"""Organisations, people, roles and invitations, as far as the viewer reaches; the rest looks like it did not exist."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from qixue.people.directory import invitations_in_reach, own_roles, person_in_reach, roles_in_reach, told_of
from qixue.people.models import ApiToken, Invitation, Organisation, Role, RoleAssignment, User
from qixue.people.operations.stand_ins import may_end_stand_in
from qixue.people.queries import organisations_for
from qixue.people.rules import Action, giver, may_give_role, may_move


def organisation_or_404(user: Any, pk: int, action: Action) -> Organisation:
    reached = organisations_for(user, action).select_related("region", "parent__region")
    return get_object_or_404(reached, pk=pk)


def organisation_to_move_or_404(user: Any, pk: int) -> Organisation:
    organisation = organisation_or_404(user, pk, Action.MANAGE_ORGANISATIONS)
    if not may_move(user, organisation):
        raise Http404
    return organisation


def person_or_404(user: Any, pk: int) -> User:
    return get_object_or_404(person_in_reach(user), pk=pk)


def role_or_404(user: Any, pk: int) -> RoleAssignment:
    """A role that the viewer may end."""
    role = get_object_or_404(roles_in_reach(user), pk=pk)
    if not may_give_role(user, role.role, role.organisation):
        raise Http404
    return role


def invitation_or_404(user: Any, pk: int) -> Invitation:
    return get_object_or_404(invitations_in_reach(user), pk=pk)


def own_role_or_404(user: User, pk: int) -> RoleAssignment:
    """A role that the viewer holds in their own right."""
    return get_object_or_404(own_roles(user).current().lasting(), pk=pk)


def stand_in_or_404(user: User, pk: int) -> RoleAssignment:
    """A stand-in that the viewer may end."""
    stand_in = get_object_or_404(told_of(RoleAssignment.objects.filter(stands_in_for__isnull=False)), pk=pk)
    if not may_end_stand_in(stand_in, user):
        raise Http404
    return stand_in


def own_token_or_404(user: User, pk: int) -> ApiToken:
    return get_object_or_404(ApiToken, user=user, pk=pk)


def roles_to_give(user: Any, organisation: Organisation) -> list[str]:
    """The roles that the viewer may give there."""
    viewer = giver(user)
    return [role.value for role in Role if viewer.may_give(role, organisation)]
