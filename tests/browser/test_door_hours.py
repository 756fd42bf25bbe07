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
from qixue.participation.merge import LET_IN, Facts, Holder, Window, judge
from qixue.participation.models import DoorDevice, Scan
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
STATES = ["confirmed", "offered", "waiting", "cancelled", "nobody", "walk_in"]
SHOWN = """
async ([cases, module]) => {
  const { atThisHour, judgeCode, judgeCount } = await import(module);
  return cases.map(({ state, session, until, at }) => {
    const people = [{ registration: 1, code: "048213", state: state === "cancelled" ? "confirmed" : state }];
    const desk = {
      session: { ...session, people: state === "nobody" ? [] : people }, scans: [],
      inside: new Map(), at: Date.parse(at),
      bundle: { revoked: state === "cancelled" ? [1] : [], device: { sessions_until: until } },
    };
    const judged = state === "walk_in" ? { code: "walked_in" } : judgeCode("048213", desk);
    return [atThisHour(judged, desk).code, atThisHour(judgeCount(1, desk), desk).code];
  });
}
"""


def cases() -> Iterator[tuple[str, Window, datetime.datetime]]:
    yield from product(STATES, WINDOWS, MOMENTS)


def as_device_knows(state: str, window: Window, moment: datetime.datetime) -> dict[str, Any]:
    starts, ends = (each.isoformat() if each else None for each in window[:2])
    session = {"starts_at": starts, "ends_at": ends, "is_off": window.is_off}
    return {"state": state, "session": session, "until": UNTIL.isoformat(), "at": moment.isoformat()}


def counts_on_server(state: str, window: Window, moment: datetime.datetime) -> bool:
    gone = START - datetime.timedelta(days=30) if state == "cancelled" else None
    holder = None if state in {"nobody", "walk_in"} else Holder(state, is_here=True, cancelled_at=gone)
    needs, problem = state != "walk_in", "unknown_code" if state == "nobody" else ""
    return judge(Facts(moment, moment, moment, UNTIL, window, holder, needs, problem)).counts


def test_device_welcomes_exactly_those_whom_the_server_counts(open_phone: OpenPhone, door_device: DoorDevice) -> None:
    page = open_phone().page
    known = [as_device_knows(*case) for case in cases()]

    shown = page.evaluate(SHOWN, [known, page.evaluate("document.querySelector('[href$=\"verdicts.js\"]').href")])

    differ = []
    for case, (person, count) in zip(cases(), shown, strict=True):
        counts = counts_on_server(*case)
        differ += [(case, person)] if (person in LET_IN) != counts else []
        is_time = counts_on_server("walk_in", *case[1:]) and case[1].starts_at <= case[2]
        differ += [(case, count)] if (count == "counted") != is_time else []
    assert differ == []


def test_day_before_nobody_is_welcome_and_all_waits(open_phone: OpenPhone) -> None:
    start = now() + 24 * HOUR
    session = OpenSessionFactory(starts_at=start, ends_at=start + HOUR)
    DoorDeviceFactory(sessions=[session], valid_until=start + 3 * HOUR)
    elder = registered(session, "张桂兰")
    father = registered(session, "李嘉明")
    registered(session, "李小宝", party=father.party)
    phone = open_phone()
    phone.context.set_offline(True)

    scan_ticket(phone.page, ticket_of(elder), "not_now")
    expect(phone.page.locator("#result")).to_have_class("result mind")
    expect(phone.page.locator("#result")).to_contain_text("还没有计入，由主办方核对后决定")
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
    expect(phone.page.locator("#result")).to_contain_text("由主办方核对")


def test_session_put_off_lets_nobody_in(open_phone: OpenPhone, door_session: Session, door_device: DoorDevice) -> None:
    registered(door_session, "张桂兰")
    Session.objects.filter(pk=door_session.pk).update(state=Session.State.POSTPONED)
    phone = open_phone()

    choose_name(phone.page, "桂兰", "session_off")
    expect(phone.page.locator("#result")).to_have_class("result stop")
    expect_unsent(phone.page, 0)

    assert Scan.objects.get().reason == "session_off"


def test_session_called_off_counts_no_walk_in(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    Session.objects.filter(pk=door_session.pk).update(state=Session.State.CANCELLED)
    phone = open_phone()

    add_walk_in(phone.page, "陈阿婆")
    expect(phone.page.locator("#result")).to_contain_text("这一场不举行")
    expect_unsent(phone.page, 0)

    assert Scan.objects.get().reason == "session_off"
