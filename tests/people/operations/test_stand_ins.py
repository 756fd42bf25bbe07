"""Stand-ins and hand-overs: what somebody who is away, or goes, leaves behind, and to whom."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.factories import NOON, OrganisationFactory, RoleAssignmentFactory, UserFactory, key
from time_machine import travel

from qixue.core.models import AuditEntry
from qixue.core.refusal import Refused
from qixue.people.models import HandOver, Invitation, Notification, Organisation, Role, RoleAssignment, User
from qixue.people.operations.hand_overs import hand_over
from qixue.people.operations.invitations import Invited, invite_person
from qixue.people.operations.roles import give_role
from qixue.people.operations.stand_ins import arrange_stand_in, close_run_out, end_stand_in
from qixue.people.queries import people_in_charge
from qixue.people.rules import Action, is_vouched_for, may, may_give_role

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
DAY = datetime.timedelta(days=1)


@pytest.fixture
def county() -> Organisation:
    return OrganisationFactory(code="county", parent=OrganisationFactory(code="city"))


@pytest.fixture
def held(county: Organisation) -> RoleAssignment:
    return RoleAssignmentFactory(organisation=county, role=Role.COORDINATOR)


def colleague_of(held: RoleAssignment) -> User:
    """Somebody on the staff of the same organisation."""
    return RoleAssignmentFactory(organisation=held.organisation, role=Role.CADRE).user


def arranged(held: RoleAssignment, **changes: Any) -> RoleAssignment:
    values = {"first": TODAY, "last": TODAY + 2 * DAY, "by": held.user, "at": NOON, **changes}
    return arrange_stand_in(held, **{"stand_in": colleague_of(held), **values})


def test_stand_in_holds_the_role_from_the_first_to_the_last_day(held: RoleAssignment, county: Organisation) -> None:
    stand_in = arranged(held, first=TODAY + DAY)
    moments = [NOON, NOON + DAY, NOON + 2 * DAY, NOON + 3 * DAY]

    answers = []
    for moment in moments:
        with travel(moment, tick=False):
            answers.append(may(stand_in.user, Action.FILE_PLAN, county))

    assert answers == [False, True, True, False]


def test_both_are_told_and_both_are_in_charge(held: RoleAssignment, county: Organisation) -> None:
    stand_in = arranged(held)

    with travel(NOON, tick=False):
        in_charge = people_in_charge(county, Action.APPROVE_PLAN)

    assert in_charge == [held.user, stand_in.user]
    assert set(Notification.objects.values_list("user", "kind")) == {
        (held.user_id, "stand_in_arranged"),
        (stand_in.user_id, "stand_in_arranged"),
    }


def test_stand_in_ends_by_itself_and_both_are_told_once(held: RoleAssignment) -> None:
    stand_in = arranged(held)
    later = NOON + 5 * DAY

    done = [close_run_out(at=later), close_run_out(at=later)]

    stand_in.refresh_from_db()
    assert done == [1, 0]
    assert stand_in.ended_at == stand_in.expires_at
    assert Notification.objects.filter(kind="stand_in_ended").count() == 2


@pytest.mark.parametrize("who", ["holder", "stand_in", "manager"])
def test_stand_in_can_be_taken_back_at_any_time(held: RoleAssignment, county: Organisation, who: str) -> None:
    stand_in = arranged(held)
    manager = RoleAssignmentFactory(organisation=county.parent, role=Role.COORDINATOR).user
    by = {"holder": held.user, "stand_in": stand_in.user, "manager": manager}[who]

    with travel(NOON, tick=False):
        ended = end_stand_in(stand_in, by=by, at=NOON)
        answer = may(stand_in.user, Action.FILE_PLAN, county)

    assert (ended.ended_at, ended.ended_by, answer) == (NOON, by, False)


def test_nobody_else_ends_a_stand_in(held: RoleAssignment) -> None:
    stand_in = arranged(held)

    with pytest.raises(Refused) as refused:
        end_stand_in(stand_in, by=UserFactory(), at=NOON)

    assert refused.value.code == "may_not_end"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"last": TODAY - DAY}, "days_wrong"),
        ({"first": TODAY - 3 * DAY, "last": TODAY - DAY}, "days_wrong"),
        ({"last": TODAY + 200 * DAY}, "too_long"),
    ],
)
def test_days_that_cannot_be_meant_are_refused(held: RoleAssignment, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        arranged(held, **changes)

    assert refused.value.code == code


def test_two_at_the_same_time_are_refused_and_the_same_again_is_not(held: RoleAssignment) -> None:
    first = arranged(held)

    assert arranged(held, stand_in=first.user) == first
    with pytest.raises(Refused) as refused:
        arranged(held)
    assert refused.value.code == "stands_in_already"


def test_stand_in_cannot_stay_for_good(held: RoleAssignment, county: Organisation) -> None:
    stand_in = arranged(held)

    with travel(NOON, tick=False):
        may_give = {role: may_give_role(stand_in.user, role, county) for role in Role}
        with pytest.raises(Refused) as passed_on:
            arranged(stand_in, by=stand_in.user)
        with pytest.raises(Refused) as given:
            give_role(stand_in.user, role=Role.COORDINATOR, organisation=county, by=stand_in.user, at=NOON)

    assert may_give == {role: role != Role.COORDINATOR for role in Role}
    assert (passed_on.value.code, given.value.code) == ("not_own_role", "may_not_give_role")


def test_role_goes_to_nobody_from_elsewhere(held: RoleAssignment) -> None:
    for stranger in (UserFactory(), RoleAssignmentFactory().user):
        with pytest.raises(Refused) as stood_in:
            arranged(held, stand_in=stranger)
        with pytest.raises(Refused) as handed_over:
            hand_over(held, successor=stranger, note="", by=held.user, at=NOON)
        assert [stood_in.value.code, handed_over.value.code] == ["not_a_colleague"] * 2


def test_stand_in_without_days_is_refused_by_the_database(held: RoleAssignment) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignmentFactory(organisation=held.organisation, stands_in_for=held)


def test_role_goes_to_the_successor_with_a_note(held: RoleAssignment, county: Organisation) -> None:
    successor = colleague_of(held)
    done = [hand_over(held, successor=successor, note="钥匙在门卫处", by=held.user, at=NOON) for _ in "ab"]

    held.refresh_from_db()
    assert done[0] == done[1] == HandOver.objects.get()
    assert (held.ended_at, done[0].taken.user, done[0].note) == (NOON, successor, "钥匙在门卫处")
    assert not may(held.user, Action.FILE_PLAN, county)
    assert may(successor, Action.FILE_PLAN, county)
    told = Notification.objects.filter(kind="role_handed_over").values_list("user", flat=True)
    assert set(told) == {held.user_id, successor.pk}
    assert AuditEntry.objects.filter(action="role.handed_over").count() == 1


def unread(user: Any, kind: str) -> None:
    Notification.objects.create(user=user, kind=kind, created_at=NOON, key=kind, params={})


def test_unread_work_goes_along_when_nothing_else_is_left(held: RoleAssignment) -> None:
    successor = colleague_of(held)
    unread(held.user, "plan_submitted")
    unread(held.user, "role_given")

    hand_over(held, successor=successor, note="", by=held.user, at=NOON)

    assert set(Notification.objects.filter(user=successor).values_list("kind", flat=True)) == {
        "plan_submitted",
        "role_handed_over",
    }


def test_unread_work_stays_with_somebody_who_has_another_role(held: RoleAssignment) -> None:
    successor = colleague_of(held)
    RoleAssignmentFactory(user=held.user)
    unread(held.user, "plan_submitted")

    hand_over(held, successor=successor, note="", by=held.user, at=NOON)

    assert not Notification.objects.filter(user=successor, kind="plan_submitted").exists()


def test_unread_work_of_a_role_held_elsewhere_stays(held: RoleAssignment, county: Organisation) -> None:
    successor = colleague_of(held)
    RoleAssignmentFactory(user=held.user, organisation=OrganisationFactory(parent=county), ended_at=NOON + DAY)
    RoleAssignmentFactory(user=held.user, organisation=county.parent, ended_at=NOON)
    for kind, created_at in [("plan_submitted", NOON - DAY), ("plan_approved", NOON + DAY)]:
        Notification.objects.create(user=held.user, kind=kind, created_at=created_at, key=kind, params={})

    hand_over(held, successor=successor, note="", by=held.user, at=NOON + 2 * DAY)

    passed_on = Notification.objects.filter(user=successor, kind__startswith="plan").values_list("kind", flat=True)
    assert list(passed_on) == ["plan_approved"]


def test_open_invitations_go_along(held: RoleAssignment, county: Organisation) -> None:
    invited = Invited(name="王芳", role=Role.CADRE, mobile="13900000000")
    invite_person(county, invited=invited, by=held.user, at=NOON, client_uuid=key())
    successor = colleague_of(held)

    hand_over(held, successor=successor, note="", by=held.user, at=NOON)

    invitation = Invitation.objects.get()
    assert (invitation.invited_by, is_vouched_for(invitation)) == (successor, True)


def test_role_of_somebody_else_is_not_handed_over(held: RoleAssignment) -> None:
    with pytest.raises(Refused) as refused:
        hand_over(held, successor=colleague_of(held), note="", by=UserFactory(), at=NOON)

    assert refused.value.code == "not_own_role"
