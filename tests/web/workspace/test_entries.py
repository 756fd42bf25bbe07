"""Correcting and taking back an entry of the ledger where it stands on the page of its session."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html
from tests import counted
from tests.factories import RoleAssignmentFactory, SessionFactory, key

from qixue.core.clock import now
from qixue.core.quantity import Qualifier
from qixue.participation.models import LedgerEntry
from qixue.participation.operations.head_counts import CountReport, report_head_count
from qixue.people.models import Role
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db
CORRECTION = {"count": "4", "qualifier": "exact", "reason": "漏了一位"}
VOID = {"reason": "填错了场次"}


@pytest.fixture
def entry(client: Client) -> LedgerEntry:
    """Three people, as the organiser who is signed in entered."""
    session = SessionFactory()
    organiser = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.ORGANISER).user
    client.force_login(organiser)
    report = CountReport(count=3, qualifier=Qualifier.EXACT, client_uuid=key(), note="签到表1页", confirmed=True)
    return report_head_count(session, report, by=organiser, at=now())


def act(client: Client, entry: LedgerEntry, name: str, **answers: Any) -> Any:
    return client.post(f"/workspace/entries/{entry.pk}/{name}/", {"client_uuid": str(key()), **answers})


def said_after(client: Client, answer: Any) -> str:
    """What the page says to which the answer leads."""
    assert answer.status_code == 302
    shown = html.fromstring(client.get(answer.url).content.decode())
    return str(shown.xpath("string(//ul[@class='messages']/li)"))


@pytest.mark.parametrize(
    ("first", "answers", "said"),
    [
        ("void", VOID, "这条记录已撤销，不用再撤。"),
        ("correct", CORRECTION, "这条记录已更正，以更正后的为准。"),
    ],
)
@pytest.mark.parametrize("second", ["void", "correct"])
def test_page_that_is_opened_later_leads_to_what_was_done(
    client: Client, entry: LedgerEntry, first: str, answers: dict[str, str], said: str, second: str
) -> None:
    said_after(client, act(client, entry, first, **answers))

    assert said_after(client, client.get(f"/workspace/entries/{entry.pk}/{second}/")) == said
    assert LedgerEntry.objects.count() == 2


def test_what_was_taken_back_already_needs_no_second_void(client: Client, entry: LedgerEntry) -> None:
    said_after(client, act(client, entry, "void", **VOID))

    assert said_after(client, act(client, entry, "void", **VOID)) == "这条记录已撤销，不用再撤。"
    assert LedgerEntry.objects.count() == 2


def form_in(answer: Any) -> tuple[str, str, dict[str, str]]:
    """The notice of the page that came back, where its form goes, and what stands in it."""
    assert answer.status_code == 422
    page = html.fromstring(answer.content.decode())
    (form,) = page.xpath("//main//form")
    boxes = form.xpath(".//input[@name][@type!='file'][@type!='radio' or @checked]")
    typed = {box.get("name"): box.get("value") or "" for box in boxes}
    return page.xpath("normalize-space(//main//*[@class='notice ochre'])"), form.get("action"), typed


def test_correction_of_a_number_that_changed_meanwhile_shows_both_and_can_be_sent_again(
    client: Client, entry: LedgerEntry
) -> None:
    said_after(client, act(client, entry, "correct", **CORRECTION))

    said, address, typed = form_in(act(client, entry, "correct", **{**CORRECTION, "count": "5", "reason": "又来一位"}))
    done = said_after(client, client.post(address, typed))

    assert "您提交的没有保存" in said
    assert "现在保存的： 4人次" in said
    assert "您填写的： 5 · 确数" in said
    assert (typed["count"], typed["qualifier"], typed["reason"]) == ("5", "exact", "又来一位")
    assert done == "更正已记入台账，原来的一条仍可查看。"
    assert [(each.count, each.target_id) for each in LedgerEntry.objects.order_by("pk")][2] == (5, entry.pk + 1)


def test_correction_of_a_number_that_was_taken_back_meanwhile_can_be_entered_anew(
    client: Client, entry: LedgerEntry
) -> None:
    said_after(client, act(client, entry, "void", **VOID))

    said, address, typed = form_in(act(client, entry, "correct", **{**CORRECTION, "note": "签到表1页"}))
    answer = client.post(address, typed)

    assert "没有人数，原来填报的已撤销" in said
    assert (address, answer.status_code) == (f"/workspace/sessions/{entry.session_id}/head-count/", 302)
    assert [each.count for each in LedgerEntry.objects.effective()] == [4]


def test_number_that_changed_is_taken_back_only_once_it_was_seen(client: Client, entry: LedgerEntry) -> None:
    said_after(client, act(client, entry, "correct", **CORRECTION))

    said, address, typed = form_in(act(client, entry, "void", **VOID))
    standing = [each.count for each in LedgerEntry.objects.effective()]
    done = said_after(client, client.post(address, typed))

    assert "现在保存的： 4人次" in said
    assert (standing, typed["reason"]) == ([4], VOID["reason"])
    assert done == "已撤销，原来的内容仍可查看。"
    assert not LedgerEntry.objects.effective().exists()


def test_second_first_count_is_kept_and_can_become_a_correction(client: Client, entry: LedgerEntry) -> None:
    typed_first = {"count": "6", "qualifier": "about", "note": "门口清点", "client_uuid": str(key()), "confirmed": "on"}

    said, address, typed = form_in(client.post(f"/workspace/sessions/{entry.session_id}/head-count/", typed_first))
    asked = client.post(address, typed)
    done = said_after(client, client.post(address, {**typed, "reason": "门口又数了一遍"}))

    assert "现在保存的： 3人次" in said
    assert (typed["count"], typed["note"], asked.status_code) == ("6", "门口清点", 422)
    assert done == "更正已记入台账，原来的一条仍可查看。"


def test_same_press_twice_takes_back_once(client: Client, entry: LedgerEntry) -> None:
    uuid = str(key())

    said = [said_after(client, act(client, entry, "void", **VOID, client_uuid=uuid)) for _press in range(2)]

    assert said == ["已撤销，原来的内容仍可查看。"] * 2
    assert LedgerEntry.objects.count() == 2


def test_number_that_is_entered_already_is_no_correction(client: Client, entry: LedgerEntry) -> None:
    same = act(client, entry, "correct", **{**CORRECTION, "count": "3"})
    estimate = act(client, entry, "correct", **{**CORRECTION, "count": "3", "qualifier": "about"})

    assert same.status_code == 422
    assert "与原来填报的人数相同，无需更正。" in same.content.decode()
    assert estimate.status_code == 302
    assert LedgerEntry.objects.count() == 2


def test_overview_of_a_session_names_the_head_count_that_is_part_of_its_number(
    client: Client, entry: LedgerEntry
) -> None:
    counted.check_in(entry.session, key())

    page = html.fromstring(client.get(f"/workspace/sessions/{entry.session_id}/").content.decode())

    facts = page.xpath("//section[.//h2='参与情况']//dl")[0]
    terms, numbers = facts.xpath("dt/text()"), [" ".join(each.text_content().split()) for each in facts.xpath("dd")]
    said = dict(zip(terms, numbers, strict=True))
    assert (said["参与人次"], said["实名"], said["清点人数"]) == ("4 · 确数", "1", "3 · 确数")


def changes(client: Client, session: Session) -> list[tuple[str, int, int]]:
    """Of each row of the file the kind, the number, and what it changes."""
    answer = client.post(f"/workspace/sessions/{session.pk}/", {"table": "counts.csv"})
    rows = csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    return [(row["类型"], int(row["数量（人次）"]), int(row["清点人数变动（人次）"])) for row in rows]


def test_file_of_counts_adds_up_to_the_head_count_that_stands(client: Client, entry: LedgerEntry) -> None:
    counted.check_in(entry.session, key())
    act(client, LedgerEntry.objects.one_by_one().get(), "void", **VOID)
    act(client, entry, "correct", **CORRECTION)
    rows = [("清点人数", 3, 3), ("撤销", 0, 0), ("更正", 4, 1)]
    assert changes(client, entry.session) == rows

    act(client, LedgerEntry.objects.get(target=entry), "void", **VOID)

    assert changes(client, entry.session) == [*rows, ("撤销", 0, -4)]


def test_photo_that_cannot_be_read_can_be_left_out(client: Client, entry: LedgerEntry) -> None:
    typed_first = {**CORRECTION, "count": "6"}

    answer = act(client, entry, "correct", **typed_first, photo=SimpleUploadedFile("sheet.heic", b"no picture"))
    _said, address, typed = form_in(answer)
    done = client.post(address or f"/workspace/entries/{entry.pk}/correct/", typed)

    assert "这不是可读的JPEG、PNG或WebP图片。" in answer.content.decode()
    assert (typed["count"], typed["reason"], done.status_code) == ("6", CORRECTION["reason"], 302)


def test_who_may_not_correct_reads_who_does(client: Client, entry: LedgerEntry) -> None:
    volunteer = RoleAssignmentFactory(organisation=entry.organisation, role=Role.DOOR_VOLUNTEER).user
    client.force_login(volunteer)
    typed_first = {"count": "6", "qualifier": "about", "note": "门口清点", "client_uuid": str(key()), "confirmed": "on"}

    said, address, _typed = form_in(client.post(f"/workspace/sessions/{entry.session_id}/head-count/", typed_first))

    assert "请找承办单位更正现在保存的人数。" in said
    assert address is None
