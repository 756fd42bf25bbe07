"""Two people at the same moment: no circle in the tree, somebody left in charge, one account per invitation."""

import pytest
from tests.at_once import at_once
from tests.factories import NOON, OrganisationFactory, RoleAssignmentFactory, key

from qixue.people.models import Organisation, Role, RoleAssignment, User
from qixue.people.operations.invitations import Invited, NewAccount, invite_person, join
from qixue.people.operations.organisations import move_organisation
from qixue.people.operations.roles import end_role

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_moves_at_once_make_no_circle() -> None:
    top = OrganisationFactory(code="top")
    by = RoleAssignmentFactory(organisation=top, role=Role.COORDINATOR).user
    one, other = OrganisationFactory(code="one", parent=top), OrganisationFactory(code="other", parent=top)

    outcomes = at_once(
        lambda: move_organisation(one, parent=other, by=by, at=NOON),
        lambda: move_organisation(other, parent=one, by=by, at=NOON),
    )

    assert outcomes == ["circle", "done"]
    assert sorted(Organisation.objects.values_list("path", flat=True)) in (
        ["top/", "top/one/", "top/one/other/"],
        ["top/", "top/other/", "top/other/one/"],
    )


def test_two_coordinators_who_end_each_other_leave_one() -> None:
    top = OrganisationFactory(code="top")
    one, other = (RoleAssignmentFactory(organisation=top, role=Role.COORDINATOR) for _ in "ab")

    outcomes = at_once(
        lambda: end_role(one, by=other.user, at=NOON),
        lambda: end_role(other, by=one.user, at=NOON),
    )

    assert outcomes == ["done", "may_not_give_role"]
    assert RoleAssignment.objects.current().count() == 1


def test_link_opened_twice_at_once_makes_one_account() -> None:
    top = OrganisationFactory(code="top")
    by = RoleAssignmentFactory(organisation=top, role=Role.COORDINATOR).user
    invited = Invited(name="王芳", role=Role.CADRE, mobile="13900000000")
    invitation = invite_person(top, invited=invited, by=by, at=NOON, client_uuid=key())
    accounts = [NewAccount(username=f"wang-{number}", password="茶园 2026 春天 明前", name="王芳") for number in "12"]

    outcomes = at_once(
        lambda: join(invitation, account=accounts[0], at=NOON),
        lambda: join(invitation, account=accounts[1], at=NOON),
    )

    assert outcomes == ["done", "invitation_over"]
    assert User.objects.filter(display_name="王芳").count() == 1
