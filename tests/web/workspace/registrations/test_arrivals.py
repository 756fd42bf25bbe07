"""Who came, on the list of registrations and in its files."""

import csv
import datetime
import io
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html
from tests.factories import NOON, OpenSessionFactory, RegistrationFactory, key
from tests.factories_afterwards import organiser_of
from tests.web.browsing import page_in
from tests.web.public.conftest import words
from tests.web.workspace.registrations.pages import address

from qixue.participation.models import LedgerEntry, Registration
from qixue.participation.operations.check_ins import check_in
from qixue.participation.operations.ledger import void_entry
from qixue.participation.queries.arrivals import Arrival, arrivals_at
from qixue.participation.queries.door_state import expected_people
from qixue.people.operations.erasure import erase_account
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def session() -> Session:
    """It began an hour ago."""
    return OpenSessionFactory(starts_at=NOON - HOUR, ends_at=NOON + HOUR, seat_count=2)


@pytest.fixture
def came(session: Session) -> Registration:
    """One with a seat came, another did not, and a third one waits."""
    found: Registration = RegistrationFactory(session=session, resident__name="李嘉明")
    RegistrationFactory(session=session, resident__name="王芳")
    RegistrationFactory(session=session, resident__name="陈强", waiting_number=1)
    let_in(session, registration=found)
    return found


def let_in(session: Session, **whom: Any) -> None:
    check_in(session, by=organiser_of(session.activity), at=NOON, client_uuid=key(), **whom)


def cell_of(browser: Client, page: str) -> html.HtmlElement:
    """Of who is forgotten, whether they came."""
    rows = page_in(browser.get(page)).xpath("//main//tbody/tr[normalize-space(*[1]/text()[1])='—']")
    return rows[0].xpath("td[@data-label='到场' or @data-label='现场签到']")[0]


def acts_of(browser: Client, row: Registration) -> list[str]:
    page = page_in(browser.get(address(row.session)))
    return [words(link) for link in page.xpath(f"//main//a[contains(@href, '/registrations/{row.pk}/')]")]


def arrivals(page: html.HtmlElement) -> list[str]:
    return [words(cell) for cell in page.xpath("//main//tbody/tr/td[@data-label='到场']")]


def test_list_says_who_came_since_when_and_how(session: Session, came: Registration, organiser: Client) -> None:
    assert arrivals(page_in(organiser.get(address(session)))) == ["✓ 已到 12:00 现场签到", "○ 未签到", "—"]


def test_list_says_before_the_start_who_is_in_also_of_those_who_wait(
    session: Session, came: Registration, organiser: Client
) -> None:
    Session.objects.filter(pk=session.pk).update(starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR, state="planned")
    let_in(session, registration=Registration.objects.get(resident__name="陈强"))

    shown = arrivals(page_in(organiser.get(address(session))))

    assert shown == ["✓ 已到 12:00 现场签到", "—", "✓ 已到 12:00 现场签到"]


@pytest.mark.parametrize(
    ("rule", "absent"),
    [("list", "○ 未到"), ("list_and_others", "○ 未到"), ("head_count", "○ 未签到")],
)
def test_nobody_missed_it_of_whom_only_a_head_count_may_know(
    session: Session, came: Registration, organiser: Client, rule: str, absent: str
) -> None:
    Session.objects.filter(pk=session.pk).update(ends_at=NOON, counting_rule=rule)

    assert arrivals(page_in(organiser.get(address(session)))) == ["✓ 已到 12:00 现场签到", absent, "—"]


def test_nothing_is_said_of_arrivals_before_the_start_while_nobody_is_in(session: Session, organiser: Client) -> None:
    RegistrationFactory(session=session)
    Session.objects.filter(pk=session.pk).update(starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR, state="planned")

    assert arrivals(page_in(organiser.get(address(session)))) == []


def test_whoever_came_and_is_forgotten_was_there(session: Session, came: Registration, organiser: Client) -> None:
    erase_account(came.resident.user, at=NOON)

    assert arrivals(page_in(organiser.get(address(session))))[0] == "✓ 已到"


def test_seat_of_who_is_in_and_forgotten_is_offered_to_nobody_until_the_check_in_is_taken_back(
    session: Session, came: Registration, organiser: Client
) -> None:
    Session.objects.filter(pk=session.pk).update(starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR, state="planned")
    erase_account(came.resident.user, at=NOON)
    (entry,) = LedgerEntry.objects.effective()

    inside = acts_of(organiser, came)
    void_entry(entry, reason="扫错了人", by=organiser_of(session.activity), at=NOON, client_uuid=key())

    assert (inside, acts_of(organiser, came)) == ([], ["改场次 ：—", "移出 ：—"])


def test_who_is_forgotten_is_not_in_any_more_once_the_check_in_is_taken_back(
    session: Session, came: Registration, organiser: Client
) -> None:
    erase_account(came.resident.user, at=NOON)
    (entry,) = LedgerEntry.objects.effective()
    pages = (address(session), f"/workspace/sessions/{session.pk}/door/", f"/workspace/sessions/{session.pk}/")

    before = [words(cell_of(organiser, page)) for page in pages]
    void_entry(entry, reason="扫错了人", by=organiser_of(session.activity), at=NOON, client_uuid=key())

    assert before == ["✓ 已到", "✓ 已到 姓名已删除", "✓ 已到 姓名已删除"]
    assert [words(cell_of(organiser, page)) for page in pages] == ["○ 未签到", "姓名已删除", "姓名已删除"]


def test_place_that_whoever_came_had_given_up_before_is_no_arrival(session: Session, came: Registration) -> None:
    """They signed up again; both places keep that they were there once they are forgotten."""
    given_up = RegistrationFactory(session=session, resident=came.resident, state=Registration.State.CANCELLED)
    erase_account(came.resident.user, at=NOON)

    rows = Registration.objects.filter(was_there=True).order_by("pk")
    found = arrivals_at(session, expected_people(session), at=NOON)
    assert [(row.pk, found.of(row)) for row in rows] == [(came.pk, Arrival.IN), (given_up.pk, None)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_files_say_who_came_since_when_and_how(
    session: Session, came: Registration, organiser: Client, kind: str
) -> None:
    file = organiser.post(address(session), {"table": f"registrations.{kind}"}).getvalue()
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(file.decode("utf-8-sig"))))
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(file)).active
        rows = [["" if cell is None else str(cell)[:16] for cell in line] for line in sheet.values]
    head = next(at for at, row in enumerate(rows) if "姓名" in row)
    columns = [rows[head].index(title) for title in ("姓名", "到场", "到场时间", "签到方式")]

    assert [[row[column] for column in columns] for row in rows[head + 1 :]] == [
        ["李嘉明", "已到", "2026-11-04 12:00", "现场签到"],
        ["王芳", "未签到", "", ""],
        ["陈强", "", "", ""],
    ]


def test_list_leads_to_those_who_came_without_signing_up(
    session: Session, came: Registration, organiser: Client
) -> None:
    without = page_in(organiser.get(address(session))).xpath("//main//a[contains(@href, '#walk-ins')]")
    for name in ("房志坚", ""):
        let_in(session, name=name)

    (link,) = page_in(organiser.get(address(session))).xpath("//main//a[contains(@href, '#walk-ins')]")
    there = page_in(organiser.get(link.get("href")))

    assert (without, words(link)) == ([], "未报名到场2人")
    assert len(there.xpath("//*[@id='walk-ins']//tbody/tr")) == 2


def test_list_asks_the_same_where_one_and_where_three_came(session: Session, organiser: Client) -> None:
    counts = []
    for names in (["房一"], ["房二", "房三"]):
        for name in names:
            let_in(session, registration=RegistrationFactory(session=session))
            let_in(session, name=name)
        with CaptureQueriesContext(connection) as queries:
            organiser.get(address(session))
        counts.append(len(queries))

    assert counts[0] == counts[1]
