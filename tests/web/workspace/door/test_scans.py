"""The list of scans that wait or are odd: whom each is about, what can be done, and what is asked for."""

from typing import Any

import pytest
from django.test import Client
from lxml import html
from tests.factories import OpenSessionFactory, RegionFactory, RegistrationFactory, key
from tests.web.workspace.door.pages import HOUR, asked_name, at_the_door, text_of, waiting_scan

from qixue.core.clock import now
from qixue.core.models import record_audit
from qixue.core.quantity import Qualifier
from qixue.participation.models import LedgerEntry, Registration, Scan
from qixue.participation.operations.check_ins import check_in
from qixue.participation.operations.head_counts import CountReport, correct_head_count, report_head_count
from qixue.participation.operations.ledger import void_entry
from qixue.people.models import User
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db


def scans_of(session: Session, end: str = "") -> str:
    return f"/workspace/sessions/{session.pk}/scans/{end}"


def test_odd_scan_that_counts_names_the_person_and_is_taken_back(
    session: Session, page: Client, organiser: User
) -> None:
    entry = check_in(session, name="吴雪梅", by=organiser, at=now(), client_uuid=key())
    resident = RegistrationFactory(session=session, resident__name="吴雪梅").resident
    waiting_scan(
        session, kind=Scan.Kind.WALK_IN, verdict="counted", reason="", marks="namesake", entry=entry, resident=resident
    )
    before = html.fromstring(page.get(scans_of(session)).content.decode())

    (link,) = before.xpath(f"//main//a[contains(@href, '/{entry.pk}/void/')]")
    page.post(link.get("href"), {"reason": "同一个人", "client_uuid": str(key())})

    assert before.xpath("//main//li/strong/text()") == ["吴雪梅"]
    assert not LedgerEntry.objects.effective().exists()
    after = html.fromstring(page.get(scans_of(session)).content.decode())
    (line,) = after.xpath("//main//section[.//h2='已计入，但有疑点']//li")
    assert " ".join(line.text_content().split()).endswith("已撤销 同一个人")
    assert not line.xpath(".//a")


@pytest.mark.parametrize(("has_new_seat", "is_taken_back", "is_told"), [(0, 0, 1), (1, 0, 0), (0, 1, 0)])
def test_two_people_for_one_seat_are_told_where_one_runs_the_session(
    session: Session, page: Client, organiser: User, has_new_seat: bool, is_taken_back: bool, is_told: bool
) -> None:
    """One gave the seat up when the phone had its list, and came all the same."""
    gone = RegistrationFactory(session=session, resident__name="吴雪梅", state=Registration.State.CANCELLED)
    entry = check_in(session, name="吴雪梅", by=organiser, at=now(), client_uuid=key())
    counted = {"verdict": "counted", "reason": "", "marks": "clock_off cancelled_later", "entry": entry}
    waiting_scan(session, registration=gone, resident=gone.resident, **counted)
    if has_new_seat:
        RegistrationFactory(session=session, resident=gone.resident)
    if is_taken_back:
        void_entry(entry, reason="同一个座位", by=organiser, at=now(), client_uuid=key())

    pages = [page.get(path) for path in (at_the_door(session), f"/workspace/sessions/{session.pk}/")]

    assert ["有1人凭已取消的报名入场" in text_of(answer) for answer in pages] == [is_told, is_told]
    assert f'href="{scans_of(session)}"' in pages[0].content.decode()
    assert "名额可能已给了别人" in text_of(page.get(scans_of(session)))


def test_note_of_a_head_count_stands_in_the_list(session: Session, page: Client) -> None:
    sent = {"count": 0, "qualifier": "exact", "note": "两位志愿者门口清点"}
    waiting_scan(session, kind=Scan.Kind.HEAD_COUNT, sent=sent, reason="count_is_zero")

    shown = html.fromstring(page.get(scans_of(session)).content.decode())

    assert "说明：两位志愿者门口清点" in text_of(page.get(scans_of(session)))
    assert shown.xpath("//main//label/span/strong/text()") == ["0"]


@pytest.fixture
def standing(session: Session, organiser: User) -> LedgerEntry:
    """The head count that was there first."""
    report = CountReport(count=30, qualifier=Qualifier.EXACT, client_uuid=key(), note="签到表", confirmed=True)
    return report_head_count(session, report, by=organiser, at=now())


def count_behind(session: Session) -> tuple[Scan, str]:
    """A head count that waits behind it, and the page on which it is decided."""
    sent = {"count": 34, "qualifier": "exact"}
    scan = waiting_scan(session, kind=Scan.Kind.HEAD_COUNT, sent=sent, reason="head_count_exists")
    return scan, scans_of(session, f"{scan.pk}/")


def seen_on(answer: Any) -> str:
    (version,) = html.fromstring(answer.content.decode()).xpath("//main//input[@name='version']/@value")
    return str(version)


def test_head_count_behind_another_one_replaces_it_once_both_were_seen(
    session: Session, page: Client, standing: LedgerEntry
) -> None:
    scan, path = count_behind(session)
    shown, answers = page.get(path), {"decision": "accepted", "reason": "后来又数了一遍"}

    unseen = page.post(path, answers)
    done = [page.post(path, {**answers, "version": seen_on(shown)}) for _press in range(2)]

    scan.refresh_from_db()
    entry = LedgerEntry.objects.effective().get()
    assert "已有人数： 30人次" in text_of(shown)
    assert (unseen.status_code, [each.status_code for each in done]) == (422, [302, 302])
    assert (entry.kind, entry.count, entry.target, entry.reason) == ("correction", 34, standing, "后来又数了一遍")
    assert (scan.decision, scan.entry, LedgerEntry.objects.count()) == ("accepted", entry, 2)


def test_head_count_that_changed_meanwhile_is_looked_at_before_it_is_replaced(
    session: Session, page: Client, organiser: User, standing: LedgerEntry
) -> None:
    scan, path = count_behind(session)
    answers = {"decision": "accepted", "reason": "后来又数了一遍", "version": seen_on(page.get(path))}
    report = CountReport(count=31, qualifier=Qualifier.EXACT, client_uuid=key(), confirmed=True)
    correction = correct_head_count(standing, report, reason="漏了一位", by=organiser, at=now())

    asked = page.post(path, answers)

    scan.refresh_from_db()
    assert (asked.status_code, scan.decision, seen_on(asked)) == (422, "", str(correction.pk))
    assert "已有人数： 31人次" in text_of(asked)


def test_list_offers_no_count_that_would_be_refused(session: Session, page: Client, standing: LedgerEntry) -> None:
    count_behind(session)

    shown = page.get(scans_of(session))

    assert html.fromstring(shown.content.decode()).xpath("//main//button/@value") == ["rejected"]
    assert "要用其中一条代替它，请单独核对那一条。" in text_of(shown)


def test_head_count_is_not_offered_to_count_before_the_session_has_begun(session: Session, page: Client) -> None:
    _scan, path = count_behind(session)
    Session.objects.filter(pk=session.pk).update(starts_at=now() + HOUR, ends_at=None)

    alone, together = (html.fromstring(page.get(each).content.decode()) for each in (path, scans_of(session)))

    assert "这一场开始之后才能计入" in text_of(page.get(path))
    assert alone.xpath("//input[@name='decision']/@value") == ["rejected"]
    assert together.xpath("//main//button/@value") == ["rejected"]


def test_unknown_code_at_the_wrong_hour_says_both(session: Session, page: Client) -> None:
    waiting_scan(session, reason="outside_hours", marks="unknown_code", sent={"code": "048213"})

    shown = text_of(page.get(scans_of(session)))

    assert "早于开始前两小时，或者晚于结束后两小时。 这一场的报名人员中没有人用这个入场数字码。" in shown


@pytest.mark.parametrize(
    ("starts_in", "said"),
    [(23, ["扫码太早：该场次", "两小时起可以签到。 因此目前不能计入"]), (-9, ["扫码太晚：该场次", "是否计入"])],
)
def test_scan_says_which_of_both_hours_it_missed_and_what_happened_since(
    session: Session, page: Client, organiser: User, starts_in: int, said: list[str]
) -> None:
    row = RegistrationFactory(session=session)
    ended = {"state": "cancelled", "cancelled_at": now(), "cancel_reason": "withdrawn"}
    Registration.objects.filter(pk=row.pk).update(**ended)
    of_row = {"kind": Scan.Kind.NAME, "registration": row, "resident": row.resident}
    scan = waiting_scan(session, reason="outside_hours", **of_row)
    starts_at = now() + starts_in * HOUR
    Session.objects.filter(pk=session.pk).update(starts_at=starts_at, ends_at=starts_at + HOUR)
    record_audit("session.edited", session, by=organiser, at=now(), details={"fields": ["starts_at"]})

    shown = text_of(page.get(scans_of(session, f"{scan.pk}/")))

    assert [sentence for sentence in said if sentence not in shown] == []
    assert ("扫码之后，这场活动改过时间。" in shown, "报名已于" in shown) == (True, True)


def test_nothing_ticked_is_said_in_plain_words(session: Session, page: Client) -> None:
    waiting_scan(session)

    answer = page.post(scans_of(session), {"code-reason": "在场", "code-decision": "accepted"})

    errors = html.fromstring(answer.content.decode()).xpath("//main//*[@role='alert']//li")
    assert [each.text_content() for each in errors] == ["待核对的记录：请至少勾选一条记录。"]


@pytest.mark.parametrize(
    ("facts", "labels"),
    [
        ({}, ["是谁（两项任填一项）", "临时到场者姓名（两项任填一项）"]),
        ({"kind": "walk_in", "reason": "too_fast", "sent": {}}, ["是谁（选填）", "临时到场者姓名（选填）"]),
    ],
)
def test_code_of_nobody_asks_for_somebody_and_a_walk_in_does_not(
    facts: dict[str, object], labels: list[str], session: Session, page: Client
) -> None:
    scan = waiting_scan(session, **facts)

    shown = html.fromstring(page.get(scans_of(session, f"{scan.pk}/")).content.decode())

    assert [each.text_content() for each in shown.xpath("//main//label[@for='id_person' or @for='id_name']")] == labels


def test_people_of_one_name_are_told_apart_where_one_decides_who_it_was(session: Session, page: Client) -> None:
    home = RegionFactory(code="441823105", name="三江镇")
    for year in (1951, 2013):
        RegistrationFactory(
            session=session, resident__name="李桂芳", resident__birth_year=year, resident__home_region=home
        )
    scan = waiting_scan(session)

    shown = html.fromstring(page.get(scans_of(session, f"{scan.pk}/")).content.decode())

    assert shown.xpath("//select[@name='person']/option/text()")[1:] == ["李桂芳 1951 三江镇", "李桂芳 2013 三江镇"]


def test_scan_is_not_decided_as_of_two_people(session: Session, page: Client) -> None:
    row = RegistrationFactory(session=session, resident__name="李桂芳")
    scan = waiting_scan(session)
    answers = {"decision": "accepted", "person": str(row.pk), "name": "王芳", "reason": "在场"}

    asked = page.post(scans_of(session, f"{scan.pk}/"), answers)

    assert asked.status_code == 422
    assert "一次扫码只算一个人" in text_of(asked)
    assert not LedgerEntry.objects.exists()


def test_walk_in_of_a_name_that_is_in_is_asked_about_before_it_counts(
    session: Session, page: Client, organiser: User
) -> None:
    check_in(session, name="李明", by=organiser, at=now(), client_uuid=key())
    scan = waiting_scan(session)
    answers = {"decision": "accepted", "person": "0", "name": "李 明", "reason": "在场"}

    asked = page.post(scans_of(session, f"{scan.pk}/"), answers)
    counted = LedgerEntry.objects.count()
    ticked = {**answers, "confirmed": "on", "asked_name": asked_name(asked)}
    done = page.post(scans_of(session, f"{scan.pk}/"), ticked)

    assert (asked.status_code, counted) == (422, 1)
    assert "只有另一位同名的人才需要再计入" in text_of(asked)
    assert html.fromstring(asked.content.decode()).xpath("//main//input[@name='confirmed']/@type") == ["checkbox"]
    assert (done.status_code, LedgerEntry.objects.count()) == (302, 2)


def test_scan_of_somebody_on_the_list_whose_name_a_walk_in_has_is_asked_about(
    session: Session, page: Client, organiser: User
) -> None:
    check_in(session, name="房小妹", by=organiser, at=now(), client_uuid=key())
    row = RegistrationFactory(session=session, resident__name="房小妹")
    scan = waiting_scan(session, kind=Scan.Kind.NAME, registration=row, resident=row.resident, reason="waiting")
    address, answers = scans_of(session, f"{scan.pk}/"), {"decision": "accepted", "person": "0", "reason": "在场"}

    asked = page.post(address, answers)
    assert (asked.status_code, LedgerEntry.objects.count()) == (422, 1)
    assert "是同一个人吗？" in text_of(asked)

    page.post(address, {**answers, "confirmed": "on", "asked_name": asked_name(asked)})
    assert LedgerEntry.objects.count() == 2


def test_scan_of_somebody_who_is_in_says_that_it_counted_nobody_more(
    session: Session, page: Client, organiser: User
) -> None:
    row = RegistrationFactory(session=session, resident__name="李桂芳", resident__birth_year=1948)
    RegistrationFactory(session=session, resident__name="李桂芳", resident__birth_year=1955)
    entry = check_in(session, registration=row, by=organiser, at=now(), client_uuid=key())
    of_row = {"kind": Scan.Kind.NAME, "registration": row, "resident": row.resident}
    waiting_scan(session, **of_row, verdict="already_in", reason="", marks="cancelled_later", entry=entry)
    scan = waiting_scan(session, **of_row, reason="waiting")

    answers = {"decision": "accepted", "person": "0", "reason": "在场"}
    page.post(scans_of(session, f"{scan.pk}/"), answers)

    nobody_more = "此人之前已经计入，这一条没有多计一人。"
    first, again = (text_of(page.get(scans_of(session))) for _looked in range(2))
    assert f"已处理。{nobody_more}" in first
    assert (again.count(nobody_more), again.count("李桂芳 1948 ·"), LedgerEntry.objects.count()) == (2, 2, 1)


def test_tick_for_the_name_as_sent_says_nothing_of_one_that_is_written(
    session: Session, page: Client, organiser: User
) -> None:
    for name in ("李明", "王芳"):
        check_in(session, name=name, by=organiser, at=now(), client_uuid=key())
    scan = waiting_scan(session, kind=Scan.Kind.WALK_IN, sent={"name": "李明"}, reason="too_fast")
    address, answers = scans_of(session, f"{scan.pk}/"), {"decision": "accepted", "person": "0", "reason": "在场"}
    ticked = {**answers, "confirmed": "on", "asked_name": asked_name(page.post(address, answers))}

    other = page.post(address, {**ticked, "name": "王芳"})
    counted = LedgerEntry.objects.count()
    done = page.post(address, ticked)

    assert (other.status_code, asked_name(other), counted) == (422, "王芳", 2)
    assert (done.status_code, LedgerEntry.objects.count()) == (302, 3)


def test_desk_names_the_sessions_at_which_scans_wait_for_whoever_decides(session: Session, page: Client) -> None:
    waiting_scan(session)
    waiting_scan(OpenSessionFactory())

    desk = html.fromstring(page.get("/workspace/").content.decode())

    assert [link.get("href") for link in desk.xpath("//main//a[contains(@href, '/scans/')]")] == [scans_of(session)]
    assert "1条待处理" in desk.text_content()
