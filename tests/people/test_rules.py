import datetime

import pytest
from tests.factories import NOON, OrganisationFactory, RoleAssignmentFactory, UserFactory

from qixue.people import queries, rules
from qixue.people.models import ApiToken, Role
from qixue.people.rules import Action

pytestmark = pytest.mark.django_db


def test_role_reaches_its_subtree_and_nothing_else() -> None:
    county = OrganisationFactory()
    own, sibling = OrganisationFactory(parent=county), OrganisationFactory(parent=county)
    below = OrganisationFactory(parent=own)
    organiser = RoleAssignmentFactory(organisation=own, role=Role.ORGANISER).user

    reached = [rules.may(organiser, Action.EDIT_ACTIVITY, place) for place in (own, below, sibling, county)]

    assert reached == [True, True, False, False]


def test_code_that_begins_alike_is_not_below() -> None:
    own, neighbour = OrganisationFactory(code="ORG-1x"), OrganisationFactory(code="ORG-1xy")
    organiser = RoleAssignmentFactory(organisation=own).user

    assert not rules.may(organiser, Action.EDIT_ACTIVITY, neighbour)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_table_decides_for_every_role_and_action(role: Role, action: Action) -> None:
    assignment = RoleAssignmentFactory(role=role)

    assert rules.may(assignment.user, action, assignment.organisation) == (role in rules.TABLE[action])


def test_role_that_ended_allows_nothing() -> None:
    assignment = RoleAssignmentFactory(ended_at=NOON)

    assert not rules.may_anywhere(assignment.user, Action.SEE_WORKSPACE)


def test_deactivated_user_may_nothing() -> None:
    assignment = RoleAssignmentFactory(user=UserFactory(is_active=False))

    assert not rules.may(assignment.user, Action.SEE_WORKSPACE, assignment.organisation)


def test_visitor_may_nothing() -> None:
    assert not rules.may(None, Action.SEE_WORKSPACE, OrganisationFactory())


def test_organisations_for_lists_the_reach_in_tree_order() -> None:
    own = OrganisationFactory()
    below = OrganisationFactory(parent=own)
    OrganisationFactory()
    organiser = RoleAssignmentFactory(organisation=own).user

    assert list(queries.organisations_for(organiser, Action.EDIT_ACTIVITY)) == [own, below]


def token(key: str, **changes: object) -> ApiToken:
    values = {
        "user": UserFactory(),
        "name": "报表程序",
        "digest": ApiToken.digest_of(key),
        "expires_at": NOON + datetime.timedelta(days=1),
    }
    return ApiToken.objects.create(**{**values, **changes})


def test_token_leads_to_its_user() -> None:
    stored = token("qx_good")

    assert queries.user_of_token("qx_good", at=NOON) == stored.user


@pytest.mark.parametrize("changes", [{"expires_at": NOON}, {"user__is_active": False}])
def test_expired_token_and_token_of_a_deactivated_user_lead_nowhere(changes: dict) -> None:
    user = UserFactory(is_active=changes.pop("user__is_active", True))
    token("qx_old", user=user, **changes)

    assert queries.user_of_token("qx_old", at=NOON) is None


def test_unknown_token_leads_nowhere() -> None:
    assert queries.user_of_token("qx_never_issued", at=NOON) is None
