"""Two people, or two workers, at the same moment, each in a transaction of their own."""

import datetime

import pytest
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory, RoleAssignmentFactory
from tests.factories_coordination import FollowUpFactory, FollowUpStepFactory
from tests.programme.operations.test_plan_races import at_once

from qixue.core.clock import local_day
from qixue.people.models import Role
from qixue.programme.models import FollowUp, FollowUpStep
from qixue.programme.operations.follow_up_decisions import close_follow_up, send_back_follow_up
from qixue.programme.operations.follow_up_schedule import chase_follow_ups
from qixue.programme.operations.follow_ups import FollowUpDetails, assign_follow_up

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = local_day(NOON)


def kinds() -> list[str]:
    return sorted(FollowUpStep.objects.values_list("kind", flat=True))


def test_closed_and_sent_back_at_once_ends_one_way() -> None:
    bureau = OrganisationFactory()
    people = [RoleAssignmentFactory(organisation=bureau, role=Role.COORDINATOR).user for _number in range(2)]
    item = FollowUpFactory(programme__organisation=bureau, state=FollowUp.State.REPORTED)
    FollowUpStepFactory(follow_up=item, kind="reported", note="已办")

    outcomes = at_once(
        lambda: close_follow_up(item, edit_count=1, by=people[0], at=NOON),
        lambda: send_back_follow_up(item, reason="请补充", edit_count=1, by=people[1], at=NOON),
    )

    item.refresh_from_db()
    assert outcomes == ["changed_meanwhile", "done"]
    assert (item.edit_count, kinds()) in [(2, ["closed", "reported"]), (2, ["reported", "sent_back"])]


def test_one_person_closing_twice_at_once_closes_once() -> None:
    bureau = OrganisationFactory()
    person = RoleAssignmentFactory(organisation=bureau, role=Role.COORDINATOR).user
    item = FollowUpFactory(programme__organisation=bureau, state=FollowUp.State.REPORTED)
    FollowUpStepFactory(follow_up=item, kind="reported", note="已办")

    outcomes = at_once(*[lambda: close_follow_up(item, edit_count=1, by=person, at=NOON)] * 2)

    assert (outcomes, kinds()) == (["done", "done"], ["closed", "reported"])


def test_same_item_assigned_twice_at_once_is_made_once() -> None:
    bureau = OrganisationFactory()
    person = RoleAssignmentFactory(organisation=bureau, role=Role.COORDINATOR).user
    programme, owner = ProgrammeFactory(organisation=bureau), OrganisationFactory(parent=bureau)
    details = FollowUpDetails(owner=owner, title="报送方案", due_on=TODAY)

    outcomes = at_once(*[lambda: assign_follow_up(programme, details=details, by=person, at=NOON)] * 2)

    assert (outcomes, FollowUp.objects.count(), kinds()) == (["done", "done"], 1, ["assigned"])


def test_two_workers_at_once_remind_and_escalate_once() -> None:
    bureau = OrganisationFactory()
    RoleAssignmentFactory(organisation=bureau, role=Role.COORDINATOR)
    yesterday = TODAY - datetime.timedelta(days=1)
    FollowUpFactory(programme__organisation=bureau, due_on=yesterday, told_on=yesterday)

    at_once(*[lambda: chase_follow_ups(at=NOON)] * 2)

    assert kinds() == ["escalated", "reminded"]
