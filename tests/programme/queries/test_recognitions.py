"""What waits for whom in recognitions, and how many questions the database is asked for it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.factories import NOON, OrganisationFactory, RoleAssignmentFactory
from tests.factories_recognitions import CallFactory, NominationFactory

from qixue.people.models import Role
from qixue.programme.models import Nomination, NominationStep, RecognitionCall
from qixue.programme.operations.public_notices import locked
from qixue.programme.queries.recognitions import nominations_waiting, organisations_to_nominate

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


def waiting_at_the_call(count: int) -> tuple[RecognitionCall, list[Nomination]]:
    """Nominations that a school put forward and that wait where it is decided."""
    call = CallFactory()
    school = OrganisationFactory(parent=call.organisation)
    given = {"call": call, "organisation": school, "state": "nominated", "waits_at": call.organisation}
    nominations = NominationFactory.create_batch(count, consented_at=NOON, **given)
    for nomination in nominations:
        nomination.steps.create(kind=NominationStep.Kind.NOMINATED, at=NOON, organisation=school)
    return call, nominations


@pytest.mark.parametrize("count", [1, 3])
def test_what_waits_takes_as_many_queries_for_three_as_for_one(count: int) -> None:
    call, nominations = waiting_at_the_call(count)
    judge = RoleAssignmentFactory(organisation=call.organisation, role=Role.COORDINATOR).user
    found: list[Nomination] = []

    queries = count_of(lambda: found.extend(nominations_waiting(judge)))

    assert (found, queries) == (nominations, 11)


@pytest.mark.parametrize("count", [1, 3])
def test_chosen_nominations_are_locked_and_judged_together(count: int) -> None:
    call, nominations = waiting_at_the_call(count)
    judge = RoleAssignmentFactory(organisation=call.organisation, role=Role.COORDINATOR).user

    with transaction.atomic():
        assert count_of(lambda: locked(call, nominations, judge)) == 5
