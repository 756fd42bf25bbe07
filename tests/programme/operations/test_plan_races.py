"""Two people at the same moment, each in a transaction of their own."""

import datetime
from collections.abc import Callable

import pytest
from django.db import transaction
from tests.at_once import at_once
from tests.factories import (
    NOON,
    OrganisationFactory,
    ProgrammeFactory,
    RoleAssignmentFactory,
    SessionFactory,
    UserFactory,
)
from tests.factories_planning import PlanFactory, PlanLineFactory, PlanVersionFactory, RoomFactory

from qixue.participation.operations.published_plans import publish_plan
from qixue.people.models import Role
from qixue.programme.models import PlanLine, PlanVersion, RoomBooking, Session
from qixue.programme.operations.plan_lines import PlanLineDetails, edit_line
from qixue.programme.operations.rooms import book_rooms
from qixue.programme.operations.sessions import SessionDetails, edit_session

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_editors_of_one_line_at_once_never_overwrite_each_other() -> None:
    line = PlanLineFactory()
    editors = [RoleAssignmentFactory(organisation=line.version.plan.organisation).user for _number in range(2)]

    def write(number: int) -> Callable[[], object]:
        details = PlanLineDetails(
            title=f"第{number}位写的",
            kind=line.kind,
            starts_at=NOON,
            ends_at=NOON + datetime.timedelta(hours=1),
            is_online=True,
        )
        return lambda: edit_line(line, details=details, edit_count=1, by=editors[number], at=NOON)

    outcomes = at_once(write(0), write(1))

    assert outcomes == ["changed_meanwhile", "done"]
    assert PlanVersion.objects.get().edit_count == 2


def test_two_plans_published_at_once_never_share_a_room() -> None:
    bureau, room = OrganisationFactory(), RoomFactory()
    programme = ProgrammeFactory(organisation=bureau)
    person = RoleAssignmentFactory(organisation=bureau, role=Role.COORDINATOR).user
    versions = []
    for _number in range(2):
        plan = PlanFactory(programme=programme, organisation=OrganisationFactory(parent=bureau))
        versions.append(PlanVersionFactory(plan=plan, state=PlanVersion.State.APPROVED))
        PlanLineFactory(version=versions[-1], venue=room.venue, room=room)

    outcomes = at_once(
        lambda: publish_plan(versions[0], by=person, at=NOON), lambda: publish_plan(versions[1], by=person, at=NOON)
    )

    assert outcomes == ["done", "room_taken"]
    assert (RoomBooking.objects.count(), Session.objects.count()) == (1, 1)


def test_two_sessions_moved_into_one_room_at_once_never_share_it() -> None:
    room, by = RoomFactory(), UserFactory()
    hour = datetime.timedelta(hours=1)
    days = [NOON + datetime.timedelta(days=number) for number in (1, 2, 3)]
    sessions = [
        SessionFactory(venue=room.venue, room=room, starts_at=day, ends_at=day + hour, state=Session.State.PLANNED)
        for day in days[:2]
    ]
    with transaction.atomic():
        book_rooms(sessions)

    def move(session: Session) -> Callable[[], object]:
        details = SessionDetails(days[2], days[2] + hour, session.counting_rule, venue=room.venue)
        return lambda: edit_session(session, details=details, version=1, by=by, at=NOON)

    outcomes = at_once(*[move(session) for session in sessions])

    assert outcomes == ["done", "room_taken"]
    assert RoomBooking.objects.filter(starts_at=days[2]).count() == 1
    assert RoomBooking.objects.filter(starts_at__lt=days[2]).count() == 1


def test_one_plan_published_twice_at_once_makes_everything_once() -> None:
    bureau = OrganisationFactory()
    person = RoleAssignmentFactory(organisation=bureau, role=Role.COORDINATOR).user
    plan = PlanFactory(programme__organisation=bureau)
    version = PlanVersionFactory(plan=plan, state=PlanVersion.State.APPROVED)
    PlanLineFactory(version=version)

    outcomes = at_once(*[lambda: publish_plan(version, by=person, at=NOON)] * 2)

    assert (outcomes, Session.objects.count(), PlanLine.objects.count()) == (["done", "done"], 1, 1)
