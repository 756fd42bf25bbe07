"""What waits for whom in recognitions, and how many questions the database is asked for it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import OrganisationFactory, RoleAssignmentFactory
from tests.factories_recognitions import CallFactory

from qixue.people.models import Role
from qixue.programme.queries.recognitions import organisations_to_nominate

pytestmark = pytest.mark.django_db


def count_of(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        act()
    return len(queries)


def test_organisations_to_nominate_are_those_below_the_office_without_groups() -> None:
    call = CallFactory()
    county = OrganisationFactory(parent=call.organisation)
    school = OrganisationFactory(parent=county)
    OrganisationFactory(parent=county, is_group=True)
    OrganisationFactory(parent=call.organisation)
    clerk = RoleAssignmentFactory(organisation=county, role=Role.CADRE).user
    RoleAssignmentFactory(user=clerk, organisation=call.organisation, role=Role.CADRE)

    assert list(organisations_to_nominate(clerk, call)) == [county, school]


@pytest.mark.parametrize("count", [1, 3])
def test_organisations_to_nominate_take_two_queries_however_many(count: int) -> None:
    call = CallFactory()
    county = OrganisationFactory(parent=call.organisation)
    OrganisationFactory.create_batch(count, parent=county)
    clerk = RoleAssignmentFactory(organisation=county, role=Role.CADRE).user

    assert count_of(lambda: list(organisations_to_nominate(clerk, call))) == 2
