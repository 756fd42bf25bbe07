import datetime
from typing import Any

import pytest
from tests.factories import NOON, OrganisationFactory, RoleAssignmentFactory, UserFactory
from tests.factories_planning import PlanFactory, PlanLineFactory, PlanVersionFactory

from qixue.people.models import Organisation, Role, User
from qixue.programme.models import Countersignature, LineComment, Plan, PlanStep, PlanVersion
from qixue.programme.queries.plans import (
    comments_for,
    countersigners_for,
    invitable,
    plans_for,
    sums_of,
    waiting_for,
    with_state,
)

pytestmark = pytest.mark.django_db
State = PlanVersion.State


@pytest.fixture
def city() -> Organisation:
    return OrganisationFactory(code="city")


@pytest.fixture
def county(city: Organisation) -> Organisation:
    return OrganisationFactory(code="county", parent=city)


@pytest.fixture
def town(county: Organisation) -> Organisation:
    return OrganisationFactory(code="town", parent=county)


def person(organisation: Organisation, role: str = Role.COORDINATOR) -> User:
    return RoleAssignmentFactory(organisation=organisation, role=role).user


def plan_in(organisation: Organisation, state: str, city: Organisation, **values: Any) -> Plan:
    plan = PlanFactory(organisation=organisation, programme__organisation=city)
    PlanVersionFactory(plan=plan, state=state, **values)
    return plan


def acts(user: User) -> list[tuple[Plan, str]]:
    return [(waiting.plan, waiting.act) for waiting in waiting_for(user)]


def test_plan_that_is_due_first_stands_first(city: Organisation, town: Organisation, county: Organisation) -> None:
    days = {"a": None, "b": datetime.date(2026, 11, 20), "c": datetime.date(2026, 10, 20)}
    plans = {name: plan_in(town, State.DRAFT, city) for name in days}
    for name, day in days.items():
        Plan.objects.filter(pk=plans[name].pk).update(due_on=day)

    assert [plan for plan, _act in acts(person(town, Role.ORGANISER))] == [plans["c"], plans["b"], plans["a"]]


def test_each_act_is_due_by_its_own_day(city: Organisation, town: Organisation) -> None:
    """Not by that of filing: who countersigns has a day of their own, who decides time until the first session."""
    other, day = OrganisationFactory(parent=city), datetime.timedelta(days=1)
    plans = {act: plan_in(town, State.SUBMITTED, city) for act in ("countersign", "decide", "publish", "none")}
    Plan.objects.update(due_on=NOON.date() - day)
    PlanVersion.objects.filter(plan=plans["publish"]).update(state=State.APPROVED)
    Countersignature.objects.create(
        version=plans["countersign"].versions.get(), organisation=other, asked_at=NOON, due_on=NOON.date() + 3 * day
    )
    for act, days in (("decide", 4), ("decide", -1), ("publish", 2)):
        version = plans[act].versions.get()
        PlanLineFactory(version=version, starts_at=NOON + days * day, ends_at=NOON + (days + 1) * day)
        PlanStep.objects.create(plan=plans[act], version=version, kind=PlanStep.Kind.SUBMITTED, at=NOON)
    user = person(city)
    RoleAssignmentFactory(user=user, organisation=other, role=Role.COORDINATOR)

    found = [(waiting.act, waiting.plan, waiting.due_on) for waiting in waiting_for(user)]

    assert found == [
        ("publish", plans["publish"], NOON.date() + 2 * day),
        ("countersign", plans["countersign"], NOON.date() + 3 * day),
        ("decide", plans["decide"], NOON.date() + 4 * day),
        ("decide", plans["none"], None),
    ]


def test_draft_waits_for_its_own_organisation_only(city: Organisation, town: Organisation) -> None:
    plan = plan_in(town, State.DRAFT, city)

    assert (acts(person(town, Role.ORGANISER)), acts(person(city))) == ([(plan, "file")], [])


def test_second_version_waits_to_be_revised(city: Organisation, town: Organisation) -> None:
    plan = plan_in(town, State.RETURNED, city)
    PlanVersionFactory(plan=plan, number=2)

    assert acts(person(town)) == [(plan, "revise")]


def test_filed_plan_waits_for_the_nearest_who_decide(
    city: Organisation, county: Organisation, town: Organisation
) -> None:
    plan = plan_in(town, State.SUBMITTED, city)

    assert (acts(person(county)), acts(person(city)), acts(person(town))) == ([(plan, "decide")], [], [])


def test_filed_plan_waits_for_the_city_where_the_county_has_nobody(
    city: Organisation, county: Organisation, town: Organisation
) -> None:
    plan = plan_in(town, State.APPROVED, city)
    person(county, Role.ORGANISER)

    assert acts(person(city)) == [(plan, "publish")]


def test_filed_plan_waits_for_who_invited_it_too(city: Organisation, county: Organisation, town: Organisation) -> None:
    plan = plan_in(town, State.SUBMITTED, city)
    inviter = person(city)
    person(county)
    PlanStep.objects.create(plan=plan, kind=PlanStep.Kind.INVITED, at=NOON, by=inviter)

    assert acts(inviter) == [(plan, "decide")]


def test_filed_plan_waits_for_the_countersigner_first(
    city: Organisation, county: Organisation, town: Organisation
) -> None:
    plan = plan_in(town, State.SUBMITTED, city)
    other = OrganisationFactory(parent=city)
    Countersignature.objects.create(version=plan.versions.get(), organisation=other, asked_at=NOON)

    assert (acts(person(other)), acts(person(county))) == ([(plan, "countersign")], [])


def test_plans_are_seen_by_who_is_asked_to_countersign(city: Organisation, town: Organisation) -> None:
    plan = plan_in(town, State.SUBMITTED, city)
    other, stranger = OrganisationFactory(parent=city), OrganisationFactory(parent=city)
    Countersignature.objects.create(version=plan.versions.get(), organisation=other, asked_at=NOON)

    assert (list(plans_for(person(other))), list(plans_for(person(stranger)))) == ([plan], [])


def test_with_state_tells_the_newest_version_and_the_first_filing(city: Organisation, town: Organisation) -> None:
    plan = plan_in(town, State.RETURNED, city)
    PlanVersionFactory(plan=plan, number=2)
    PlanStep.objects.create(plan=plan, kind=PlanStep.Kind.SUBMITTED, at=NOON)

    found = with_state(Plan.objects.all()).get()

    assert (found.latest_state, found.latest_number, found.filed_at) == (State.DRAFT, 2, NOON)


def test_invitable_are_those_below_that_nobody_invited(
    city: Organisation, county: Organisation, town: Organisation
) -> None:
    programme = plan_in(town, State.DRAFT, city).programme

    found = [list(invitable(person(place), programme)) for place in (city, county, town)]

    assert found == [[city, county], [], []]


def test_countersigners_are_those_in_whom_somebody_can_answer(city: Organisation, town: Organisation) -> None:
    version = plan_in(town, State.SUBMITTED, city).versions.get()
    able, unable, asked = (OrganisationFactory(parent=city) for _number in range(3))
    for organisation, role in ((able, Role.COORDINATOR), (unable, Role.ORGANISER), (asked, Role.COORDINATOR)):
        person(organisation, role)
    person(town)
    Countersignature.objects.create(version=version, organisation=asked, asked_at=NOON)

    assert list(countersigners_for(version)) == [able]


def test_comments_on_a_draft_are_those_of_the_version_before(city: Organisation, town: Organisation) -> None:
    line = PlanLineFactory(version=plan_in(town, State.RETURNED, city).versions.get())
    draft = PlanVersionFactory(plan=line.version.plan, number=2)
    comment = LineComment.objects.create(line=line, organisation=city, by=UserFactory(), at=NOON, text="太晚")

    assert comments_for(draft) == {line.key: [comment]}


def test_sums_leave_out_what_nobody_said(city: Organisation, town: Organisation) -> None:
    line = PlanLineFactory(version=plan_in(town, State.DRAFT, city).versions.get(), expected_attendance=30)
    PlanLineFactory(version=line.version)

    assert sums_of(line.version) == {"expected": 30, "budget_fen": None}
