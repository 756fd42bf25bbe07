"""The learning record in the browser: one's own and one's household's, on the page, as PDF, as a file for others."""

import io

import pdfplumber
import pytest
from tests.factories import NOON, MemberFactory, ResidentFactory, SessionFactory, key
from tests.factories_afterwards import DAY, attend, attendee, course, organiser_of, rule_for
from tests.web.browsing import page_of, signed_in
from tests.web.public.conftest import words

from qixue.participation.models import Certificate, LearningEntry, LedgerEntry
from qixue.participation.operations.certificates import issue_certificates, revoke_certificate
from qixue.participation.operations.ledger import void_entry
from qixue.people.models import Resident
from qixue.programme.models import Programme

pytestmark = pytest.mark.django_db
ENTRY = {
    "outcome_type": "award",
    "title": "书法比赛二等奖",
    "ended_on": "２０２３年6月12日",
    "learning_hours": "２.5学时",
}


@pytest.fixture
def member() -> Resident:
    """Was at two of three sessions and has the certificate."""
    activity = course(sessions=3)
    rule_for(activity, least=2)
    person = attendee(activity, count=2)
    issue_certificates(activity, people=[person], by=organiser_of(activity), at=NOON)
    return person


def add(member: Resident, **changes: object) -> LearningEntry:
    path = f"/me/record/{member.pk}/entries/new/"
    response = signed_in(member).post(path, {"key": str(key()), **ENTRY, **changes})
    assert response.status_code == 302, response.content.decode()
    return LearningEntry.objects.latest("pk")


def test_whoever_is_alone_comes_to_the_own_record(member):
    assert signed_in(member).get("/me/record/").url == f"/me/record/{member.pk}/"


def test_record_shows_sums_certificate_and_sessions(member):
    found = page_of(signed_in(member), f"/me/record/{member.pk}/")

    assert words(found.xpath("//section[.//h2='年度合计']//tbody/tr")[0]).split() == ["2026", "2", "5.3", "1", "0.0"]
    assert len(found.xpath("//section[.//h2='参加的场次']//tbody/tr")) == 2
    assert "✓ 有效" in words(found.xpath("//section[.//h2='证书']")[0])


def test_session_that_has_not_begun_stands_apart_without_hours(member):
    attend(SessionFactory(starts_at=NOON + DAY, ends_at=None), member)

    found = page_of(signed_in(member), f"/me/record/{member.pk}/")

    assert len(found.xpath("//section[.//h2='参加的场次']//tbody/tr")) == 2
    (row,) = found.xpath("//section[.//h2='已签到，还没结束']//li")
    assert words(row).startswith("稻田养鱼 · 2026年11月5日")


def test_household_has_a_record_each(member):
    child = ResidentFactory(guardian=member, name="李一诺")

    found = page_of(signed_in(member), "/me/record/")

    assert found.xpath("//main//h2/a/@href") == [f"/me/record/{member.pk}/", f"/me/record/{child.pk}/"]
    assert "学习档案里还没有内容" in words(page_of(signed_in(member), f"/me/record/{child.pk}/"))


@pytest.mark.parametrize("rest", ["", "record.json", "record.pdf", "entries/new/"])
def test_record_of_others_looks_like_none(member, rest):
    stranger = signed_in(MemberFactory())

    assert [stranger.get(f"/me/record/{pk}/{rest}").status_code for pk in (member.pk, 999_999)] == [404, 404]


def test_certificate_and_entry_of_others_look_like_none(member):
    certificate, entry = Certificate.objects.get(), add(member)
    stranger = signed_in(MemberFactory())

    paths = [
        f"/me/record/certificates/{certificate.pk}/certificate.pdf",
        f"/me/record/certificates/{certificate.pk}/credential.jwt",
        f"/me/record/entries/{entry.pk}/edit/",
        f"/me/record/entries/{entry.pk}/delete/",
    ]
    assert [stranger.get(path).status_code for path in paths] == [404] * 4
    assert stranger.post(paths[3]).status_code == 404
    assert LearningEntry.objects.count() == 1


def test_signed_file_is_the_credential(member):
    certificate = Certificate.objects.get()

    answer = signed_in(member).get(f"/me/record/certificates/{certificate.pk}/credential.jwt")

    assert (answer.content.decode(), answer["Content-Type"]) == (certificate.credential, "application/vc+jwt")
    assert answer["Content-Disposition"] == f'attachment; filename="certificate-{certificate.printed_serial}.jwt"'


def test_revoked_certificate_is_shown_as_such_and_no_longer_printed(member):
    certificate, client = Certificate.objects.get(), signed_in(member)
    path = f"/me/record/certificates/{certificate.pk}/certificate.pdf"
    assert client.get(path).content[:5] == b"%PDF-"
    revoke_certificate(certificate, kind="mistake", reason="误", by=organiser_of(certificate.activity), at=NOON)

    assert client.get(path).status_code == 404
    text = words(page_of(client, f"/me/record/{member.pk}/").xpath("//section[.//h2='证书']")[0])
    assert all(part in text for part in ("✕ 已撤销", "误发"))


def test_what_was_taken_back_is_said(member):
    entry = LedgerEntry.objects.first()
    void_entry(entry, reason="扫错了人", by=organiser_of(entry.activity), at=NOON, client_uuid=key())

    found = page_of(signed_in(member), f"/me/record/{member.pk}/")

    assert "扫错了人" in words(found.xpath("//section[.//h2='已从档案中取消']")[0])


def test_own_entry_is_added_as_people_type_it(member):
    entry = add(member)

    assert (entry.ended_on.isoformat(), str(entry.learning_hours)) == ("2023-06-12", "2.5")
    text = words(page_of(signed_in(member), f"/me/record/{member.pk}/").xpath("//section[.//h2='自己填写的']")[0])
    assert all(part in text for part in ("书法比赛二等奖", "本人填写，未核实", "2.5学时"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ended_on": "2026-11-05"}, "这一天还没有到"),
        ({"started_on": "2023-06-13"}, "不晚于最后一天"),
        ({"learning_hours": "很多"}, "请填写数字"),
        ({"learning_hours": "nan"}, "请填写数字"),
        ({"learning_hours": "-1"}, "请填写0到"),
        ({"title": ""}, "请填写成果名称"),
    ],
)
def test_entry_that_cannot_be_is_refused_beside_its_field(member, changes, message):
    path = f"/me/record/{member.pk}/entries/new/"

    found = page_of(signed_in(member), path, status=422, **{"key": str(key()), **ENTRY, **changes})

    assert message in words(found.xpath("//*[@class='error']")[0])


def test_own_entry_is_changed_and_deleted_after_a_question(member):
    entry, client = add(member), signed_in(member)
    path = f"/me/record/entries/{entry.pk}/"
    assert page_of(client, f"{path}edit/").xpath("//input[@name='title']/@value") == ["书法比赛二等奖"]

    client.post(f"{path}edit/", {"key": str(key()), **ENTRY, "title": "书法比赛一等奖"})
    assert LearningEntry.objects.get().title == "书法比赛一等奖"

    page_of(client, f"{path}delete/")
    assert client.post(f"{path}delete/").status_code == 302
    assert LearningEntry.objects.count() == 0


def test_account_number_is_asked_for_once():
    member = MemberFactory()
    client = signed_in(member)
    assert "开立学习账户号" in words(page_of(client, f"/me/record/{member.pk}/"))

    client.post(f"/me/record/{member.pk}/account/")

    assert member.learning_account.learner_no[:4] in words(page_of(client, f"/me/record/{member.pk}/"))


def test_file_for_others_is_the_document(member):
    answer = signed_in(member).get(f"/me/record/{member.pk}/record.json")

    assert [row["outcome_type"] for row in answer.json()["entries"]] == [
        "course_completion",
        "attendance",
        "attendance",
    ]
    assert answer["Cache-Control"] == "no-store"


def test_printed_record_has_everything(member):
    add(member)

    answer = signed_in(member).get(f"/me/record/{member.pk}/record.pdf")

    with pdfplumber.open(io.BytesIO(answer.content)) as document:
        text = "".join("".join((sheet.extract_text() or "").split()) for sheet in document.pages)
    expected = ("终身学习档案", "李嘉明", "稻田养鱼实用技术", "书法比赛二等奖", "本人填写，未经核实。", "5.3")
    assert [part for part in expected if part not in text] == []
    assert "演示数据" not in text


def test_printed_record_of_a_demonstration_says_so(member):
    Programme.objects.update(is_synthetic=True)

    answer = signed_in(member).get(f"/me/record/{member.pk}/record.pdf")

    with pdfplumber.open(io.BytesIO(answer.content)) as document:
        assert "演示数据" in "".join((document.pages[0].extract_text() or "").split())
