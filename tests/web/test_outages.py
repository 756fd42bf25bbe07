"""What people see while the disk is full or the database is away."""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from tests.factories import MemberFactory, OpenSessionFactory
from tests.outages import outage

from qixue.core.outages import Outage
from qixue.web.views.errors import outage_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def test_page_while_the_database_is_away_says_so_and_asks_it_nothing(visitor: Client) -> None:
    session = OpenSessionFactory()

    with outage(is_full=False):
        answer = visitor.get(f"{reverse('public:session', args=[session.pk])}?from=wall")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "<h1>" in answer.content.decode()
    assert f'href="{reverse("public:session", args=[session.pk])}?from=wall"' in answer.content.decode()


def test_full_disk_shows_pages_to_those_who_are_signed_in_and_refuses_what_they_send(visitor: Client) -> None:
    visitor.force_login(MemberFactory().user)

    with outage(is_full=True):
        read = visitor.get(reverse("me:home"))
        written = visitor.post(reverse("me:renew_calendar"))

    assert (read.status_code, written.status_code, written.headers["Retry-After"]) == (200, 507, "60")
    assert "href" not in written.content.decode().partition("<body>")[2]


def test_session_that_somebody_has_ended_stays_ended(visitor: Client) -> None:
    visitor.force_login(MemberFactory().user)
    visitor.session.flush()

    assert visitor.get(reverse("me:home")).status_code == 302


def test_those_who_find_it_busy_together_ask_again_at_different_moments() -> None:
    request = RequestFactory().get("/")

    asked_in = {outage_page(request, Outage.BUSY).headers["Retry-After"] for _turned_away in range(200)}

    assert asked_in == {"1", "2", "3"}
