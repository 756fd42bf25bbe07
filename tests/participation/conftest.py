import pytest
from tests.factories_afterwards import organiser_of

from qixue.people.models import User
from qixue.programme.models import Session


@pytest.fixture
def organiser(session: Session) -> User:
    """Of the session that the file is about."""
    return organiser_of(session.activity)
