import pytest
from django.test import Client
from tests.factories import OpenSessionFactory
from tests.web.workspace.registrations.pages import browser

from qixue.people.models import Role
from qixue.programme.models import Session


@pytest.fixture
def session() -> Session:
    return OpenSessionFactory(seat_count=2)


@pytest.fixture
def organiser(session: Session) -> Client:
    return browser(session, Role.ORGANISER)
