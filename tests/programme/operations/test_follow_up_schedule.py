"""Reminders and escalation: the rhythm of docs/how-to/follow-up.md, whatever the worker does in between."""

import datetime

import pytest
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory, RoleAssignmentFactory
from tests.factories_coordination import FollowUpFactory

from qixue.core.clock import local_day
from qixue.core.models import OutboxMessage
from qixue.people.models import Notification, Organisation, QuietHours, Role
from qixue.programme.models import FollowUp, Programme
from qixue.programme.operations.follow_up_schedule import chase_follow_ups
from qixue.programme.operations.follow_ups import hand_over_follow_up, report_follow_up

pytestmark = pytest.mark.django_db
TODAY = local_day(NOON)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def ladder() -> list[Organisation]:
    """Four levels, each with a coordinator: the province above the assigner, the assigner, a county, a town."""
    places: list[Organisation] = []
    for code in ("province", "city", "county", "town"):
        places.append(OrganisationFactory(code=code, parent=places[-1] if places else None))
        RoleAssignmentFactory(organisation=places[-1], role=Role.COORDINATOR)
    return places


def item_of_town(ladder: list[Organisation], **given: object) -> FollowUp:
    programme = ProgrammeFactory(organisation=ladder[1])
    return FollowUpFactory(programme=programme, owner=ladder[3], **{"due_on": TODAY + 10 * DAY, **given})


def run_for(days: int, *, first: int = 0) -> None:
    """The worker looks twice a day, and a second one beside it."""
    for number in range(first, first + days):
        for hours in (0, 0, 6):
            chase_follow_ups(at=NOON + number * DAY + datetime.timedelta(hours=hours))


def days_of(item: FollowUp, kind: str) -> list[int]:
    """On which days after the start, counted from 0, such steps were taken."""
    steps = item.steps.filter(kind=kind).order_by("at", "pk")
    return [(local_day(step.at) - TODAY).days for step in steps]


def test_reminders_come_before_on_and_after_the_day(ladder: list[Organisation]) -> None:
    item = item_of_town(ladder)

    run_for(20)

    assert days_of(item, "reminded") == [7, 10, 11, 14, 17]


def test_escalation_climbs_to_one_level_above_the_assigner(ladder: list[Organisation]) -> None:
    item = item_of_town(ladder)

    run_for(40)

    steps = item.steps.filter(kind="escalated").order_by("at")
    assert [(step.organisation, (local_day(step.at) - TODAY).days) for step in steps] == [
        (ladder[3], 11),
        (ladder[2], 14),
        (ladder[1], 17),
        (ladder[0], 20),
    ]


def test_escalation_leaves_out_an_office_without_a_coordinator(ladder: list[Organisation]) -> None:
    ladder[2].role_assignments.all().delete()
    item = item_of_town(ladder)

    run_for(25)

    assert [step.organisation for step in item.steps.filter(kind="escalated").order_by("at")] == [
        ladder[3],
        ladder[1],
        ladder[0],
    ]


def hand_over(item: FollowUp, to: Organisation, *, by: Organisation, day: int) -> None:
    item.refresh_from_db()
    person = by.role_assignments.get().user
    hand_over_follow_up(item, to=to, reason="分工调整", edit_count=item.edit_count, by=person, at=NOON + day * DAY)


def test_owner_that_hands_on_below_itself_gains_no_time(ladder: list[Organisation]) -> None:
    villages = [OrganisationFactory(parent=ladder[3]) for _number in range(2)]
    item = item_of_town(ladder)
    run_for(12)

    hand_over(item, villages[0], by=ladder[3], day=11)
    run_for(5, first=12)

    assert [step.organisation for step in item.steps.filter(kind="escalated").order_by("at")] == [ladder[3], ladder[2]]
    assert days_of(item, "escalated") == [11, 14]


def test_owner_that_hands_on_in_the_night_after_the_deadline_gains_no_time(ladder: list[Organisation]) -> None:
    village = OrganisationFactory(parent=ladder[3])
    item = item_of_town(ladder, due_on=TODAY - DAY, waiting_since=NOON - 9 * DAY)

    hand_over(item, village, by=ladder[3], day=0)
    run_for(1)

    assert days_of(item, "escalated") == [0]


def test_overdue_item_given_to_another_office_climbs_from_the_ground_after_three_days(
    ladder: list[Organisation],
) -> None:
    other = OrganisationFactory(code="other", parent=ladder[1])
    RoleAssignmentFactory(organisation=other, role=Role.COORDINATOR)
    item = item_of_town(ladder)
    run_for(15)

    hand_over(item, other, by=ladder[1], day=15)
    run_for(7, first=15)

    steps = item.steps.filter(kind="escalated", at__gte=NOON + 15 * DAY).order_by("at")
    assert [(step.organisation, (local_day(step.at) - TODAY).days) for step in steps] == [(other, 18), (ladder[1], 21)]


def test_each_level_is_told_by_a_notice(ladder: list[Organisation]) -> None:
    item_of_town(ladder)

    run_for(25)

    coordinators = [place.role_assignments.get().user_id for place in ladder]
    found = Notification.objects.filter(kind="follow_up_escalated").order_by("created_at")
    assert list(found.values_list("user_id", flat=True)) == coordinators[::-1]


def test_running_twice_changes_nothing(ladder: list[Organisation]) -> None:
    item_of_town(ladder, due_on=TODAY - DAY, told_on=TODAY - 2 * DAY, waiting_since=NOON - 9 * DAY)

    counts = [chase_follow_ups(at=NOON), chase_follow_ups(at=NOON)]

    assert counts == [2, 0]


def test_worker_that_slept_for_weeks_skips_no_level_and_reminds_once(ladder: list[Organisation]) -> None:
    item = item_of_town(ladder)

    run_for(1, first=30)

    assert (days_of(item, "reminded"), days_of(item, "escalated")) == ([30], [30])


def test_item_assigned_shortly_before_its_deadline_is_not_reminded_at_once(ladder: list[Organisation]) -> None:
    item = item_of_town(ladder, due_on=TODAY + 2 * DAY)

    run_for(3)

    assert days_of(item, "reminded") == [2]


def test_reported_item_reminds_its_assigner(ladder: list[Organisation]) -> None:
    item = item_of_town(ladder, due_on=TODAY + DAY)
    report_follow_up(item, note="已办", edit_count=1, by=ladder[3].role_assignments.get().user, at=NOON)

    run_for(8)

    assert (days_of(item, "reminded"), days_of(item, "escalated")) == ([3, 6], [])
    told = Notification.objects.filter(kind="follow_up_unanswered").values_list("user_id", flat=True)
    assert set(told) == {ladder[1].role_assignments.get().user_id}


@pytest.mark.parametrize("state", ["closed", "withdrawn"])
def test_item_that_is_over_is_left_alone(ladder: list[Organisation], state: str) -> None:
    item_of_town(ladder, due_on=TODAY - DAY, state=state)

    assert chase_follow_ups(at=NOON) == 0


def test_closed_programme_is_left_alone(ladder: list[Organisation]) -> None:
    item_of_town(ladder, due_on=TODAY - DAY)
    Programme.objects.update(state=Programme.State.CLOSED)

    assert chase_follow_ups(at=NOON) == 0


def test_nobody_is_reminded_at_night(ladder: list[Organisation]) -> None:
    item_of_town(ladder, due_on=TODAY - DAY)

    assert chase_follow_ups(at=NOON.replace(hour=7, minute=59)) == 0


def test_quiet_hours_hold_back_the_mail(ladder: list[Organisation]) -> None:
    item_of_town(ladder, due_on=TODAY, told_on=TODAY - DAY)
    owner = ladder[3].role_assignments.get().user
    owner.email = "owner@example.cn"
    owner.save(update_fields=["email"])
    QuietHours.objects.create(user=owner, begins=datetime.time(11), ends=datetime.time(14))

    chase_follow_ups(at=NOON)

    assert [message.due_at for message in OutboxMessage.objects.all()] == [NOON.replace(hour=14)]
