import datetime

import pytest
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory, RoleAssignmentFactory
from tests.factories_coordination import FollowUpFactory
from tests.factories_planning import PlanFactory, PlanVersionFactory

from qixue.core.clock import local_day
from qixue.people.models import Role
from qixue.programme.models import Countersignature, FollowUp, Programme
from qixue.programme.queries.follow_ups import Narrowing, counts_of, follow_ups_for, follow_ups_waiting
from qixue.programme.queries.waits import pairs_of, waits_in

pytestmark = pytest.mark.django_db
State = FollowUp.State
TODAY = local_day(NOON)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def programme() -> Programme:
    return ProgrammeFactory(organisation=OrganisationFactory(code="bureau", name="市教育局"))


def test_counts_know_what_is_late(programme: Programme) -> None:
    FollowUpFactory(programme=programme, due_on=TODAY - DAY)
    FollowUpFactory(programme=programme, due_on=TODAY - DAY, state=State.REPORTED)
    FollowUpFactory(programme=programme, due_on=TODAY)

    counts = counts_of(FollowUp.objects.all(), TODAY)

    assert (counts.by_state["assigned"], counts.by_state["reported"], counts.late, counts.open) == (2, 1, 1, 3)


def test_neighbour_sees_nothing_of_an_item(programme: Programme) -> None:
    item = FollowUpFactory(programme=programme)
    neighbour = OrganisationFactory(parent=programme.organisation)
    people = [
        RoleAssignmentFactory(organisation=place, role=Role.AUDITOR).user
        for place in (programme.organisation, item.owner, neighbour)
    ]

    assert [follow_ups_for(person).count() for person in people] == [1, 1, 0]


def test_item_waits_for_the_owner_then_for_the_assigner(programme: Programme) -> None:
    item = FollowUpFactory(programme=programme)
    owner, assigner = (
        RoleAssignmentFactory(organisation=place, role=Role.COORDINATOR).user for place in (item.owner, item.assigner)
    )

    before = [list(follow_ups_waiting(person)) for person in (owner, assigner)]
    FollowUp.objects.update(state=State.REPORTED)
    after = [list(follow_ups_waiting(person)) for person in (owner, assigner)]

    assert (before, after) == ([[item], []], [[], [item]])


def test_board_is_narrowed_by_code_or_words(programme: Programme) -> None:
    item = FollowUpFactory(programme=programme, owner__code="south", owner__name="连南教育局")
    FollowUpFactory(programme=programme)
    narrowings = [Narrowing(owner="south"), Narrowing(owner="连南"), Narrowing(assigner="市教育局", is_overdue=True)]

    found = [list(FollowUp.objects.filter(each.condition(None, TODAY))) for each in narrowings]

    assert found == [[item], [item], []]


def test_who_waits_for_whom(programme: Programme) -> None:
    bureau = programme.organisation
    coordinator = RoleAssignmentFactory(organisation=bureau, role=Role.COORDINATOR).user
    county, other = (OrganisationFactory(code=code, parent=bureau) for code in ("county", "other"))
    FollowUpFactory(programme=programme, owner=county, waiting_since=NOON - 5 * DAY)
    FollowUpFactory(programme=programme, owner=county, state=State.REPORTED)
    FollowUpFactory(programme=programme, owner=bureau)  # of its own: nobody waits for another
    invited = PlanVersionFactory(plan=PlanFactory(programme=programme, organisation=county)).plan
    invited.steps.create(kind="invited", at=NOON - 9 * DAY)
    filed = PlanVersionFactory(plan=PlanFactory(programme=programme, organisation=other), state="submitted")
    filed.plan.steps.create(version=filed, kind="submitted", at=NOON - 2 * DAY)
    Countersignature.objects.create(version=filed, organisation=county, asked_at=NOON - DAY)

    pairs = pairs_of(waits_in(programme, coordinator))

    assert [(pair.waiter, pair.awaited, pair.count, pair.days(NOON)) for pair in pairs] == [
        (bureau.pk, county.pk, 3, 9),
        (county.pk, bureau.pk, 1, 0),
    ]


def test_answered_plan_waits_for_its_decision(programme: Programme) -> None:
    bureau = programme.organisation
    coordinator = RoleAssignmentFactory(organisation=bureau, role=Role.COORDINATOR).user
    county = OrganisationFactory(code="county", parent=bureau)
    filed = PlanVersionFactory(plan=PlanFactory(programme=programme, organisation=county), state="submitted")
    filed.plan.steps.create(version=filed, kind="submitted", at=NOON - 2 * DAY)

    pairs = pairs_of(waits_in(programme, coordinator))

    assert [(pair.waiter, pair.awaited, pair.count) for pair in pairs] == [(county.pk, bureau.pk, 1)]


def test_item_whose_owner_has_nobody_waits_for_the_nearest_above(programme: Programme) -> None:
    item = FollowUpFactory(programme=programme)
    assigner = RoleAssignmentFactory(organisation=item.assigner, role=Role.COORDINATOR).user
    gone = RoleAssignmentFactory(organisation=item.owner, role=Role.COORDINATOR)

    before = list(follow_ups_waiting(assigner))
    gone.user.role_assignments.update(ended_at=NOON)

    assert (before, list(follow_ups_waiting(assigner))) == ([], [item])
