"""What somebody may do is asked of the database once for each page that they read, and anew for the next."""

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from tests.factories import OrganisationFactory, RoleAssignmentFactory

from qixue.people.models import Role, RoleAssignment
from qixue.people.rules import read_before
from qixue.web.roles_once import RolesOnce

pytestmark = pytest.mark.django_db


@pytest.fixture
def held() -> RoleAssignment:
    assignment: RoleAssignment = RoleAssignmentFactory(role=Role.COORDINATOR)
    return assignment


@pytest.fixture
def page(held: RoleAssignment) -> Client:
    client = Client()
    client.force_login(held.user)
    return client


def times_asked(queries: CaptureQueriesContext) -> int:
    columns = 'SELECT "people_organisation"."path"'
    return sum(query["sql"].startswith(columns) and "people_roleassignment" in query["sql"] for query in queries)


@pytest.mark.parametrize("address", ["/workspace/", "/workspace/organisations/", "/workspace/people/"])
@pytest.mark.parametrize("more", [0, 2])
def test_page_asks_once_what_its_reader_holds(page: Client, held: RoleAssignment, address: str, more: int) -> None:
    for _number in range(more):
        RoleAssignmentFactory(user=held.user, role=Role.ORGANISER, organisation=OrganisationFactory())

    with CaptureQueriesContext(connection) as queries:
        answer = page.get(address)

    assert (answer.status_code, times_asked(queries)) == (200, 1)


@pytest.mark.parametrize(("method", "is_read_once"), [("GET", True), ("HEAD", True), ("POST", False)])
def test_only_what_is_read_asks_once(method: str, is_read_once: bool) -> None:
    """What is sent may change a role. Nothing is kept for the next request, also where this one fails."""
    seen = []

    def answer(_request: HttpRequest) -> HttpResponse:
        seen.append(read_before.get() is not None)
        raise LookupError

    with pytest.raises(LookupError):
        RolesOnce(answer)(RequestFactory().generic(method, "/"))

    assert (seen, read_before.get()) == ([is_read_once], None)


def test_role_that_is_given_or_ended_holds_for_the_next_page(page: Client, held: RoleAssignment) -> None:
    address = f"/workspace/organisations/{held.organisation_id}/"
    before = page.get(address).status_code
    RoleAssignment.objects.filter(pk=held.pk).update(ended_at=held.granted_at)
    ended = page.get(address).status_code
    RoleAssignmentFactory(user=held.user, organisation=held.organisation, role=Role.COORDINATOR)

    assert (before, ended, page.get(address).status_code) == (200, 403, 200)
