"""Signing in with WeChat, against a stand-in that speaks its protocol."""

import datetime
import http.client
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import Settings
from tests.factories import NOON, MemberFactory, RoleAssignmentFactory
from tests.web.me.test_registrations import page_of, signed_in
from tests.web.me.test_sign_in import ask, known_by_phone, landing
from tests.web.public.conftest import words
from tests.wechat_stand_in import APP_ID, SECRET, WeChat, running_wechat
from time_machine import travel

from qixue.core.models import AuditEntry
from qixue.people import wechat as adapter
from qixue.people.models import User, WeChatAccount
from qixue.people.operations.wechat import link_wechat
from qixue.people.wechat import WeChatIdentity

pytestmark = pytest.mark.django_db
BEGIN, BACK, NUMBER = "/me/sign-in/wechat/", "/me/sign-in/wechat/back/", "/me/sign-in/"
IN_WECHAT = {"User-Agent": "Mozilla/5.0 (Linux; Android 9) MicroMessenger/8.0.50 Language/zh_CN"}


@pytest.fixture
def wechat(settings: Settings) -> Iterator[WeChat]:
    with running_wechat() as running:
        urls = {"WECHAT_OPEN_URL": running.url, "WECHAT_API_URL": running.url}
        settings.QIXUE = {**settings.QIXUE, "WECHAT_APP_ID": APP_ID, "WECHAT_APP_SECRET": SECRET, **urls}
        yield running


def sent_back(client: Client, target: str = "") -> str:
    """To WeChat and back, as a browser goes: the path to which WeChat leads."""
    parts = urlsplit(client.get(BEGIN, {"next": target}).url)
    assert parts.fragment == "wechat_redirect"
    connection = http.client.HTTPConnection(parts.netloc)
    connection.request("GET", f"{parts.path}?{parts.query}")
    location = urlsplit(connection.getresponse().headers["Location"])
    connection.close()
    return f"{location.path}?{location.query}"


def linked(wechat: WeChat) -> User:
    user = known_by_phone()
    link_wechat(user, WeChatIdentity(wechat.person), by=user, at=NOON)
    return user


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def said(client: Client, path: str) -> str:
    """What the page says where the sign-in cannot go on."""
    assert not is_signed_in(client)
    return words(page_of(client, path, status=409).xpath("//main")[0])


def test_linked_wechat_signs_in_and_goes_on(wechat, client):
    user = linked(wechat)

    answer = client.get(sent_back(client, "/me/household/"))

    assert answer.url == "/me/household/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert AuditEntry.objects.get(action="account.signed_in").details == {"way": "wechat"}


def test_first_time_confirms_the_number_of_the_account_that_is_there(wechat, client):
    user = known_by_phone()

    assert client.get(sent_back(client, "/me/household/")).url == f"{NUMBER}?next=/me/household/"
    assert landing(client, ask(client)) == "/me/"

    account = WeChatAccount.objects.get()
    assert account.user == user
    assert wechat.person not in f"{account.mark}{account.sealed_identity}"
    other = Client()
    assert other.get(sent_back(other)).url == "/me/"


def test_first_time_of_somebody_new_makes_the_account(wechat, client):
    client.get(sent_back(client))

    assert landing(client, ask(client, target="")) == "/me/profile/?next=/me/"

    assert WeChatAccount.objects.get().user == User.objects.get()


def test_page_after_wechat_says_the_same_whether_the_number_has_an_account(wechat, client):
    client.get(sent_back(client))
    pages = []
    for mobile in ("13900000000", "13900001111"):
        if not pages:
            known_by_phone()
        ask(client, mobile)
        pages.append(words(page_of(client, "/me/sign-in/code/").xpath("//main")[0]).replace("1111", "0000"))

    assert pages[0] == pages[1]


def test_number_of_the_staff_is_not_opened_by_wechat(wechat, client):
    user = linked(wechat)
    RoleAssignmentFactory(user=user)

    assert "工作人员登录" in words(page_of(client, sent_back(client), status=403).xpath("//main")[0])
    assert not is_signed_in(client)


def test_closed_account_is_not_opened(wechat, client):
    user = linked(wechat)
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert "已停用" in words(page_of(client, sent_back(client), status=403).xpath("//main")[0])
    assert not is_signed_in(client)


def test_way_back_works_once(wechat, client):
    linked(wechat)
    path = sent_back(client)
    client.get(path)
    client.post("/sign-out/")

    said(client, path)
    assert len(wechat.exchanges) == 1


@pytest.mark.parametrize("state", ["", "another", None])
def test_way_back_that_this_browser_did_not_ask_for_opens_nothing(wechat, client, state):
    """Somebody else's code in my browser would sign me in as them."""
    linked(wechat)
    code = parse_qs(urlsplit(sent_back(Client())).query)["code"][0]
    if state is not None:
        client.get(BEGIN)

    said(client, f"{BACK}?code={code}&state={state or ''}")
    assert wechat.exchanges == []


def test_way_back_after_ten_minutes_is_over(wechat, client):
    linked(wechat)
    path = sent_back(client)

    with travel(NOON + datetime.timedelta(minutes=11), tick=False):
        said(client, path)


def test_person_who_says_no_is_led_to_the_number(wechat, client):
    state = parse_qs(urlsplit(sent_back(client)).query)["state"][0]

    assert "手机号" in said(client, f"{BACK}?state={state}")


@pytest.mark.parametrize(("trouble", "code"), [(40029, "过期"), (40163, "过期"), (42003, "过期"), (-1, "手机号")])
def test_error_of_wechat_is_a_sentence(wechat, client, trouble, code):
    linked(wechat)
    wechat.trouble = b'{"errcode": %d, "errmsg": "rid: 1-2-3"}' % trouble

    sentence = said(client, sent_back(client))

    assert code in sentence
    assert "rid" not in sentence


@pytest.mark.parametrize("trouble", [b"<html>", b"[]", b"{}", b'{"openid": 5}', b'{"openid": ""}', b"\xff"])
def test_answer_that_is_none_is_a_sentence(wechat, client, trouble):
    wechat.trouble = trouble

    assert "手机号" in said(client, sent_back(client))


def test_wrong_secret_is_a_sentence_and_never_logged(wechat, client, settings, capsys):
    settings.QIXUE = {**settings.QIXUE, "WECHAT_APP_SECRET": "a-wrong-secret"}

    assert "手机号" in said(client, sent_back(client))
    logged = capsys.readouterr().err
    assert "40125" in logged
    assert "a-wrong-secret" not in logged


def test_wechat_that_takes_too_long_or_is_away_is_a_sentence(wechat, client, settings, monkeypatch):
    monkeypatch.setattr(adapter, "TIMEOUT", 0.1)
    wechat.delay = 0.5
    assert "手机号" in said(client, sent_back(client))
    path = sent_back(client)
    settings.QIXUE = {**settings.QIXUE, "WECHAT_API_URL": "http://127.0.0.1:9"}

    assert "手机号" in said(client, path)


def test_same_person_in_two_accounts_of_the_city_is_one_by_unionid(wechat, client):
    user = known_by_phone()
    link_wechat(user, WeChatIdentity("another-openid", "uUnion"), by=user, at=NOON)
    wechat.unionid = "uUnion"

    assert client.get(sent_back(client)).url == "/me/"


def test_wechat_that_opens_another_account_is_not_linked_again(wechat, client):
    path = sent_back(client)
    client.get(path)
    digits = ask(client)
    other = MemberFactory().user
    link_wechat(other, WeChatIdentity(wechat.person), by=other, at=NOON)

    page_of(client, "/me/sign-in/code/", status=422, code=digits)

    assert WeChatAccount.objects.get().user == other


def test_another_wechat_takes_the_place_of_the_former_one(wechat):
    user = linked(wechat)

    link_wechat(user, WeChatIdentity("a-new-phone"), by=user, at=NOON)

    assert WeChatAccount.objects.get().mark == WeChatIdentity("a-new-phone").mark


def test_wechat_is_not_linked_to_the_number_of_somebody_else_on_the_same_phone(wechat, client):
    client.get(sent_back(client))
    assert client.post("/me/sign-in/wechat/forget/").url == NUMBER

    landing(client, ask(client))

    assert WeChatAccount.objects.count() == 0


def test_unlinked_wechat_opens_nothing_and_the_phone_still_does(wechat, client):
    user = linked(wechat)
    resident = signed_in(user.resident)
    assert "微信" in words(page_of(resident, "/me/data/"))

    resident.post("/me/data/unlink-wechat/")

    assert client.get(sent_back(client)).url == NUMBER
    assert AuditEntry.objects.filter(action="account.wechat_unlinked").count() == 1


def test_button_comes_first_inside_wechat_and_nowhere_else(wechat, client):
    inside = page_of(Client(headers=IN_WECHAT), NUMBER)
    outside = page_of(client, NUMBER)

    assert inside.xpath("//main//a[contains(@class, 'btn')]/@href") == [BEGIN]
    assert outside.xpath(f"//a[@href='{BEGIN}']") == []


@pytest.mark.parametrize("path", [BEGIN, BACK])
def test_city_without_an_official_account_offers_nothing(client, path):
    assert client.get(path).url == NUMBER
    assert page_of(Client(headers=IN_WECHAT), NUMBER).xpath(f"//a[@href='{BEGIN}']") == []
