"""What the door app says without a network and what the server makes of it later are the same rules."""

import datetime
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Reader
from tests.browser.door import (
    HOUR,
    KEPT,
    add_walk_in,
    choose_name,
    enter_code,
    expect_unsent,
    open_way,
    registered,
    scan_ticket,
)
from tests.door import ticket_of
from tests.factories import DoorDeviceFactory, OpenSessionFactory

from qixue.core.clock import now
from qixue.core.signing_keys import published, sign_with, signing_key
from qixue.participation.door_words import sentence_of
from qixue.participation.merge import LET_IN, Facts, Holder, Judgement, Window, judge
from qixue.participation.models import DoorDevice, Scan
from qixue.participation.tickets import Ticket, encode
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db(transaction=True)

OpenPhone = Callable[..., Reader]
SECOND = datetime.timedelta(seconds=1)
START = datetime.datetime(2026, 11, 5, 9, tzinfo=datetime.UTC)
END = START + 2 * HOUR
MOMENTS = [
    *(START - datetime.timedelta(days=1), START - 2 * HOUR - SECOND, START - 2 * HOUR, START - SECOND, START, END),
    *(END + 2 * HOUR, END + 2 * HOUR + SECOND, END + 5 * HOUR, END + datetime.timedelta(days=1)),
]
WINDOWS = [
    *(Window(START, END), Window(START, None), Window(None, None)),
    *(Window(START, END, is_off=True), Window(START, END + 4 * HOUR)),  # the last was moved after the device was set up
]
UNTIL = END + 2 * HOUR  # the hours of the device
GONE = START - datetime.timedelta(days=30)
SEAT, CANCELLED = Holder("confirmed", is_here=True), Holder("cancelled", is_here=True, cancelled_at=GONE)
WHO = {  # as the server knows them: whose it is, and why it is nobody's
    "confirmed": (SEAT, ""),
    "offered": (Holder("offered", is_here=True), ""),
    "waiting": (Holder("waiting", is_here=True), ""),
    "cancelled": (CANCELLED, ""),
    "nobody": (None, "unknown_code"),
    "walk_in": (None, ""),
    "ticket": (SEAT, ""),
    "unlisted_ticket": (SEAT, ""),
    "cancelled_ticket": (CANCELLED, ""),
    "foreign_ticket": (Holder("confirmed", is_here=False), ""),
    "old_ticket": (None, "ticket_over"),
    "forged_ticket": (None, "bad_ticket"),
}
NOT_OURS = {"foreign_ticket": "wrong_session", "forged_ticket": "forged"}  # told also where the session is off
WORDS = {  # of the device, by the server's; the others are the same
    "outside_hours": "not_now",
    "device_hours_over": "not_now",
    "ticket_over": "expired",
    "bad_ticket": "forged",
}
SHOWN = """
async ([cases, module, keys]) => {
  const { atThisHour, judgeCode, judgeCount, judgeTicket } = await import(module);
  const judge = (who, ticket, desk) => {
    if (who === "walk_in") return { code: "walked_in" };
    return ticket ? judgeTicket(ticket, desk) : judgeCode("048213", desk);
  };
  return Promise.all(cases.map(async ({ who, ticket, session, until, at }) => {
    const state = ["offered", "waiting"].includes(who) ? who : "confirmed";
    const people = ["nobody", "unlisted_ticket"].includes(who) ? [] : [{ registration: 1, code: "048213", state }];
    const revoked = who.startsWith("cancelled") ? [1] : [];
    const desk = {
      session: { ...session, people }, scans: [], inside: new Map(), at: Date.parse(at),
      bundle: { keys, sessions: [], revoked, device: { sessions_until: until } },
    };
    const judged = await judge(who, ticket, desk);
    return [atThisHour(judged, desk).code, atThisHour(judgeCount(1, desk), desk).code];
  }));
}
"""


def cases() -> Iterator[tuple[str, Window, datetime.datetime]]:
    yield from product(WHO, WINDOWS, MOMENTS)


def ticket_text(who: str) -> str:
    if not who.endswith("ticket"):
        return ""
    key = signing_key("ticket")
    session = 2 if who == "foreign_ticket" else 1
    not_after = GONE if who == "old_ticket" else END + datetime.timedelta(days=365)
    ticket = Ticket(key.kid, programme=1, session=session, registration=1, not_after=not_after)
    return encode(ticket, lambda content: bytes(64) if who == "forged_ticket" else sign_with(key, content))


def as_device_knows(window: Window, moment: datetime.datetime) -> dict[str, Any]:
    starts, ends = (each.isoformat() if each else None for each in window[:2])
    session = {"id": 1, "starts_at": starts, "ends_at": ends, "is_off": window.is_off}
    return {"session": session, "until": UNTIL.isoformat(), "at": moment.isoformat()}


def by_server(who: str, window: Window, moment: datetime.datetime) -> Judgement:
    holder, problem = WHO[who]
    return judge(Facts(moment, moment, moment, UNTIL, window, holder, who != "walk_in", problem))


def word_for(who: str, window: Window, moment: datetime.datetime) -> str:
    """What the device has to show, by what the server says. What is wrong about the person goes before the hour."""
    judgement = by_server(who, window, moment)
    if judgement.counts:
        return "walked_in" if who == "walk_in" else "in"
    if judgement.reason == "session_off":
        return NOT_OURS.get(who, "session_off")
    why = next(iter(judgement.marks), judgement.reason)
    return WORDS.get(why, why)


def word_for_count(window: Window, moment: datetime.datetime) -> str:
    reason = by_server("walk_in", window, moment).reason
    if not reason:
        return "counted" if window.starts_at <= moment else "count_waits"
    return "count_waits" if reason == "outside_hours" else WORDS.get(reason, reason)


def test_device_shows_what_the_server_says(open_phone: OpenPhone, door_device: DoorDevice) -> None:
    page = open_phone().page
    texts = {who: ticket_text(who) for who in WHO}
    known = [{"who": who, "ticket": texts[who], **as_device_knows(*when)} for who, *when in cases()]
    module = page.evaluate("document.querySelector('[href$=\"verdicts.js\"]').href")

    shown = page.evaluate(SHOWN, [known, module, [published(signing_key("ticket"))]])

    wanted = [[word_for(*case), word_for_count(*case[1:])] for case in cases()]
    assert [each for each in zip(cases(), shown, wanted, strict=True) if each[1] != each[2]] == []
    assert {word for word, _count in shown} & LET_IN == {"in", "walked_in"}


def test_day_before_nobody_is_welcome_and_all_waits(open_phone: OpenPhone) -> None:
    start = now() + 24 * HOUR
    session = OpenSessionFactory(starts_at=start, ends_at=start + HOUR)
    DoorDeviceFactory(sessions=[session], valid_until=start + 3 * HOUR)
    elder = registered(session, "张桂兰")
    father = registered(session, "李嘉明")
    registered(session, "李小宝", party=father.party)
    phone = open_phone()
    phone.context.set_offline(True)
    local = start.astimezone(datetime.timezone(8 * HOUR))
    expect(phone.page.locator("#subtitle")).to_contain_text(f"{local.month}月{local.day}日")

    scan_ticket(phone.page, ticket_of(elder), "not_now")
    expect(phone.page.locator("#result")).to_have_class("result mind")
    expect(phone.page.locator("#result")).to_contain_text("还没有计入，由承办单位核对后决定")
    enter_code(phone.page, elder.door_code, "not_now")
    choose_name(phone.page, "嘉明", "not_now")
    phone.page.click("[data-all]")
    expect(phone.page.locator("#recent")).to_have_attribute("data-count", "4")
    expect(phone.page.locator("#result[data-verdict=not_now]")).to_contain_text("李小宝")
    open_way(phone.page, "walk_in")
    phone.page.click("[data-form=walk_in] button")
    phone.page.wait_for_selector("#result[data-verdict=not_now]")
    phone.page.click("[data-act=back]")
    expect(phone.page.locator("#inside")).to_have_text("已签到：0／3 · 本机临时到场：0")
    phone.context.set_offline(False)
    expect_unsent(phone.page, 0)

    assert set(Scan.objects.values_list("verdict", "reason")) == {("review", "outside_hours")}
    assert Scan.objects.count() == 5


def test_wrong_clock_is_put_right_before_the_verdict(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    elder = registered(door_session, "张桂兰")
    phone = open_phone()
    phone.page.clock.set_system_time(now() + 24 * HOUR)
    phone.page.click("[data-act=device]")
    phone.page.click("[data-act=sync]")
    expect(phone.page.locator("#clock")).to_contain_text("1440")
    phone.context.set_offline(True)

    choose_name(phone.page, "桂兰", "in")
    phone.context.set_offline(False)
    expect_unsent(phone.page, 0)

    scan = Scan.objects.get(registration=elder)
    assert (scan.verdict, scan.marks) == ("counted", "clock_off")


def test_clock_changed_without_network_is_named_and_waits(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    """Nobody can know by how much it is off; what the phone said holds."""
    registered(door_session, "张桂兰")
    phone = open_phone()
    phone.context.set_offline(True)
    phone.page.clock.set_system_time(datetime.datetime(2020, 1, 1, 8, tzinfo=datetime.UTC))

    choose_name(phone.page, "桂兰", "not_now")

    expect(phone.page.locator("#result")).to_contain_text("这台设备上现在是1月1日")
    phone.context.set_offline(False)
    expect_unsent(phone.page, 0)
    assert Scan.objects.get().verdict == "review"


def test_ticket_of_another_session_says_when_it_is_and_that_it_waits(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    start = now() + 48 * HOUR
    other = OpenSessionFactory(activity=door_session.activity, starts_at=start, ends_at=start + HOUR)
    elder = registered(other, "张桂兰")
    phone = open_phone()
    door_device.sessions.add(other)
    phone.page.click("[data-act=device]")
    with phone.page.expect_response("**/door/bundle"):
        phone.page.click("[data-act=sync]")

    scan_ticket(phone.page, ticket_of(elder), "wrong_session")

    local = start.astimezone(datetime.timezone(8 * HOUR))
    expect(phone.page.locator("#result")).to_contain_text(f"{local.month}月{local.day}日")
    expect(phone.page.locator("#result")).to_contain_text("由承办单位核对")


def test_welcome_goes_once_the_server_has_put_the_entry_aside(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    father = registered(door_session, "李嘉明")
    registered(door_session, "李小宝", party=father.party)
    phone = open_phone()
    phone.context.set_offline(True)
    Session.objects.filter(pk=door_session.pk).update(state=Session.State.POSTPONED)
    choose_name(phone.page, "嘉明", "in")
    expect(phone.page.locator("#companions")).to_contain_text("李小宝")

    phone.context.set_offline(False)

    result = phone.page.locator("#result[data-verdict=put_aside]")
    expect(result).to_have_class("result mind")
    expect(result).to_contain_text("还没有计入：由承办单位决定")
    expect(result).to_contain_text("李嘉明")
    expect(result).to_contain_text(str(sentence_of("session_off")))


@pytest.mark.parametrize("state", Session.OFF_STATES)
def test_session_that_is_off_says_so_to_everybody(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice, state: str
) -> None:
    elder = registered(door_session, "张桂兰")
    Session.objects.filter(pk=door_session.pk).update(state=state)
    phone = open_phone()
    assert "张桂兰" not in phone.page.evaluate(KEPT)

    scan_ticket(phone.page, ticket_of(elder), "session_off")
    expect(phone.page.locator("#result")).to_have_class("result stop")
    expect(phone.page.locator("#result")).to_contain_text("这一场不举行")
    enter_code(phone.page, elder.door_code, "session_off")
    open_way(phone.page, "name")
    phone.page.fill("#search", "桂兰")
    expect(phone.page.locator("#found")).to_have_text("这一场不举行")
    add_walk_in(phone.page, "陈阿婆")
    expect(phone.page.locator("#result")).to_have_attribute("data-verdict", "session_off")
    scan_ticket(phone.page, "QX1", "forged")
    expect_unsent(phone.page, 0)

    scans = Scan.objects.order_by("sequence")
    assert list(scans.values_list("verdict", "reason")) == [("review", "session_off")] * 4
    assert [scan.sent["shown"] for scan in scans] == [*["session_off"] * 3, "forged"]
