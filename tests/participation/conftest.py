import pytest
from tests.factories import MemberFactory, OpenSessionFactory, ResidentFactory, RoleAssignmentFactory
from tests.factories_afterwards import organiser_of

from qixue.people.models import Resident, Role, User
from qixue.programme.models import Session


@pytest.fixture
def session() -> Session:
    """Two seats, unless the file says otherwise."""
    session: Session = OpenSessionFactory(seat_count=2)
    return session


@pytest.fixture
def cadre(session: Session) -> User:
    """Of the organisation that holds the session."""
    user: User = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.CADRE).user
    return user


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
