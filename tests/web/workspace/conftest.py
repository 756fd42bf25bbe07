import pytest
from django.test import Client
from tests.factories import OrganisationFactory, RoleAssignmentFactory
from tests.swap.conftest import organiser, round_

from qixue.people.models import Organisation, Role

__all__ = ["organiser", "round_"]  # scenes that the pages of swap rounds share with their operations


@pytest.fixture
def village() -> Organisation:
    return OrganisationFactory(parent=OrganisationFactory())


@pytest.fixture
def cadre(village: Organisation) -> Client:
    client = Client()
    client.force_login(RoleAssignmentFactory(organisation=village, role=Role.CADRE).user)
    return client
