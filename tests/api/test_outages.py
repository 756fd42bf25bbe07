"""A program that meets a full disk or a database that is away is told so, and loses nothing by sending again."""

import pytest
from django.test import Client
from tests.api.conftest import Ask, give_token
from tests.api.test_registrations import coming_session, sign_up
from tests.factories import MemberFactory, ResidentFactory, key
from tests.outages import outage

from qixue.api.views import registrations
from qixue.participation.models import Registration

pytestmark = pytest.mark.django_db


def test_full_disk_refuses_writing_reads_on_and_recovers(ask: Ask) -> None:
    member, session, under = MemberFactory(), coming_session(), {"Idempotency-Key": str(key())}
    token = give_token(member.user, name="li")
    household = {"people": [member.pk, ResidentFactory(guardian=member).pk]}

    with outage(is_full=True):
        read, refused = ask("GET", "/me", token=token), sign_up(ask, session, token, household, **under)
    again = sign_up(ask, session, token, household, **under)

    assert (read.status_code, refused.status_code, again.status_code) == (200, 507, 201)
    assert (refused.json()["code"], refused.headers["Retry-After"]) == ("disk_full", "60")
    assert Registration.objects.count() == 2


def test_database_that_is_away_is_said_so_in_the_language_asked_for(ask: Ask) -> None:
    token = give_token(MemberFactory().user, name="li")

    with outage(is_full=False):
        answer = ask("GET", "/me", token=token, **{"Accept-Language": "en"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json() == {
        "code": "database_away",
        "message": "The database cannot be reached for the moment. Please look again shortly, and send again what is"
        " missing.",
        "details": [],
    }


def test_mistake_of_ours_looks_like_every_error(ask: Ask, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    token = give_token(MemberFactory().user, name="li")
    client.raise_request_exception = False
    monkeypatch.setattr(registrations, "household", lambda *_, **__: 1 // 0)

    answer = ask("GET", "/me", token=token)

    assert (answer.status_code, answer.json()["code"]) == (500, "failed")
