"""Signing in with one step and with two, and what strangers try."""

import datetime
import json
import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from tests.factories import NOON, RoleAssignmentFactory, UserFactory
from tests.people.operations.people_with_factors import code_at, person_with_app, recovery_codes_of
from tests.people.operations.soft_key import SITE, SoftKey
from tests.people.operations.test_passkeys import added
from time_machine import travel

from qixue.core.models import AuditEntry
from qixue.people.models import User, WebSession
from qixue.people.operations.passkeys import Question

pytestmark = pytest.mark.django_db
PASSWORD = "vK9-ruzt-Ohm7-lip"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


@pytest.fixture
def person() -> User:
    return with_password(person_with_app(username="library"))


def give_password(client: Client, user: User, **more: str) -> Any:
    return client.post("/sign-in/", {"username": user.username, "password": PASSWORD, **more})


def give_code(client: Client, code: str) -> Any:
    return client.post("/sign-in/second-step/", {"code": code})


def key_of(client: Client) -> str:
    return client.cookies[django_settings.SESSION_COOKIE_NAME].value


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def answer_with(client: Client, key: SoftKey, **more: str) -> Any:
    """What the script does: fetch the question, let the key answer, send the form."""
    question = Question(client.post(reverse("passkey_question")).json(), {})
    return client.post(reverse("passkey_sign_in"), {"answer": json.dumps(key.get(question)), **more})


def test_password_alone_signs_in_whoever_has_no_second_step(client: Client):
    user = with_password(UserFactory())

    response = give_password(client, user)

    assert (response.status_code, response.url) == (302, "/workspace/")
    assert is_signed_in(client)
    assert AuditEntry.objects.get().details == {"way": "password"}


def test_whoever_has_no_role_is_told_what_to_do(client: Client):
    user = with_password(UserFactory())

    landed = client.post("/sign-in/", {"username": user.username, "password": PASSWORD}, follow=True)

    page = landed.content.decode().partition("<main")[2].partition("</main>")[0]
    assert landed.status_code == 200
    assert "您还没有单位职责" in page
    assert "请打开邀请信息中的链接" in page
    assert re.findall(r'class="btn[^"]*" href="([^"]+)"', page) == ["/", "/account/"]


def test_password_alone_does_not_sign_in_whoever_has_a_second_step(client: Client, person: User):
    response = give_password(client, person)

    assert (response.status_code, response.url) == (302, "/sign-in/second-step/")
    assert not is_signed_in(client)


def test_code_of_the_app_finishes_and_leads_where_the_person_wanted(client: Client, person: User):
    give_password(client, person, next="/workspace/notices/")

    response = give_code(client, code_at(NOON))

    assert (response.status_code, response.url) == (302, "/workspace/notices/")
    assert is_signed_in(client)


def test_code_that_was_used_signs_nobody_in(client: Client, person: User):
    give_password(client, person)
    give_code(client, code_at(NOON))
    other = Client()
    give_password(other, person)

    response = give_code(other, code_at(NOON))

    assert response.status_code == 422
    assert not is_signed_in(other)


def test_recovery_code_stands_in_for_the_phone(client: Client, person: User):
    code = recovery_codes_of(person)[0]
    give_password(client, person)

    give_code(client, code)

    assert is_signed_in(client)


def test_wrong_codes_are_limited_over_all_browsers(client: Client, person: User):
    statuses = []
    for _time in range(6):
        browser = Client()
        give_password(browser, person)
        statuses.append(give_code(browser, "000000").status_code)
    give_password(client, person)

    page = give_code(client, code_at(NOON)).content.decode()

    assert statuses == [422] * 6
    assert "验证码多次有误。请10分钟后再试。" in page
    assert not is_signed_in(client)


def test_second_step_takes_no_longer_than_ten_minutes(client: Client, person: User):
    give_password(client, person)

    with travel(NOON + datetime.timedelta(minutes=11), tick=False):
        response = give_code(client, code_at(NOON + datetime.timedelta(minutes=11)))

    assert (response.status_code, response.url) == (302, "/sign-in/")


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "argon2$changed"}])
def test_second_step_is_void_once_the_account_changed(client: Client, person: User, change: dict[str, Any]):
    give_password(client, person)
    User.objects.filter(pk=person.pk).update(**change)

    response = give_code(client, code_at(NOON))

    assert (response.status_code, response.url) == (302, "/sign-in/")


def test_second_step_without_the_first_leads_to_the_first(client: Client):
    assert client.get("/sign-in/second-step/").url == "/sign-in/"


def test_session_has_another_key_after_each_step(client: Client, person: User):
    client.post(reverse("passkey_question"))  # a session that somebody might have planted
    keys = [key_of(client)]
    for act in (lambda: give_password(client, person), lambda: give_code(client, code_at(NOON))):
        act()
        keys.append(key_of(client))

    assert len(set(keys)) == 3
    assert list(WebSession.objects.values_list("session_key", flat=True)) == [keys[-1]]


def test_password_of_another_person_ends_the_session_of_the_first(client: Client, person: User):
    client.force_login(UserFactory())

    give_password(client, person)

    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "target", ["//evil", "\\evil", "https:evil", "https://evil/", "/\\evil", "///evil", "javascript:alert(1)", " /x"]
)
def test_nobody_is_led_to_another_site(client: Client, person: User, target: str):
    plain, key = with_password(UserFactory()), SoftKey()
    added(plain, key)
    UserFactory()
    alone = with_password(UserFactory())

    first = give_password(Client(), alone, next=target)
    give_password(client, person, next=target)
    second = give_code(client, code_at(NOON))
    third = answer_with(Client(), key, next=target)
    client.force_login(alone)
    fourth = client.post("/account/confirm/", {"password": PASSWORD, "next": target})

    assert [answer.status_code for answer in (first, second, third, fourth)] == [302] * 4
    assert {answer.url for answer in (first, second, third, fourth)} == {"/"}


def test_five_wrong_passwords_close_the_door_also_for_the_right_one(client: Client):
    user = with_password(UserFactory())
    for _time in range(5):
        client.post("/sign-in/", {"username": user.username, "password": "wrong"})

    assert give_password(client, user).status_code == 429


def test_passkey_signs_in_without_password_and_code(client: Client, person: User):
    key = SoftKey()
    added(person, key)

    response = answer_with(client, key)

    assert (response.status_code, response.url) == (302, "/workspace/")
    assert is_signed_in(client)
    assert AuditEntry.objects.filter(action="account.signed_in").get().details == {"way": "passkey"}


def test_passkey_as_second_step_leads_where_the_person_wanted(client: Client):
    user, key = with_password(UserFactory()), SoftKey()
    added(user, key)
    give_password(client, user, next="/workspace/notices/")

    response = answer_with(client, key)

    assert (response.url, is_signed_in(client)) == ("/workspace/notices/", True)


def test_passkey_that_did_not_check_the_person_signs_nobody_in(client: Client, person: User):
    key = SoftKey()
    added(person, key)
    key.is_verified = False

    response = answer_with(client, key)

    assert (response.status_code, is_signed_in(client)) == (200, False)
    assert "请使用密码" in response.content.decode()


def test_answer_of_a_passkey_works_once(client: Client, person: User):
    key = SoftKey()
    added(person, key)
    question = Question(client.post(reverse("passkey_question")).json(), {})
    answer = {"answer": json.dumps(key.get(question))}
    client.post(reverse("passkey_sign_in"), answer)
    client.post("/sign-out/")

    client.post(reverse("passkey_sign_in"), answer)

    assert not is_signed_in(client)


@pytest.mark.parametrize("answer", ["", "null", "[]", "{", "{}", '"x"', "1", "x" * 30_000])
def test_answer_that_cannot_be_read_gives_a_sentence(client: Client, answer: str):
    client.post(reverse("passkey_question"))

    response = client.post(reverse("passkey_sign_in"), {"answer": answer})

    assert response.status_code == 200
    assert "请使用密码" in response.content.decode()


@pytest.mark.parametrize(
    ("host", "is_secure", "is_offered"),
    [("localhost:8000", False, True), ("127.0.0.1:8000", False, False), ("xuexi.example.cn", True, True)],
)
def test_passkeys_are_offered_where_browsers_keep_them(
    client: Client, settings: Any, host: str, is_secure: bool, is_offered: bool
):
    settings.ALLOWED_HOSTS = ["*"]

    page = client.get("/sign-in/", headers={"host": host}, secure=is_secure).content.decode()

    assert ("data-passkey" in page) is is_offered


def test_session_remembers_whose_it_is_and_the_device(client: Client):
    user = with_password(UserFactory())

    client.post("/sign-in/", {"username": user.username, "password": PASSWORD}, headers={"user-agent": CHROME})

    session = WebSession.objects.get()
    assert (session.user, session.signed_in_at, session.user_agent) == (user, NOON, CHROME)


# The policy of a city


@pytest.fixture
def required(settings: Any) -> None:
    settings.QIXUE = {**settings.QIXUE, "SECOND_FACTOR": "required"}


@pytest.mark.parametrize("path", ["/workspace/", "/workspace/notices/?page=2", "/workspace/components/"])
def test_required_second_step_comes_before_the_workspace(client: Client, required: None, path: str):
    client.force_login(RoleAssignmentFactory().user)

    response = client.get(path)

    assert response.status_code == 302
    assert response.url.startswith("/account/second-factor/?next=%2Fworkspace%2F")
    assert "您的角色" in client.get(response.url).content.decode()


def test_required_second_step_opens_the_workspace_once_it_is_there(client: Client, required: None):
    person = person_with_app()
    RoleAssignmentFactory(user=person)
    client.force_login(person)

    assert client.get("/workspace/").status_code == 200


def test_required_second_step_asks_nothing_of_people_without_a_role(client: Client, required: None):
    client.force_login(UserFactory())

    assert client.get("/workspace/").status_code == 200


def test_offered_second_step_holds_nobody_up(client: Client):
    client.force_login(RoleAssignmentFactory().user)

    assert client.get("/workspace/").status_code == 200


def test_passkey_answer_needs_the_site_that_asked(client: Client):
    user, key = UserFactory(), SoftKey(origin="http://evil.example")
    key.origin = SITE.origin
    added(user, key)
    key.origin = "http://evil.example"

    answer_with(client, key)

    assert not is_signed_in(client)
