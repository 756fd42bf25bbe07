"""The phone remembers whom it let in as long as nobody has taken that back: without a network it has nothing else."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Reader
from tests.browser.door import HOUR, choose_name, expect_unsent, open_way, registered, scan_ticket
from tests.door import ticket_of
from tests.factories import DoorDeviceFactory, OpenSessionFactory, key
from tests.factories_afterwards import organiser_of
from tests.participation.test_session_changes import details_of

from qixue.core.clock import now
from qixue.participation.models import Attendance, DoorDevice, Registration
from qixue.participation.operations.ledger import void_entry
from qixue.participation.operations.session_changes import change_session
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db(transaction=True)

OpenPhone = Callable[..., Reader]


def fetch_list(page: Page) -> None:
    page.click("[data-act=device]")
    with page.expect_response("**/door/bundle"):
        page.click("[data-act=sync]")
    page.click("[data-act=back]")


def expect_sent(page: Page, number: int) -> None:
    """So many entries in all, and each of them is with the server."""
    expect(page.locator("#recent")).to_have_attribute("data-count", str(number))
    expect_unsent(page, 0)


def take_back(row: Registration) -> None:
    entry = Attendance.objects.get(session=row.session).entry
    void_entry(entry, reason="扫错了人", by=organiser_of(row.session.activity), at=now(), client_uuid=key())


def move_by_days(session: Session, days: int) -> None:
    session.refresh_from_db()
    shift = 24 * days * HOUR
    details = details_of(session, starts_at=session.starts_at + shift, ends_at=session.ends_at + shift)
    by = organiser_of(session.activity)
    change_session(session, details=details, version=session.version, by=by, at=now(), confirmed=True)


def test_whoever_was_taken_back_is_let_in_again(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    row = registered(door_session, "李桂芳")
    page = open_phone().page
    choose_name(page, "桂芳", "in")
    expect_sent(page, 1)

    take_back(row)
    fetch_list(page)

    expect(page.locator("#inside")).to_contain_text("已签到：0／1")
    open_way(page, "name")
    page.fill("#search", "桂芳")
    expect(page.locator("#people")).not_to_contain_text("已在场")
    page.click("#people button")
    page.wait_for_selector("#result[data-verdict=in]")
    expect_sent(page, 2)
    fetch_list(page)
    assert Attendance.objects.count() == 1
    choose_name(page, "桂芳", "already")


def test_companions_are_offered_again_once_the_session_has_moved_and_come_back(open_phone: OpenPhone) -> None:
    session = OpenSessionFactory(starts_at=now() + HOUR, ends_at=now() + 2 * HOUR)
    DoorDeviceFactory(sessions=[session], valid_until=now() + 72 * HOUR)
    mother = registered(session, "莫小英")
    registered(session, "莫小宝", party=mother.party)
    page = open_phone().page
    scan_ticket(page, ticket_of(mother), "in")
    page.click("[data-all]")
    expect_sent(page, 2)
    page.click("[data-act=back]")
    expect(page.locator("#inside")).to_contain_text("已签到：2／2")

    move_by_days(session, 1)
    fetch_list(page)
    expect(page.locator("#inside")).to_contain_text("已签到：0／2")
    move_by_days(session, -1)
    fetch_list(page)
    scan_ticket(page, ticket_of(mother), "in")
    expect(page.locator("#companions")).to_contain_text("莫小宝")
    page.click("[data-all]")

    expect_sent(page, 4)
    assert Attendance.objects.count() == 2


def test_whoever_is_in_without_a_seat_is_counted_in_both_numbers(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    """Two sessions of one activity are told apart by their topics."""
    Session.objects.filter(pk=door_session.pk).update(topic="家风故事一")
    row = registered(door_session, "李桂芳")
    page = open_phone().page
    expect(page.locator("#title")).to_have_text(f"{door_session.activity.title} · 家风故事一")
    choose_name(page, "桂芳", "in")
    expect_sent(page, 1)

    gone = {"state": Registration.State.CANCELLED, "cancelled_at": now(), "cancel_reason": "resident"}
    Registration.objects.filter(pk=row.pk).update(**gone)
    page.click("[data-act=back]")
    fetch_list(page)

    expect(page.locator("#inside")).to_contain_text("已签到：1／1")


def test_without_a_network_the_phone_goes_by_what_it_remembers(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    """Also of what was taken back meanwhile: it cannot know."""
    known, late = registered(door_session, "李桂芳"), registered(door_session, "盘阿婆")
    phone = open_phone()
    choose_name(phone.page, "桂芳", "in")
    expect_sent(phone.page, 1)
    phone.context.set_offline(True)
    take_back(known)

    choose_name(phone.page, "阿婆", "in")
    scan_ticket(phone.page, ticket_of(late), "already")
    choose_name(phone.page, "桂芳", "already")

    phone.context.set_offline(False)
    expect_sent(phone.page, 4)
    assert Attendance.objects.filter(session=door_session).count() == 2
