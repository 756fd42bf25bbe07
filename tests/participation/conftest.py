import pytest
from tests.factories import MemberFactory, ResidentFactory
from tests.factories_afterwards import organiser_of

from qixue.people.models import Resident, User
from qixue.programme.models import Session


@pytest.fixture
def organiser(session: Session) -> User:
    """Of the session that the file is about."""
    return organiser_of(session.activity)


@pytest.fixture
def listed() -> Resident:
    """The record that an office made of somebody; `member` is the one that the person made."""
    person: Resident = ResidentFactory(name="陈秀兰")
    return person


@pytest.fixture
def member() -> Resident:
    person: Resident = MemberFactory(name="陈秀兰")
    return person
