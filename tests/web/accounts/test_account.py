"""My account: whose pages they are, what must be confirmed, and what each of them does."""

import datetime
import json
import re
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse
from tests.factories import NOON, MemberFactory, UserFactory
from tests.people.operations.people_with_factors import code_at, person_with_app, recovery_codes_of
from tests.people.operations.soft_key import SoftKey
from tests.people.operations.test_passkeys import added
from tests.web.browsing import page_of
from tests.web.public.conftest import words
from time_machine import travel

from qixue.people.factors import factors_of
from qixue.people.models import Passkey, User, WebSession
from qixue.people.one_time_codes import code_of, step_at
from qixue.people.operations.passkeys import Question
from qixue.web import account_urls

pytestmark = pytest.mark.django_db
PASSWORD = "vK9-ruzt-Ohm7-lip"
ROUTES = [route.name or "" for route in account_urls.urlpatterns]
CONFIRMED = {"app", "remove_app", "recovery_codes", "new_passkey", "new_passkey_question", "remove_passkey"}
POST_ONLY = {"language", "end_session", "end_other_sessions", "new_passkey_question"}
LATER = NOON + datetime.timedelta(minutes=11)


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


@pytest.fixture
def person() -> User:
    return with_password(UserFactory(username="library"))


@pytest.fixture
def page(client: Client, person: User) -> Client:
    """Signed in just now, by the page itself."""
    client.post("/sign-in/", {"username": "library", "password": PASSWORD})
    return client


def address(route: str, passkey: Passkey) -> str:
    return reverse(f"account:{route}", args=[passkey.pk] if route == "remove_passkey" else [])


def added_here(client: Client, person: User, key: SoftKey | None = None) -> Passkey:
    """A first passkey ends the other sessions, so the one of this browser is kept."""
    return added(person, key or SoftKey(), keep=client.session.session_key or "")


def ask(client: Client, route: str, passkey: Passkey) -> Any:
    return (client.post if route in POST_ONLY else client.get)(address(route, passkey))


def test_visitors_are_asked_to_sign_in_on_every_page(client: Client, person: User):
    passkey = added(person, SoftKey())

    answers = {route: ask(client, route, passkey).headers.get("Location", "") for route in ROUTES}

    assert {route for route, target in answers.items() if not target.startswith("/sign-in/?next=")} == set()


def test_what_changes_the_sign_in_asks_once_more_after_ten_minutes(page: Client, person: User):
    passkey = added_here(page, person)
    with travel(LATER, tick=False):
        asked = {
            route
            for route in ROUTES
            if ask(page, route, passkey).headers.get("Location", "").startswith("/account/confirm/?next=")
        }
        before = page.session.session_key
        answers = {"password": PASSWORD, "code": recovery_codes_of(person)[0], "next": "/account/app/"}
        page.post("/account/confirm/", answers)

        assert asked == CONFIRMED
        assert page.session.session_key != before
        assert page.get("/account/app/").status_code == 200


def test_wrong_password_confirms_nothing_and_is_counted(page: Client):
    with travel(LATER, tick=False):
        statuses = [page.post("/account/confirm/", {"password": "wrong"}).status_code for _time in range(6)]

        assert statuses == [422] * 4 + [429] * 2
        assert page.get("/account/app/").status_code == 302


@pytest.mark.parametrize(
    ("answers", "field"),
    [({}, "code"), ({"code": "000000"}, "code"), ({"code": code_at(NOON), "password": "wrong"}, "password")],
)
def test_whoever_has_a_second_step_confirms_by_both(client: Client, answers: dict[str, str], field: str):
    client.force_login(with_password(person_with_app(username="museum")))

    refused = client.post("/account/confirm/", {"password": PASSWORD, **answers})
    before = client.get("/account/app/remove/").status_code
    client.post("/account/confirm/", {"password": PASSWORD, "code": code_at(NOON)})

    assert (refused.status_code, f'id="id_{field}_error"' in refused.content.decode()) == (422, True)
    assert (before, client.get("/account/app/remove/").status_code) == (302, 200)


def test_passkey_confirms_its_own_person_only(page: Client, person: User):
    mine, theirs = SoftKey(), SoftKey()
    added_here(page, person, mine)
    added(UserFactory(), theirs)
    statuses = []
    with travel(LATER, tick=False):
        for key in (theirs, mine):
            question = Question(page.post(reverse("passkey_question")).json(), {})
            response = page.post("/account/confirm/", {"answer": json.dumps(key.get(question))})
            statuses.append((response.status_code, page.get("/account/app/").status_code))

    assert statuses == [(200, 302), (302, 200)]


def test_nobody_reaches_the_passkey_of_somebody_else(page: Client):
    passkey = added(UserFactory(), SoftKey())

    answers = [act(address("remove_passkey", passkey)).status_code for act in (page.get, page.post)]

    assert (answers, Passkey.objects.count()) == ([404, 404], 1)


def test_pages_are_kept_by_no_cache(page: Client, person: User):
    passkey = added_here(page, person)

    kept = [route for route in ROUTES if "no-store" not in ask(page, route, passkey).headers["Cache-Control"]]

    assert kept == []


def test_password_is_changed_and_the_other_browser_is_out(page: Client, person: User):
    other = Client()
    other.force_login(person)
    new = "渔沙坑村的老茶树下有三只鸡"

    response = page.post("/account/password/", {"current": PASSWORD, "password": new, "again": new})

    assert (response.status_code, User.objects.get().check_password(new)) == (302, True)
    assert [client.get("/account/").status_code for client in (page, other)] == [200, 302]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"current": "wrong"}, "请核对现在的密码，输入的密码不对。"),
        ({"again": "another-8#kq-zu"}, "请将新密码输入两次，两次须一致。"),
        ({"password": "password1234", "again": "password1234"}, "请换一个密码：它由泄露密码表里的词和数字组成。"),
        ({"password": "", "again": ""}, "请填写新密码。"),
    ],
)
def test_password_that_does_not_fit_is_refused_in_words(page: Client, changes: dict[str, str], sentence: str):
    new = "渔沙坑村的老茶树下有三只鸡"

    response = page.post("/account/password/", {"current": PASSWORD, "password": new, "again": new, **changes})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert User.objects.get().check_password(PASSWORD)


def test_app_is_set_up_with_the_key_on_the_page_and_gives_codes_once(page: Client, person: User):
    shown = page.get("/account/app/?next=/workspace/notices/").content.decode()
    key, signed = secret_on(shown), re.search(r'name="key" value="([^"]+)"', shown)
    assert signed is not None
    wrong = page.post("/account/app/", {"key": signed[1], "code": "000000", "next": "/workspace/notices/"})

    before = page.session.session_key
    answers = {"key": signed[1], "code": code_of(key, step_at(NOON)), "next": "/workspace/notices/"}
    done = page.post("/account/app/", answers)
    codes = codes_on(page.get(done.url).content.decode())
    kept = page.post(done.url, {"kept": "1", "next": "/workspace/notices/"})

    assert (wrong.status_code, secret_on(wrong.content.decode())) == (422, key)
    assert done.url == "/account/recovery-codes/?next=%2Fworkspace%2Fnotices%2F"
    assert (len(codes), kept.url) == (10, "/workspace/notices/")
    assert codes_on(page.get("/account/recovery-codes/").content.decode()) == []
    assert bool(factors_of(person).app)
    assert page.session.session_key != before


def secret_on(text: str) -> str:
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', text)
    assert found is not None
    return found[1].replace(" ", "")


def codes_on(text: str) -> list[str]:
    return re.findall(r"\d{4}-\d{4}-\d{4}", text)


@pytest.mark.parametrize("key", ["", "JBSWY3DPEHPK3PXP", "x:y:z"])
def test_key_that_the_page_did_not_make_is_not_taken(page: Client, person: User, key: str):
    response = page.post("/account/app/", {"key": key, "code": code_of("JBSWY3DPEHPK3PXP", step_at(NOON))})

    assert (response.status_code, factors_of(person).app) == (422, None)


def test_key_made_for_somebody_else_is_not_taken(page: Client, person: User):
    stranger = with_password(UserFactory(username="stranger"))
    other = Client()
    other.post("/sign-in/", {"username": stranger.username, "password": PASSWORD})
    shown = other.get("/account/app/").content.decode()
    signed = re.search(r'name="key" value="([^"]+)"', shown)
    assert signed is not None

    response = page.post("/account/app/", {"key": signed[1], "code": code_of(secret_on(shown), step_at(NOON))})

    assert (response.status_code, factors_of(person).app) == (422, None)


def test_app_is_removed_after_a_question(client: Client):
    person = with_password(person_with_app(username="museum"))
    client.force_login(person)
    client.post("/account/confirm/", {"password": PASSWORD, "code": code_at(NOON)})

    asked = client.get("/account/app/remove/").content.decode()
    client.post("/account/app/remove/")

    assert "这是您唯一的第二步验证" in asked
    assert not factors_of(person)


def test_recovery_codes_without_a_second_step_are_refused(page: Client):
    response = page.post("/account/recovery-codes/")

    assert response.status_code == 409
    assert "请先设置验证器或通行密钥。" in response.content.decode()


def test_passkey_is_added_with_its_name_and_removed(page: Client, person: User):
    key = SoftKey()
    question = Question(page.post(reverse("account:new_passkey_question")).json(), {})
    done = page.post("/account/passkeys/new/", {"name": " 我的手机 ", "answer": json.dumps(key.create(question))})
    passkey = Passkey.objects.get()
    overview = page.get("/account/").content.decode()

    page.post(address("remove_passkey", passkey))

    assert (done.status_code, passkey.name, passkey.user) == (302, "我的手机", person)
    assert "我的手机" in overview
    assert Passkey.objects.count() == 0


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"name": "", "answer": "{}"}, "请填写通行密钥的名称。"),
        ({"name": "手机", "answer": ""}, "通行密钥未添加。请再试一次。"),
        ({"name": "手\u202e机", "answer": "{}"}, "请删去文字里看不见的控制字符。"),
    ],
)
def test_passkey_that_does_not_fit_is_refused_in_words(page: Client, answers: dict[str, str], sentence: str):
    page.post(reverse("account:new_passkey_question"))

    response = page.post("/account/passkeys/new/", answers, headers={"host": "localhost"})

    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_sessions_are_listed_with_their_device_and_ended(page: Client, person: User):
    phone, computer = (Client(headers={"user-agent": agent}) for agent in ("iPhone MicroMessenger", "Windows Edg"))
    for client in (phone, computer):
        client.post("/sign-in/", {"username": "library", "password": PASSWORD})

    shown = page.get("/account/").content.decode()
    page.post("/account/sessions/end/", {"session": WebSession.objects.get(user_agent__contains="iPhone").mark})
    after_one = [client.get("/account/").status_code for client in (page, phone, computer)]
    page.post("/account/sessions/end-others/")

    assert ("微信 · iPhone" in shown, "Edge · Windows" in shown) == (True, True)
    assert all(session.session_key not in shown for session in WebSession.objects.all())
    assert after_one == [200, 302, 200]
    assert [client.get("/account/").status_code for client in (page, computer)] == [200, 302]


def test_language_is_that_of_messages_and_pages(page: Client):
    page.post("/account/language/", {"language": "en"})

    assert User.objects.get().language == "en"
    assert '<html lang="en"' in page.get("/account/").content.decode()


def test_language_that_is_not_offered_changes_nothing(page: Client):
    page.post("/account/language/", {"language": "fr"})

    assert User.objects.get().language == "zh-hans"


def test_somebody_without_a_password_is_offered_none_and_reads_their_own_name():
    client, member = Client(), MemberFactory(name="李嘉明", user__username="resident-26a7b50364395fdf")
    User.objects.filter(pk=member.user_id).update(display_name="李嘉明", password=make_password(None))
    client.force_login(User.objects.get(pk=member.user_id))

    page, confirming = (page_of(client, reverse(f"account:{name}")) for name in ("home", "confirm"))

    assert words(page.xpath("//p[@class='kicker']")[0]) == "李嘉明"
    assert not page.xpath(f"//main//a[@href='{reverse('account:password')}']")
    assert client.get(reverse("account:password")).url == reverse("account:home")
    assert not confirming.xpath("//main//input[@type='password']")
    assert confirming.xpath("//main//a[@class='btn']/@href") == [reverse("sign_out")]
