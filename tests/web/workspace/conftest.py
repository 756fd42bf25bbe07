import pytest
from django.test import Client
from tests.factories import OrganisationFactory, RoleAssignmentFactory

from qixue.people.models import Organisation, Role


@pytest.fixture
def village() -> Organisation:
    return OrganisationFactory(parent=OrganisationFactory())


@pytest.fixture
def cadre(village: Organisation) -> Client:
    client = Client()
    client.force_login(RoleAssignmentFactory(organisation=village, role=Role.CADRE).user)
    return client
