"""The short way past Django: it answers as the ordinary one does, and leaves to that whatever is not usual."""

import datetime
import io
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import OperationalError, close_old_connections
from tests.api.conftest import give_token
from tests.factories import MemberFactory, OpenSessionFactory, ResidentFactory, key

from qixue.api import at_once
from qixue.api.at_once import ROUTE, AtOnce, headers_of
from qixue.core.requests import requests_total
from qixue.participation.models import Registration
from qixue.participation.operations.transfers import hand_over_place
from qixue.people.models import ApiToken, Resident
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

OWN_HEADERS = {"Content-Length", "X-Request-ID"}


@dataclass
class Answer:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""

    def json(self) -> Any:
        return json.loads(self.content)

    def without(self, *names: str) -> Any:
        """What does not differ between two of a kind."""
        headers = {name: value for name, value in self.headers.items() if name not in OWN_HEADERS}
        return self.status, headers, {name: value for name, value in self.json().items() if name not in names}


class Server:
    """Asks as the application server does, and counts what goes the ordinary way."""

    def __init__(self) -> None:
        self.site, self.ordinary_count = WSGIHandler(), 0
        self.at_once = AtOnce(self.ordinary)

    def ordinary(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.ordinary_count += 1
        return self.site(environ, start_response)

    def ask(self, session: Session, token: str, body: bytes = b"{}", *, at_once: bool = True, **more: str) -> Answer:
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": f"/api/v1/sessions/{session.pk}/registrations",
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "testserver",
            "HTTP_AUTHORIZATION": f"Bearer {token}",
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": "application/json",
            "wsgi.input": io.BytesIO(body),
            "wsgi.url_scheme": "http",
            **more,
        }
        answer = Answer()

        def start(status: str, headers: list[tuple[str, str]], *_error: Any) -> None:
            answer.status, answer.headers = int(status[:3]), dict(headers)

        parts = (self.at_once if at_once else self.ordinary)(environ, start)
        answer.content = b"".join(parts)
        getattr(parts, "close", lambda: None)()
        return answer


@pytest.fixture
def server(db: None) -> Iterator[Server]:
    """No connection is closed when a request begins or ends: the test's own would be lost."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield Server()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def session(db: None) -> Session:
    return coming_session()


@pytest.fixture
def member(db: None) -> Resident:
    member = MemberFactory(user__email="li@example.cn", name="李阿姨")
    member.token = give_token(member.user, name="li")
    return member


def coming_session(**values: Any) -> Session:
    start = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=2)
    return OpenSessionFactory(starts_at=start, ends_at=start + datetime.timedelta(hours=2), seat_count=2, **values)


def lines_of(capsys: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def under(party: uuid.UUID) -> dict[str, str]:
    return {"HTTP_IDEMPOTENCY_KEY": str(party)}


@pytest.mark.parametrize("language", ["", "en", "zh-CN,zh;q=0.9", "fr,xx"])
@pytest.mark.parametrize("taken", [0, 2])
def test_both_ways_answer_alike(taken: int, language: str, server: Server, member: Resident) -> None:
    sessions = [coming_session(taken_count=taken) for _way in range(2)]
    asked = {"HTTP_ACCEPT_LANGUAGE": language} if language else {}

    quick = server.ask(sessions[0], member.token, **under(key()), **asked)
    assert server.ordinary_count == 0
    slow = server.ask(sessions[1], member.token, at_once=False, **under(key()), **asked)

    own = ("party", "session_id", "registered_at", "people")
    assert quick.without(*own) == slow.without(*own)
    assert (quick.status, quick.json()["state"]) == (201, "waiting" if taken else "confirmed")
    assert set(quick.json()["people"][0]) == set(slow.json()["people"][0])
    assert int(quick.headers["Content-Length"]) == len(quick.content)


@pytest.mark.parametrize("is_at_once", [True, False])
@pytest.mark.parametrize("is_handed_over", [True, False])
def test_either_way_repeats_what_the_other_has_answered(
    is_at_once: bool, is_handed_over: bool, server: Server, member: Resident, session: Session
) -> None:
    party = key()

    first = server.ask(session, member.token, at_once=is_at_once, **under(party))
    row = Registration.objects.get(party=party)
    if is_handed_over:
        later = row.registered_at + datetime.timedelta(seconds=1)
        hand_over_place(row, to=ResidentFactory(guardian=member), by=member.user, at=later)
    again = server.ask(session, member.token, at_once=not is_at_once, **under(party))

    assert (again.status, again.content) == (201, first.content)
    assert server.ordinary_count == 1
    assert Registration.objects.filter(party=party).count() == 1 + is_handed_over


def test_key_can_stand_in_the_body_and_the_caller_be_named(server: Server, member: Resident, session: Session) -> None:
    party = key()

    answer = server.ask(session, member.token, json.dumps({"client_uuid": str(party), "people": [member.pk]}).encode())

    assert (answer.status, answer.json()["party"], server.ordinary_count) == (201, str(party), 0)


UNUSUAL: dict[str, tuple[bytes, dict[str, str], int]] = {
    "unknown field": (b'{"seat": 1}', {}, 422),
    "no json": (b"seat", {}, 400),
    "other people": (b'{"people": [99999999]}', {}, 422),
    "unknown parameter": (b"{}", {"QUERY_STRING": "seat=1"}, 422),
    "no key": (b"{}", {"HTTP_IDEMPOTENCY_KEY": ""}, 422),
    "key that is none": (b"{}", {"HTTP_IDEMPOTENCY_KEY": "seat"}, 422),
    "two keys": (json.dumps({"client_uuid": str(uuid.UUID(int=1))}).encode(), {}, 422),
    "wrong token": (b"{}", {"HTTP_AUTHORIZATION": "Bearer nobody"}, 401),
    "no token": (b"{}", {"HTTP_AUTHORIZATION": ""}, 401),
    "other method": (b"", {"REQUEST_METHOD": "GET"}, 405),
    "other address": (b"{}", {"PATH_INFO": "/api/v1/sessions/0/registrations"}, 422),
    "length unknown": (b"{}", {"CONTENT_LENGTH": ""}, 422),
    "long body": (b"{" + b" " * 2000 + b"}", {}, 201),
    "key in capitals": (b"{}", {"HTTP_IDEMPOTENCY_KEY": "ABCDEF00-0000-4000-8000-000000000000"}, 201),
    "scheme in small letters": (b"{}", {"HTTP_AUTHORIZATION": "bearer {token}"}, 201),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_is_unusual_goes_the_ordinary_way(name: str, server: Server, member: Resident, session: Session) -> None:
    body, headers, status = UNUSUAL[name]
    more = {header: value.format(token=member.token) for header, value in headers.items()}

    answer = server.ask(session, member.token, body, **{**under(key()), **more})

    assert (answer.status, server.ordinary_count) == (status, 1)
    assert Registration.objects.count() == (status == 201)


def test_family_goes_the_ordinary_way(server: Server, member: Resident, session: Session) -> None:
    child = ResidentFactory(guardian=member)
    body = json.dumps({"people": [member.pk, child.pk]}).encode()

    answer = server.ask(session, member.token, body, **under(key()))

    assert (answer.status, len(answer.json()["people"]), server.ordinary_count) == (201, 2, 1)


def test_revoked_token_is_refused_at_once(server: Server, member: Resident, session: Session) -> None:
    ApiToken.objects.filter(user=member.user).update(revoked_at=datetime.datetime.now(datetime.UTC))

    assert server.ask(session, member.token, **under(key())).status == 401


def test_what_fails_is_left_to_the_ordinary_way(
    server: Server, member: Resident, session: Session, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    def failing(*_args: object, **_values: object) -> None:
        raise OperationalError("13812345678 is away")

    monkeypatch.setattr(at_once, "register_alone", failing)

    answer = server.ask(session, member.token, **under(key()))

    assert (answer.status, server.ordinary_count, Registration.objects.count()) == (201, 1, 1)
    lines = {line["event"]: line for line in lines_of(capsys)}
    line = lines["left_to_the_ordinary_way"]
    assert (line["error"], "1381" in str(line)) == ("OperationalError", False)
    assert line["request_id"] == lines["request"]["request_id"] == answer.headers["X-Request-ID"]


def test_request_is_counted_and_logged_as_any_other(
    server: Server, member: Resident, session: Session, capsys: Any
) -> None:
    counter = requests_total.labels(ROUTE, "POST", 201)
    before = counter._value.get()

    answer = server.ask(session, member.token, HTTP_X_REQUEST_ID="from-the-proxy", **under(key()))
    server.ask(coming_session(), member.token, at_once=False, HTTP_X_REQUEST_ID="from-the-proxy", **under(key()))

    quick, slow = [line for line in lines_of(capsys) if line["event"] == "request"]
    assert counter._value.get() == before + 2
    assert answer.headers["X-Request-ID"] == "from-the-proxy"
    differing = {"at", "milliseconds"}
    assert {name: quick[name] for name in quick.keys() - differing} == {
        name: slow[name] for name in slow.keys() - differing
    }


@pytest.mark.parametrize(("forwarded", "status"), [("http", 301), ("https", 201)])
def test_site_under_https_takes_nothing_without_it(
    forwarded: str, status: int, server: Server, member: Resident, session: Session, settings: Any
) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 1000
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    headers_of.cache_clear()
    server.site = WSGIHandler()  # its middlewares read the settings when they are made
    try:
        answer = server.ask(session, member.token, HTTP_X_FORWARDED_PROTO=forwarded, **under(key()))
    finally:
        headers_of.cache_clear()

    assert (answer.status, server.ordinary_count) == (status, int(forwarded == "http"))
    assert ("Strict-Transport-Security" in answer.headers) == (forwarded == "https")
