"""Roles given and ended, and accounts closed: at once, by those who may, and never the last one in charge."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import NOON, OrganisationFactory, ResidentFactory, RoleAssignmentFactory, UserFactory
from time_machine import travel

from qixue.core.models import AuditEntry
from qixue.core.refusal import Doubt, Refused
from qixue.people.models import ApiToken, Notification, Organisation, Role, RoleAssignment
from qixue.people.operations.roles import close_account, end_role, give_role
from qixue.people.queries import user_of_token
from qixue.people.rules import Action, may, may_give_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> Organisation:
    return OrganisationFactory(code="city")


@pytest.fixture
def county(city: Organisation) -> Organisation:
    return OrganisationFactory(code="county", parent=city)


@pytest.fixture
def lead(city: Organisation) -> RoleAssignment:
    return RoleAssignmentFactory(organisation=city, role=Role.COORDINATOR)


def test_role_is_given_told_and_recorded_once(county: Organisation, lead: RoleAssignment) -> None:
    person = UserFactory()

    given = [give_role(person, role=Role.CADRE, organisation=county, by=lead.user, at=NOON) for _ in "ab"]

    assert given[0] == given[1]
    assert (given[0].granted_by, given[0].granted_at) == (lead.user, NOON)
    assert Notification.objects.get(user=person).kind == "role_given"
    assert AuditEntry.objects.filter(action="role.given").count() == 1


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.AUDITOR, Role.TREASURER])
def test_only_coordinators_give_roles(county: Organisation, role: Role) -> None:
    giver = RoleAssignmentFactory(organisation=county, role=role).user

    assert not any(may_give_role(giver, wanted, county) for wanted in Role)


def test_nobody_gives_a_role_outside_of_their_part(city: Organisation, county: Organisation) -> None:
    giver = RoleAssignmentFactory(organisation=county, role=Role.COORDINATOR).user

    with pytest.raises(Refused) as refused:
        give_role(UserFactory(), role=Role.CADRE, organisation=city, by=giver, at=NOON)

    assert refused.value.code == "may_not_give_role"


def test_ended_role_is_refused_on_the_next_request(county: Organisation, lead: RoleAssignment) -> None:
    held = RoleAssignmentFactory(organisation=county, role=Role.ORGANISER)
    client = Client()
    client.force_login(held.user)
    before = client.get(reverse("workspace:activities")).status_code

    ended = end_role(held, by=lead.user, at=NOON)

    assert (before, client.get(reverse("workspace:activities")).status_code) == (200, 403)
    assert (ended.ended_at, ended.ended_by) == (NOON, lead.user)
    assert Notification.objects.get(user=held.user).kind == "role_ended"


def test_last_coordinator_of_the_top_cannot_be_ended(lead: RoleAssignment) -> None:
    with pytest.raises(Refused) as refused:
        end_role(lead, by=lead.user, at=NOON, confirmed=True)

    assert refused.value.code == "last_coordinator"


def test_second_coordinator_of_the_top_can_be_ended(city: Organisation, lead: RoleAssignment) -> None:
    second = RoleAssignmentFactory(organisation=city, role=Role.COORDINATOR)

    assert end_role(second, by=lead.user, at=NOON).ended_at == NOON


def test_last_coordinator_below_is_asked_about(county: Organisation, lead: RoleAssignment) -> None:
    held = RoleAssignmentFactory(organisation=county, role=Role.COORDINATOR)

    with pytest.raises(Doubt) as doubt:
        end_role(held, by=lead.user, at=NOON)

    assert doubt.value.code == "last_here"
    assert end_role(held, by=lead.user, at=NOON, confirmed=True).ended_at == NOON


def test_own_role_is_asked_about(city: Organisation, lead: RoleAssignment) -> None:
    RoleAssignmentFactory(organisation=city, role=Role.COORDINATOR)

    with pytest.raises(Doubt) as doubt:
        end_role(lead, by=lead.user, at=NOON)

    assert doubt.value.code == "own_role"


def test_own_role_as_the_last_here_is_asked_about_at_once(county: Organisation, lead: RoleAssignment) -> None:
    held = RoleAssignmentFactory(organisation=county, role=Role.COORDINATOR)

    with pytest.raises(Doubt) as doubt:
        end_role(held, by=held.user, at=NOON)

    assert [doubt.value.code, *(line.code for line in doubt.value.lines)] == ["own_role", "last_here"]


def test_closed_account_has_no_roles_no_token_no_session(county: Organisation, lead: RoleAssignment) -> None:
    held = RoleAssignmentFactory(
        organisation=county, user=UserFactory(email="a@example.cn", mobile="13900000000"), role=Role.ORGANISER
    )
    ApiToken.objects.create(
        user=held.user, name="报表", digest=ApiToken.digest_of("qx_a"), expires_at=NOON + datetime.timedelta(days=9)
    )
    client = Client()
    client.force_login(held.user)

    closed = close_account(held.user, by=lead.user, at=NOON)

    held.refresh_from_db()
    assert (closed.is_active, closed.email, closed.mobile) == (False, "", "")
    assert (held.ended_at, held.ended_by) == (NOON, lead.user)
    assert ApiToken.objects.get().revoked_at == NOON
    assert user_of_token("qx_a", at=NOON) is None
    assert client.get(reverse("workspace:home")).status_code == 302
    assert closed.display_name == held.user.display_name


def test_account_with_a_role_elsewhere_is_not_closed(county: Organisation) -> None:
    by = RoleAssignmentFactory(organisation=county, role=Role.COORDINATOR).user
    held = RoleAssignmentFactory(organisation=county, role=Role.ORGANISER)
    RoleAssignmentFactory(user=held.user, organisation=OrganisationFactory())

    with pytest.raises(Refused) as refused:
        close_account(held.user, by=by, at=NOON)

    held.refresh_from_db()
    assert (refused.value.code, held.ended_at) == ("outside_reach", None)


def test_account_without_roles_is_closed_only_where_all_of_them_were(
    county: Organisation, lead: RoleAssignment
) -> None:
    by = RoleAssignmentFactory(organisation=county, role=Role.COORDINATOR).user
    here = RoleAssignmentFactory(organisation=county, ended_at=NOON)
    both = RoleAssignmentFactory(organisation=county, ended_at=NOON).user
    RoleAssignmentFactory(user=both, organisation=lead.organisation, ended_at=NOON)

    for person in (UserFactory(), both):
        with pytest.raises(Refused) as refused:
            close_account(person, by=by, at=NOON)
        assert refused.value.code == "outside_reach"
    closed = [close_account(here.user, by=by, at=NOON), close_account(both, by=lead.user, at=NOON)]

    assert [each.is_active for each in closed] == [False, False]


def test_account_of_a_resident_is_not_closed(county: Organisation, lead: RoleAssignment) -> None:
    held = RoleAssignmentFactory(organisation=county, role=Role.DOOR_VOLUNTEER)
    ResidentFactory(user=held.user)

    with pytest.raises(Refused) as refused:
        close_account(held.user, by=lead.user, at=NOON)

    assert refused.value.code == "takes_part"


def test_nobody_closes_their_own_account(lead: RoleAssignment) -> None:
    with pytest.raises(Refused) as refused:
        close_account(lead.user, by=lead.user, at=NOON)

    assert refused.value.code == "own_account"


def test_closed_account_gets_no_role(county: Organisation, lead: RoleAssignment) -> None:
    with pytest.raises(Refused) as refused:
        give_role(UserFactory(is_active=False), role=Role.CADRE, organisation=county, by=lead.user, at=NOON)

    assert refused.value.code == "account_closed"


def test_role_ends_for_those_who_stand_in_too(county: Organisation, lead: RoleAssignment) -> None:
    held = RoleAssignmentFactory(organisation=county, role=Role.ORGANISER)
    stand_in = RoleAssignmentFactory(
        organisation=county,
        role=Role.ORGANISER,
        stands_in_for=held,
        begins_at=NOON,
        expires_at=NOON + datetime.timedelta(days=3),
    )

    with travel(NOON, tick=False):
        before = may(stand_in.user, Action.EDIT_ACTIVITY, county)
        end_role(held, by=lead.user, at=NOON)
        after = may(stand_in.user, Action.EDIT_ACTIVITY, county)

    assert (before, after) == (True, False)
