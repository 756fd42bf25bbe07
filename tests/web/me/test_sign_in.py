"""A resident signs in by phone: the number, the code, their name, and on to where they wanted to go."""

import datetime
from urllib.parse import unquote

import pytest
from django.test import Client
from lxml import html
from tests.factories import NOON, MemberFactory, RoleAssignmentFactory, SessionFactory, UserFactory
from tests.factories_afterwards import attend
from tests.people.operations.test_phone_codes import digits_in, wrong
from tests.web.me.test_registrations import page_of
from tests.web.public.conftest import words
from time_machine import travel

from qixue.core.models import OutboxMessage
from qixue.participation.models import Feedback
from qixue.people.models import ConfirmedMobile, User

pytestmark = pytest.mark.django_db
MOBILE = "13900000000"
FIRST, SECOND, AGAIN = "/me/sign-in/", "/me/sign-in/code/", "/me/sign-in/again/"


def ask(client: Client, mobile: str = MOBILE, target: str = "") -> str:
    """Give the number; the digits of the message that was sent."""
    response = client.post(FIRST, {"mobile": mobile, "next": target})
    assert (response.status_code, response.url) == (302, SECOND)
    return digits_in(OutboxMessage.objects.latest("pk").body)


def landing(client: Client, digits: str) -> str:
    response = client.post(SECOND, {"code": digits})
    assert response.status_code == 302
    return response.url


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def known_by_phone() -> User:
    user = MemberFactory().user
    ConfirmedMobile.objects.create(user=user, mobile=MOBILE, confirmed_at=NOON)
    return user


def test_first_sign_in_asks_for_the_name_and_goes_on(client):
    wanted = "/me/household/"
    assert client.get(wanted).url == f"{FIRST}?next=/me/household/"

    profile = landing(client, ask(client, target=wanted))

    assert profile == "/me/profile/?next=/me/household/"
    assert page_of(client, profile).xpath("//input[@name='name']/@value") == []
    assert client.post(profile, {"name": "李嘉明", "next": wanted}).url == wanted
    assert User.objects.get().display_name == "李嘉明"


def test_known_resident_goes_straight_on(client):
    user = known_by_phone()

    assert landing(client, ask(client)) == "/me/"
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize("typed", ["１３９ ００００ ００００", "139-0000-0000", " 139 0000 0000 ", "+86 139 0000 0000"])
def test_number_is_taken_as_people_type_it(client, typed):
    ask(client, typed)

    assert OutboxMessage.objects.get().recipient == MOBILE


@pytest.mark.parametrize("typed", ["", "1390000", "0763 3333333", "+852 9123 4567"])
def test_what_is_no_mobile_number_is_asked_again(client, typed):
    page = page_of(client, FIRST, status=422, mobile=typed, next="")

    assert "手机号" in words(page.xpath("//*[@class='error']")[0])
    assert page.xpath("//input[@name='mobile']/@value") == ([typed] if typed else [])


def test_code_is_taken_in_full_width_and_with_a_space(client):
    digits = ask(client)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in digits)

    landing(client, f"{wide[:3]} {wide[3:]}")

    assert is_signed_in(client)


def test_pages_work_for_fingers_and_phones(client):
    number = page_of(client, FIRST).xpath("//input[@name='mobile']")[0]
    ask(client)
    code = page_of(client, SECOND).xpath("//input[@name='code']")[0]

    assert (number.get("inputmode"), number.get("autocomplete")) == ("tel", "tel-national")
    assert (code.get("inputmode"), code.get("autocomplete")) == ("numeric", "one-time-code")


def test_answer_to_a_number_is_the_same_for_everybody():
    known_by_phone()
    RoleAssignmentFactory(user=UserFactory(mobile="13900000001"))

    answers = [answer_to(number) for number in (MOBILE, "13900000001", "13900000002")]

    assert answers[0] == answers[1] == answers[2]


def answer_to(mobile: str) -> str:
    """All words of the page that follows, without the number itself."""
    client = Client()
    ask(client, mobile)
    text = words(page_of(client, SECOND).xpath("//main")[0])
    return text.replace(f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}", "")


def test_right_code_in_another_browser_opens_nothing(client):
    digits = ask(client)
    other = Client()

    assert other.post(SECOND, {"code": digits}).url == FIRST
    assert not is_signed_in(other)


def test_right_code_in_another_browser_that_also_asked_opens_nothing(client, settings):
    digits, other = ask(client), Client()
    other.post(FIRST, {"mobile": MOBILE})  # too soon for a message of its own

    assert other.post(SECOND, {"code": digits}).url == FIRST
    assert not is_signed_in(other)


def test_asking_too_soon_leads_to_the_code_that_was_sent_to_this_browser_only(client):
    ask(client)

    links = [
        page_of(browser, FIRST, status=422, mobile=MOBILE, next="/me/household/").xpath(f"//main//a[@href='{SECOND}']")
        for browser in (client, Client())
    ]

    assert [len(found) for found in links] == [1, 0]
    assert client.session["phone_code_asked"]["next"] == "/me/household/"


def test_session_gets_a_new_key(client):
    digits = ask(client)
    before = client.session.session_key

    landing(client, digits)

    assert client.session.session_key != before


def test_code_sent_again_by_the_same_browser_opens_nothing_more(client):
    digits = ask(client)
    stolen = client.cookies["sessionid"].value
    landing(client, digits)
    thief = Client()
    thief.cookies["sessionid"] = stolen

    assert thief.post(SECOND, {"code": digits}).url == FIRST
    assert client.post(SECOND, {"code": digits}).url == FIRST  # pressed twice: leads on to where one is
    assert client.get(FIRST).url == "/me/"


def test_wrong_code_says_what_to_do_and_five_are_the_end(client):
    digits = ask(client)

    pages = [page_of(client, SECOND, status=422, code=wrong(digits)) for _try in range(4)]

    said = [words(page.xpath("//*[@class='error']")[0]) for page in pages]
    assert [f"还可以试{left}次" in sentence for left, sentence in zip((4, 3, 2, 1), said, strict=True)] == [True] * 4
    assert "验证码不对" in said[0]
    assert landing(client, wrong(digits)) == f"{FIRST}?next="
    assert landing(client, digits) == f"{FIRST}?next="
    assert not is_signed_in(client)


def test_code_that_is_over_leads_to_the_page_that_sends_another(client):
    wanted, five_minutes = "/me/household/", datetime.timedelta(minutes=5)
    digits = ask(client, target=wanted)

    with travel(NOON + five_minutes, tick=False):
        response = client.post(SECOND, {"code": digits}, follow=True)
        again = ask(client, target=wanted)

    page = html.fromstring(response.content.decode())
    assert response.redirect_chain[0][0] == f"{FIRST}?next={wanted}"
    assert "请重新获取验证码" in words(page.xpath("//ul[@class='messages']/li[@class='notice ochre']")[0])
    assert page.xpath("//input[@name='mobile']/@value") == [MOBILE]
    with travel(NOON + five_minutes, tick=False):
        assert landing(client, again) == f"/me/profile/?next={wanted}"


def test_code_that_is_over_is_not_offered_where_the_next_comes_too_soon(client):
    digits = ask(client)
    for _try in range(5):
        client.post(SECOND, {"code": wrong(digits)})

    page = page_of(client, FIRST, status=422, mobile=MOBILE, next="")

    assert page.xpath(f"//main//a[@href='{SECOND}']") == []


@pytest.mark.parametrize("typed", ["12", "abcdef", "1234567"])
def test_what_cannot_be_a_code_costs_no_try(client, typed):
    digits = ask(client)

    for _try in range(6):
        page = page_of(client, SECOND, status=422, code=typed)

    assert "请填短信中的6位数字" in words(page.xpath("//*[@class='error']")[0])
    landing(client, digits)
    assert is_signed_in(client)


def test_wrong_code_is_answered_in_the_same_words_for_everybody():
    """Whether somebody has an account, works here, or neither: a try tells nothing about it."""
    known_by_phone()
    RoleAssignmentFactory(user=UserFactory(mobile="13900000001"))

    assert len({refusal_of(number) for number in (MOBILE, "13900000001", "13900000002")}) == 1


def refusal_of(mobile: str) -> str:
    client = Client()
    code = wrong(ask(client, mobile))
    page = page_of(client, SECOND, status=422, code=code)
    return words(page.xpath("//*[@class='error']")[0])


def test_new_code_within_a_minute_is_refused_in_words(client):
    ask(client)

    response = client.post(AGAIN, follow=True)

    page = html.fromstring(response.content.decode())
    assert "秒后可以重新获取" in words(page.xpath("//ul[@class='messages']/li[@class='notice ochre']")[0])
    assert OutboxMessage.objects.count() == 1


def test_new_code_cannot_be_asked_for_without_a_number(client):
    assert (client.post(AGAIN).url, client.get(AGAIN).status_code) == (FIRST, 405)
    assert client.get(SECOND).url == FIRST


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_nobody_is_led_elsewhere(client, target):
    known_by_phone()

    assert landing(client, ask(client, target=target)) == "/"


def test_staff_member_is_led_to_the_other_sign_in_after_the_code(client):
    RoleAssignmentFactory(user=UserFactory(mobile=MOBILE))

    page = page_of(client, SECOND, status=403, code=ask(client))

    assert "该号码属于工作人员" in words(page.xpath("//h1")[0])
    assert page.xpath("//main//a[@class='btn']/@href") == ["/sign-in/"]
    assert not is_signed_in(client)


def test_closed_account_is_told_so_after_the_code(client):
    User.objects.filter(pk=known_by_phone().pk).update(is_active=False)

    page = page_of(client, SECOND, status=403, code=ask(client))

    assert "此账号已停用" in words(page.xpath("//h1")[0])
    assert not is_signed_in(client)


def test_the_two_sign_ins_lead_to_each_other(client):
    assert f"{FIRST}?next=/me/household/" in links_of(client, "/sign-in/?next=/me/household/")
    assert "/sign-in/?next=/me/household/" in links_of(client, f"{FIRST}?next=/me/household/")


def test_what_was_typed_while_signed_out_waits_behind_the_sign_in(client):
    user = known_by_phone()
    session = SessionFactory()
    attend(session, user.resident)
    form = f"/me/feedback/{session.pk}/{user.resident.pk}/"

    sent = client.post(form, {"face": "good", "sentence": "老师讲得慢，听得懂。"})
    asked = page_of(client, sent.url)
    target = asked.xpath("//main//input[@name='next']/@value")[0]
    back = landing(client, ask(client, target=target))

    assert "您填写的内容还在" in words(asked)
    assert page_of(client, back).xpath("//textarea[@name='sentence']/text()")[0].strip() == "老师讲得慢，听得懂。"
    assert not Feedback.objects.exists()


def test_what_was_typed_is_not_for_whoever_signs_in_over_somebody_else(client):
    client.force_login(MemberFactory().user)
    kept = client.post("/me/household/new/", {"name": "王秀珍", "birth_year": "1851"}).url
    user = MemberFactory().user
    user.set_password("茶园 2026 春天 明前")
    user.save()

    client.post("/sign-in/", {"username": user.username, "password": "茶园 2026 春天 明前"})

    assert page_of(client, kept).xpath("//input[@name='name']/@value") == []


@pytest.mark.parametrize(
    ("referer", "found"),
    [
        ("http://testserver/me/notices/?page=2", "/me/notices/?page=2"),
        ("http://testserver//elsewhere.example/", "/"),
        ("http://[", "/me/notices/read/"),
        ("", "/me/notices/read/"),
    ],
)
def test_button_pressed_while_signed_out_leads_back_to_its_page(client, referer, found):
    """Its own address takes no GET."""
    known_by_phone()

    asked = client.post("/me/notices/read/", {"upto": 1}, headers={"Referer": referer})

    assert landing(client, ask(client, target=unquote(asked.url.partition("next=")[2]))) == found


def test_sign_in_says_that_it_is_on_the_way_to_a_page(client):
    assert "要先登录" in words(page_of(client, f"{FIRST}?next=/me/household/"))
    assert "要先登录" not in words(page_of(client, FIRST))


def links_of(client: Client, path: str) -> list[str]:
    return [link.replace("%2F", "/") for link in page_of(client, path).xpath("//main//a/@href")]


def test_resident_with_a_password_begins_at_their_own_page(client):
    user = MemberFactory().user
    user.set_password("茶园 2026 春天 明前")
    user.save()

    response = client.post("/sign-in/", {"username": user.username, "password": "茶园 2026 春天 明前"})

    assert response.url == "/me/"


def test_resident_with_a_role_begins_in_the_workspace(client):
    user = RoleAssignmentFactory(user=MemberFactory().user).user
    user.set_password("茶园 2026 春天 明前")
    user.save()

    response = client.post("/sign-in/", {"username": user.username, "password": "茶园 2026 春天 明前"})

    assert response.url == "/workspace/"
