"""A version of a plan comes into force while people sign up for its sessions, each in a transaction of their own."""

import datetime
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from django.db import transaction
from tests.at_once import LONG_ENOUGH, outcome, while_it_lasts
from tests.factories import NOON, MemberFactory, OrganisationFactory, RoleAssignmentFactory
from tests.factories_planning import PlanFactory, PlanLineFactory, PlanVersionFactory
from tests.participation.signing_up import sign_up

from qixue.participation.operations.published_plans import publish_plan
from qixue.participation.operations.seats import locked_session
from qixue.people.models import Notification, Role, User
from qixue.programme.models import Plan, PlanVersion, Session

pytestmark = pytest.mark.django_db(transaction=True)

DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def plan() -> Plan:
    """In force with three sessions, and approved with each of them a day later."""
    found: Plan = PlanFactory(programme__organisation=OrganisationFactory())
    lines = {"starts_at": NOON + DAY, "ends_at": NOON + DAY + HOUR, "seat_count": 20}
    first = PlanVersionFactory(plan=found, state=PlanVersion.State.APPROVED)
    made = [PlanLineFactory(version=first, title="茶园讲座", topic=f"第{number}讲", **lines) for number in (1, 2, 3)]
    publish_plan(first, by=approver(found), at=NOON)
    second = PlanVersionFactory(plan=found, number=2, state=PlanVersion.State.APPROVED)
    later = {"starts_at": NOON + 2 * DAY, "ends_at": NOON + 2 * DAY + HOUR, "seat_count": 20}
    for line in made:
        PlanLineFactory(version=second, key=line.key, title=line.title, topic=line.topic, venue=line.venue, **later)
    return found


def approver(plan: Plan) -> User:
    organisation = plan.programme.organisation
    user: User = RoleAssignmentFactory(organisation=organisation, role=Role.COORDINATOR).user
    return user


def publishing(plan: Plan) -> Callable[[], object]:
    version, person = plan.versions.get(number=2), approver(plan)
    return lambda: publish_plan(version, by=person, at=NOON)


def test_who_signs_up_while_a_plan_is_being_published_is_told_as_well(plan: Plan) -> None:
    session, member = Session.objects.order_by("pk")[0], MemberFactory()

    became = while_it_lasts(lambda: sign_up(session, member), publishing(plan))

    assert became == "done"
    assert Notification.objects.filter(user=member.user, kind="registration_changed").count() == 1


def test_publication_takes_the_sessions_in_the_order_in_which_everybody_does(plan: Plan) -> None:
    """However their rows lie: whoever holds the first one and wants the last meets nobody who holds the last."""
    first, _second, last = Session.objects.order_by("pk")
    first.number = 9
    first.save()  # its row now lies behind the others, in the table and in each index
    publish = publishing(plan)

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            locked_session(first)
            waiting = threads.submit(outcome, publish)
            wait([waiting], LONG_ENOUGH)
            locked_session(last)
        became = waiting.result()

    assert became == "done"
