import pytest
from django.test import Client
from tests.factories import OpenSessionFactory, RoleAssignmentFactory
from tests.web.workspace.door.pages import HOUR

from qixue.core.clock import now
from qixue.people.models import Role, User
from qixue.programme.models import Session


@pytest.fixture
def session() -> Session:
    """It began an hour ago and has seats for all."""
    return OpenSessionFactory(starts_at=now() - HOUR, ends_at=now() + HOUR, seat_count=20)


@pytest.fixture
def organiser(session: Session) -> User:
    return RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.ORGANISER).user


@pytest.fixture
def page(client: Client, organiser: User) -> Client:
    client.force_login(organiser)
    return client
