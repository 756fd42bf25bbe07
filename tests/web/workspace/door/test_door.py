"""The door of a session in the workspace: checking in by hand, devices, scans that wait, the code on the wall."""

from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from lxml import html
from tests.factories import (
    DoorDeviceFactory,
    EvidenceFactory,
    MemberFactory,
    RegistrationFactory,
    ResidentFactory,
    RoleAssignmentFactory,
    key,
)
from tests.web.workspace.door.pages import HOUR, at_the_door, text_of, waiting_scan

from qixue.core.clock import now
from qixue.core.clock_words import clock, day_clock
from qixue.participation.models import Attendance, LedgerEntry, Registration, Scan, Tally, WallCode
from qixue.participation.operations.check_ins import check_in
from qixue.people.models import Role, User
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["388185", "388 185", "３８８１８５", "wangxiuying", "wxy", "秀英"])
def test_person_is_found_as_the_ticket_shows_the_code_and_as_names_are_typed(
    session: Session, page: Client, typed: str
) -> None:
    RegistrationFactory(session=session, resident__name="王秀英", door_code="388185")
    RegistrationFactory(session=session, resident__name="李明", door_code="411222")

    found = page.get(at_the_door(session), {"q": typed})

    names = [each.registration.resident.name for each in found.context["people"]]
    assert names == ["王秀英"]


def test_person_who_is_signed_up_is_checked_in_once(session: Session, page: Client) -> None:
    person = RegistrationFactory(session=session, resident__name="王秀英")

    for _pressed_twice in range(2):
        answer = page.post(f"{at_the_door(session)}check-in/", {"registration": person.pk})

    entry = LedgerEntry.objects.get()
    assert answer.status_code == 302
    assert (entry.session, entry.source, entry.count) == (session, LedgerEntry.Source.DOOR, 1)
    assert "王秀英" in text_of(page.get(at_the_door(session)))
    assert Tally.objects.get(session=session).named_count == 1
    session.refresh_from_db()
    assert session.state == Session.State.HELD


def test_button_for_somebody_of_another_session_is_refused(session: Session, page: Client) -> None:
    person = RegistrationFactory()

    answer = page.post(f"{at_the_door(session)}check-in/", {"registration": person.pk})

    assert answer.status_code == 409
    assert not LedgerEntry.objects.exists()


def test_what_a_cadre_enters_is_told_apart(session: Session, client: Client) -> None:
    cadre = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.CADRE).user
    client.force_login(cadre)

    client.post(f"{at_the_door(session)}walk-in/", {"name": "李明", "client_uuid": str(key())})

    assert LedgerEntry.objects.get().source == LedgerEntry.Source.CADRE


def test_search_finds_by_name_and_by_code(session: Session, page: Client) -> None:
    first, second = (RegistrationFactory(session=session, resident__name=name) for name in ("王秀英", "赵铁柱"))

    by_name = text_of(page.get(at_the_door(session), {"q": "秀"}))
    by_code = text_of(page.get(at_the_door(session), {"q": second.door_code}))

    assert ("王秀英" in by_name, "赵铁柱" in by_name) == (True, False)
    assert (first.resident.name in by_code, "赵铁柱" in by_code) == (False, True)


def test_people_of_one_name_are_told_apart(session: Session, page: Client) -> None:
    known = {"birth_year": 1958, "user__mobile": "13900001234"}
    one, other = MemberFactory(name="李嘉明", **known), ResidentFactory(name="李嘉明", birth_year=2016)
    for resident in (one, other, ResidentFactory(name="王秀英", birth_year=1990)):
        RegistrationFactory(session=session, resident=resident)

    shown = html.fromstring(page.get(at_the_door(session)).content.decode()).xpath("//main//tbody//th")

    expected = ["李嘉明 1958 · 手机尾号1234", "李嘉明 2016", "王秀英"]
    assert [" ".join(cell.text_content().split()) for cell in shown] == expected


def test_people_of_one_name_are_told_apart_on_the_page_of_the_session(session: Session, page: Client) -> None:
    for number in range(9):
        RegistrationFactory(session=session, resident__name=f"居民{number}")
    for year in (1958, 2016):  # one of the first ten, and one behind them
        RegistrationFactory(session=session, resident__name="李嘉明", resident__birth_year=year)

    found = html.fromstring(page.get(f"/workspace/sessions/{session.pk}/").content.decode())

    cells = found.xpath("//td[@data-label='姓名']")
    assert [" ".join(cell.text_content().split()) for cell in cells][-2:] == ["居民8", "李嘉明 1958"]


def test_boxes_of_scans_are_as_large_as_others(session: Session, page: Client) -> None:
    waiting_scan(session)

    shown = html.fromstring(page.get(f"/workspace/sessions/{session.pk}/scans/").content.decode())

    assert shown.xpath("//label[input[@type='checkbox']]/@class") == ["choice"]


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_as_often_for_many_people(
    count: int, session: Session, page: Client, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        RegistrationFactory(session=session, resident__name=f"居民{number}")
    for _namesake in range(2):  # once more for all of them, to tell them apart
        RegistrationFactory(session=session, resident__name="李嘉明")
    DoorDeviceFactory.create(sessions=[session])
    page.get(at_the_door(session))

    with django_assert_num_queries(20):
        page.get(at_the_door(session))


def test_nothing_is_offered_that_is_refused_before_the_door_opens(session: Session, page: Client) -> None:
    RegistrationFactory(session=session)
    Session.objects.filter(pk=session.pk).update(starts_at=now() + 20 * HOUR, ends_at=now() + 22 * HOUR)

    shown = page.get(at_the_door(session)).content.decode()

    assert "开始前两小时" in shown
    assert 'name="registration"' not in shown
    assert 'id="walk-in"' not in shown


def test_scan_that_waits_is_accepted_for_somebody_with_a_reason(
    session: Session, page: Client, organiser: User
) -> None:
    person, scan = RegistrationFactory(session=session), waiting_scan(session)
    form = {"decision": "accepted", "person": person.pk, "reason": "老师认识她"}

    for _sent_twice in range(2):
        answer = page.post(f"/workspace/sessions/{session.pk}/scans/{scan.pk}/", form)

    scan.refresh_from_db()
    entry = LedgerEntry.objects.get()
    assert answer.status_code == 302
    assert (scan.decision, scan.decided_by, scan.registration) == ("accepted", organiser, person)
    assert (entry.reason, entry.actor_name, entry.occurred_at) == (
        "老师认识她",
        organiser.display_name,
        scan.corrected_at,
    )
    assert scan.verdict == Scan.Verdict.REVIEW  # what the rules said stays readable


def test_accepting_somebody_who_is_in_already_counts_nobody_twice(session: Session, page: Client) -> None:
    person, scan = RegistrationFactory(session=session), waiting_scan(session)
    page.post(f"{at_the_door(session)}check-in/", {"registration": person.pk})

    page.post(
        f"/workspace/sessions/{session.pk}/scans/{scan.pk}/",
        {"decision": "accepted", "person": person.pk, "reason": "是她"},
    )

    scan.refresh_from_db()
    assert LedgerEntry.objects.count() == 1
    assert scan.entry == LedgerEntry.objects.get()


def test_scan_that_is_rejected_stays_stored_and_uncounted(session: Session, page: Client) -> None:
    scan = waiting_scan(session, kind="walk_in", sent={"name": "欧阳静秋"})

    page.post(
        f"/workspace/sessions/{session.pk}/scans/{scan.pk}/", {"decision": "rejected", "person": "0", "reason": "测试"}
    )
    again = page.post(
        f"/workspace/sessions/{session.pk}/scans/{scan.pk}/", {"decision": "accepted", "person": "0", "reason": "算了"}
    )

    scan.refresh_from_db()
    assert (scan.decision, again.status_code) == ("rejected", 422)
    assert scan.sent == {}, "nobody could find the name again to erase it"
    assert not LedgerEntry.objects.exists()


def test_scan_of_somebody_who_has_a_seat_by_now_says_so(session: Session, page: Client) -> None:
    person = RegistrationFactory(session=session, waiting_number=1)
    facts = {"kind": Scan.Kind.NAME, "registration": person, "sent": {"registration": person.pk}, "reason": "waiting"}
    scan = waiting_scan(session, **facts)
    address = f"/workspace/sessions/{session.pk}/scans/{scan.pk}/"
    before = html.fromstring(page.get(address).content.decode()).xpath("//main//p[@class='notice tea']")

    Registration.objects.update(state=Registration.State.CONFIRMED, waiting_number=None)
    after = html.fromstring(page.get(address).content.decode()).xpath("//main//p[@class='notice tea']")

    assert (len(before), len(after)) == (0, 1)


@pytest.mark.parametrize(("shown", "words"), [("waiting", "候补"), ("of_a_later_app", "本站不认识的提示")])
def test_scan_of_somebody_whom_the_phone_turned_away_says_what_it_showed(
    shown: str, words: str, session: Session, page: Client
) -> None:
    person = RegistrationFactory(session=session)
    facts = {"kind": Scan.Kind.NAME, "registration": person, "reason": "turned_away"}
    scan = waiting_scan(session, sent={"registration": person.pk, "shown": shown}, **facts)
    several, one = (page.get(f"/workspace/sessions/{session.pk}/scans/{end}") for end in ("", f"{scan.pk}/"))

    assert f"当时手机显示：{words}" in several.content.decode()
    texts = ("扫描时手机没有放行", words, "按规则，现在已没有不计入的理由")
    assert [text in one.content.decode() for text in texts] == [True, True, False]


def test_scan_of_whoever_is_forgotten_is_not_offered_as_it_was_sent(session: Session, page: Client) -> None:
    """Nor is anybody who is forgotten offered as who it was."""
    gone, here = (RegistrationFactory(session=session, was_there=was_there) for was_there in (True, False))
    scan = waiting_scan(session, registration=gone, resident=gone.resident, reason="forgotten")
    address = f"/workspace/sessions/{session.pk}/scans/{scan.pk}/"

    offered = html.fromstring(page.get(address).content.decode()).xpath("//select[@name='person']/option")
    answer = page.post(address, {"decision": "accepted", "person": "0", "reason": "在场"})

    assert [(each.get("value"), each.text_content()) for each in offered] == [
        ("0", "按下面填写的"),
        (str(here.pk), here.resident.name),
    ]
    assert (answer.status_code, LedgerEntry.objects.exists()) == (422, False)
    assert "再计就重复了" in answer.content.decode()


def test_button_pressed_while_signed_out_leads_back_to_the_list(session: Session, client: Client) -> None:
    """Its own address takes no GET."""
    page = f"http://testserver{at_the_door(session)}?q=1"

    asked = client.post(f"{at_the_door(session)}check-in/", {}, headers={"Referer": page})

    assert asked.url == f"/sign-in/?next={quote(f'{at_the_door(session)}?q=1')}"


def test_check_in_is_taken_back_from_the_list(session: Session, page: Client) -> None:
    person = RegistrationFactory(session=session)
    page.post(f"{at_the_door(session)}check-in/", {"registration": person.pk})
    entry = LedgerEntry.objects.get()

    link = html.fromstring(page.get(at_the_door(session)).content.decode()).xpath(
        f"//a[contains(@href, '/{entry.pk}/void/')]"
    )
    asked = text_of(page.get(link[0].get("href")))
    page.post(link[0].get("href"), {"reason": "认错了人", "client_uuid": str(key())})

    who = f"{person.resident.name}（{clock(entry.occurred_at)}到场）"
    assert who in asked
    assert f"{who}已撤销，不再计入。" in text_of(page.get(f"/workspace/sessions/{session.pk}/"))
    assert not Attendance.objects.exists()


def test_photo_of_a_count_that_waits_can_be_seen(session: Session, page: Client, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    evidence = EvidenceFactory(file=ContentFile(b"a photo", name="sheet.jpg"))
    scan = waiting_scan(session, kind=Scan.Kind.HEAD_COUNT, evidence=evidence, reason="head_count_exists")

    shown = page.get(f"/workspace/evidence/{evidence.pk}/file/")

    assert shown.status_code == 200
    assert (
        f"/workspace/evidence/{evidence.pk}/file/"
        in page.get(f"/workspace/sessions/{session.pk}/scans/{scan.pk}/").content.decode()
    )


def test_decision_needs_a_reason(session: Session, page: Client) -> None:
    scan = waiting_scan(session)

    answer = page.post(
        f"/workspace/sessions/{session.pk}/scans/{scan.pk}/", {"decision": "accepted", "person": "0", "reason": ""}
    )

    scan.refresh_from_db()
    assert (answer.status_code, scan.decision) == (422, "")


def test_head_count_without_evidence_is_accepted_on_the_word_of_a_person(session: Session, page: Client) -> None:
    scan = waiting_scan(session, kind=Scan.Kind.HEAD_COUNT, sent={"count": 31}, reason="evidence_missing")

    page.post(f"/workspace/sessions/{session.pk}/scans/{scan.pk}/", {"decision": "accepted", "reason": "我数过"})

    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.count, entry.evidence.text) == (LedgerEntry.Kind.HEAD_COUNT, 31, "我数过")


def test_scan_for_a_session_that_is_not_of_the_device_is_decided_at_its_own(session: Session, page: Client) -> None:
    scan = waiting_scan(session, session=None, kind=Scan.Kind.WALK_IN, sent={"name": "李明"}, reason="unknown_session")

    listed = text_of(page.get(f"/workspace/sessions/{session.pk}/scans/"))
    page.post(
        f"/workspace/sessions/{session.pk}/scans/{scan.pk}/", {"decision": "accepted", "person": "0", "reason": "在场"}
    )

    scan.refresh_from_db()
    assert scan.device.name in listed
    assert (scan.session, scan.resident.name, "name" in scan.sent) == (session, "李明", False)


def test_several_scans_are_decided_at_once_and_sending_twice_changes_nothing(session: Session, page: Client) -> None:
    too_fast = {"kind": Scan.Kind.WALK_IN, "reason": "too_fast", "pace": 61}
    scans = [waiting_scan(session, sent={"name": name}, **too_fast) for name in ("甲", "乙", "丙")]
    address = f"/workspace/sessions/{session.pk}/scans/"
    form = {"walk_in-scans": [scans[0].pk, scans[1].pk], "walk_in-reason": "都在场", "walk_in-decision": "accepted"}

    answers = [page.post(address, form).status_code for _sent_twice in range(2)]

    assert answers == [302, 302]
    assert list(Scan.objects.order_by("pk").values_list("decision", flat=True)) == ["accepted", "accepted", ""]
    assert LedgerEntry.objects.count() == 2


def test_refused_decision_says_why_and_keeps_what_was_ticked(session: Session, page: Client) -> None:
    scan = waiting_scan(session)
    form = {"code-scans": [scan.pk], "code-reason": "在场", "code-decision": "accepted"}

    answer = page.post(f"/workspace/sessions/{session.pk}/scans/", form)

    shown = html.fromstring(answer.content.decode())
    assert answer.status_code == 422
    assert len(shown.xpath("//main//*[@role='alert']//li")) == 1
    assert shown.xpath("//main//input[@type='checkbox' and @checked]/@value") == [str(scan.pk)]


def test_door_volunteer_sees_that_scans_wait_and_decides_nothing(session: Session, client: Client) -> None:
    scan = waiting_scan(session)
    volunteer = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.DOOR_VOLUNTEER).user
    client.force_login(volunteer)

    pages = [client.get(at_the_door(session)), client.get(f"/workspace/sessions/{session.pk}/scans/{scan.pk}/")]

    assert [answer.status_code for answer in pages] == [200, 403]
    assert f"/workspace/sessions/{session.pk}/scans/" not in pages[0].content.decode()


def test_wall_shows_a_picture_until_it_is_closed(session: Session, page: Client) -> None:
    address = f"/workspace/sessions/{session.pk}/wall/"
    before = page.get(f"{address}code.svg").status_code

    page.post(address)
    shown = page.get(f"{address}code.svg")
    page.post(f"{address}close/")

    assert (before, shown.status_code, shown["Content-Type"]) == (404, 200, "image/svg+xml")
    assert shown["Cache-Control"] == "no-store"
    assert WallCode.objects.get(session=session).closed_at is not None
    assert page.get(f"{address}code.svg").status_code == 404


def test_message_says_which_of_two_people_of_one_name(session: Session, page: Client) -> None:
    RegistrationFactory(session=session, resident__name="吴雪梅", door_code="111111")
    waiting = RegistrationFactory(session=session, resident__name="吴雪梅", door_code="222222", waiting_number=1)

    page.post(f"{at_the_door(session)}check-in/", {"registration": waiting.pk})

    assert "吴雪梅（222222）已签到。" in text_of(page.get(at_the_door(session)))


def test_page_of_the_session_offers_no_check_in_before_the_door_opens(session: Session, page: Client) -> None:
    RegistrationFactory(session=session)
    Session.objects.filter(pk=session.pk).update(starts_at=now() + 20 * HOUR, ends_at=now() + 22 * HOUR)

    early = page.get(f"/workspace/sessions/{session.pk}/").content.decode()
    Session.objects.filter(pk=session.pk).update(starts_at=now() + HOUR)
    open_door = page.get(f"/workspace/sessions/{session.pk}/").content.decode()

    assert ('name="registration"' in early, "开始前两小时" in early) == (False, True)
    assert ('name="registration"' in open_door, "开始前两小时" in open_door) == (True, False)


def test_time_of_yesterday_says_its_day(session: Session, page: Client, organiser: User) -> None:
    people = [RegistrationFactory(session=session) for _number in range(2)]
    yesterday, today = now() - 24 * HOUR, now()
    Session.objects.filter(pk=session.pk).update(starts_at=yesterday - HOUR)
    session.refresh_from_db()
    for person, moment in zip(people, (yesterday, today), strict=True):
        check_in(session, registration=person, by=organiser, at=moment, client_uuid=key())

    shown = text_of(page.get(at_the_door(session)))

    assert f"已到 {day_clock(yesterday)}" in shown
    assert f"已到 {clock(today)}" in shown
