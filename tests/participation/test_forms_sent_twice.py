"""A form that is sent twice at the same moment acts once, and both are answered with what it made."""

import uuid
from collections.abc import Callable

import pytest
from tests.at_once import at_once
from tests.factories import NOON, MemberFactory, OpenSessionFactory, RoleAssignmentFactory
from tests.participation.test_learning_record import declare

from qixue.participation.models import DoorDevice, LearningEntry, RegistrantMessage
from qixue.participation.operations.door_devices import set_up_device
from qixue.participation.operations.messages import write_to_registrants
from qixue.participation.operations.registrations import register
from qixue.people.models import Resident, User
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db(transaction=True)

KEY = uuid.UUID(int=7)
Act = Callable[[Session, User, Resident], object]
ACTS: dict[type, Act] = {
    DoorDevice: lambda session, staff, _person: set_up_device(
        [session], name="东门", by=staff, at=NOON, client_uuid=KEY
    ),
    RegistrantMessage: lambda session, staff, _person: write_to_registrants(
        session, text="请带水杯。", states=["confirmed"], client_uuid=KEY, by=staff, at=NOON
    ),
    LearningEntry: lambda _session, _staff, person: declare(person, client_uuid=KEY),
}


@pytest.mark.parametrize("model", ACTS, ids=lambda model: model.__name__)
def test_both_are_answered_and_one_is_kept(model: type) -> None:
    session, person = OpenSessionFactory(), MemberFactory()
    staff = RoleAssignmentFactory(organisation=session.activity.organisation).user
    register(session, people=[person], party=uuid.uuid4(), by=person.user, at=NOON)

    answers = at_once(*[lambda: ACTS[model](session, staff, person)] * 4)

    assert answers == ["done"] * 4
    assert model._default_manager.count() == 1  # type: ignore[attr-defined]
