"""An organiser issues certificates in the browser, prints them, and reads what people say; nobody else does."""

import io

import pdfplumber
import pypdfium2
import pytest
import zxingcpp
from django.test import Client
from lxml import html
from tests.factories import NOON, RoleAssignmentFactory
from tests.factories_afterwards import attendee, course, organiser_of, rule_for, sessions_of
from tests.web.browsing import page_of
from tests.web.public.conftest import words

from qixue.participation.models import Certificate, CertificateRule, Feedback
from qixue.participation.operations.certificates import issue_certificates
from qixue.people.models import Resident, Role
from qixue.programme.models import Activity
from qixue.web.workspace.views import certificates

pytestmark = pytest.mark.django_db


@pytest.fixture
def training() -> Activity:
    return course(sessions=3)


@pytest.fixture
def organiser(training: Activity) -> Client:
    client = Client()
    client.force_login(organiser_of(training))
    return client


def address(activity: Activity, rest: str = "") -> str:
    return f"/workspace/activities/{activity.pk}/certificates/{rest}"


def ticked(found: html.HtmlElement) -> list[str]:
    return [words(label) for label in found.xpath("//label[.//input[@checked]]")]


def test_rule_is_written_and_read_again(organiser, training):
    answers = {"kind": "Award", "title": "种茶能手", "least_session_count": "２", "criteria": "比赛前三名。"}

    assert organiser.post(address(training, "rule/"), answers).status_code == 302

    rule = CertificateRule.objects.get()
    assert (rule.kind, rule.title, rule.least_session_count) == ("Award", "种茶能手", 2)
    assert "实到不少于2场" in words(page_of(organiser, address(training)))


def test_nothing_is_preselected_in_a_new_rule(organiser, training):
    assert ticked(page_of(organiser, address(training, "rule/"))) == []


def test_people_of_one_name_are_told_apart_when_issuing(organiser, training):
    rule_for(training, least=1)
    people = [attendee(training, name=name) for name in ("李嘉明", "李嘉明", "王秀英")]
    for person, year in zip(people, (1958, 2016, 1990), strict=True):
        Resident.objects.filter(pk=person.pk).update(birth_year=year)

    found = page_of(organiser, address(training, "issue/"))
    check = page_of(organiser, address(training, "issue/"), people=[person.pk for person in people])

    assert ticked(found) == ["李嘉明（1958 · 1场）", "李嘉明（2016 · 1场）", "王秀英（1场）"]
    assert [words(cell) for cell in check.xpath("//tbody//th")] == ["李嘉明 1958", "李嘉明 2016", "王秀英"]


def test_people_of_one_name_are_told_apart_among_those_issued(organiser, training, monkeypatch):
    monkeypatch.setattr(certificates, "PER_PAGE", 2)  # one of the two stands on the other page
    rule_for(training, least=1)
    people = [attendee(training, name=name) for name in ("李嘉明", "李嘉明", "王秀英")]
    for person, year in zip(people, (1958, 2016, 1990), strict=True):
        Resident.objects.filter(pk=person.pk).update(birth_year=year)
    issue_certificates(training, people=people, by=organiser_of(training), at=NOON)

    cells = page_of(organiser, address(training)).xpath("//tbody//th")

    assert [words(cell) for cell in cells] == ["王秀英", "李嘉明 2016"]


def test_too_many_sessions_are_refused_beside_the_field(organiser, training):
    found = page_of(
        organiser, address(training, "rule/"), status=422, kind="Award", title="种茶能手", least_session_count="9"
    )

    assert "1到3之间" in words(found.xpath("//*[@class='error']")[0])


def test_by_rule_the_entitled_are_ticked_and_the_others_named(organiser, training):
    rule_for(training, least=2)
    attendee(training, count=2, name="李嘉明")
    attendee(training, count=1, name="王芳")

    found = page_of(organiser, address(training, "issue/"))

    assert ticked(found) == ["李嘉明（2场）"]
    assert "王芳（1场）" in words(found.xpath("//section[.//h2='场次没有达到要求']")[0])


def test_by_hand_nobody_is_ticked(organiser, training):
    rule_for(training)
    attendee(training)

    assert ticked(page_of(organiser, address(training, "issue/"))) == []


def test_issuing_asks_once_more_and_then_does_it(organiser, training):
    rule_for(training, least=1)
    people = [attendee(training, name=name).pk for name in ("李嘉明", "王芳")]

    check = page_of(organiser, address(training, "issue/"), people=people)

    assert Certificate.objects.count() == 0
    assert [words(cell) for cell in check.xpath("//tbody//th")] == ["李嘉明", "王芳"]
    (form,) = [form for form in check.forms if form.xpath(".//input[@name='confirmed']")]
    answers = {"confirmed": "on", "people": form.xpath(".//input[@name='people']/@value")}
    assert organiser.post(address(training, "issue/"), answers).url == address(training)
    assert sorted(Certificate.objects.values_list("name", flat=True)) == ["李嘉明", "王芳"]


def test_whoever_has_one_is_not_offered_again(organiser, training):
    rule_for(training, least=1)
    issue_certificates(training, people=[attendee(training)], by=organiser_of(training), at=NOON)

    assert "现在没有可以颁发的人员" in words(page_of(organiser, address(training, "issue/")))


def test_without_a_rule_the_page_says_what_to_do_first(organiser, training):
    attendee(training)

    assert "请先填写证书名称" in words(page_of(organiser, address(training, "issue/")))


def test_revoking_asks_for_kind_and_reason(organiser, training):
    rule_for(training, least=1)
    (certificate,) = issue_certificates(training, people=[attendee(training)], by=organiser_of(training), at=NOON)
    path = f"/workspace/certificates/{certificate.pk}/revoke/"

    page_of(organiser, path, status=422, kind="mistake", reason="")
    assert organiser.post(path, {"kind": "mistake", "reason": "误选"}).url == address(training)

    row = words(page_of(organiser, address(training)).xpath("//tbody/tr")[0])
    assert all(part in row for part in ("已撤销", "误发", "误选"))
    assert "这样做不了" not in row


def test_printed_certificate_says_what_it_is_and_its_code_can_be_scanned(organiser, training):
    rule_for(training, least=2)
    person = attendee(training, count=2, name="阿卜杜热合曼·买买提江")
    (certificate,) = issue_certificates(training, people=[person], by=organiser_of(training), at=NOON)

    answer = organiser.get(address(training, "print/"))

    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "no-store")
    with pdfplumber.open(io.BytesIO(answer.content)) as document:
        (sheet,) = document.pages
        text = "".join((sheet.extract_text() or "").split())
        assert (round(sheet.width), round(sheet.height)) == (842, 595)
    expected = ("结业证书", "阿卜杜热合曼·买买提江：", "稻田养鱼实用技术", certificate.printed_serial, "5.3学时")
    assert [part for part in expected if part not in text] == []
    picture = pypdfium2.PdfDocument(answer.content)[0].render(scale=2).to_pil()
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == f"http://127.0.0.1:8000/verify/{certificate.printed_serial}/"


def test_each_certificate_has_a_page_and_revoked_ones_have_none(organiser, training):
    rule_for(training, least=1)
    people = [attendee(training, name=name) for name in ("李嘉明", "王芳", "陈静")]
    made = issue_certificates(training, people=people, by=organiser_of(training), at=NOON)
    organiser.post(f"/workspace/certificates/{made[0].pk}/revoke/", {"kind": "mistake", "reason": "误选"})

    everything, one = (organiser.get(address(training, f"print/{query}")) for query in ("", f"?only={made[1].pk}"))

    assert [len(pypdfium2.PdfDocument(answer.content)) for answer in (everything, one)] == [2, 1]
    assert organiser.get(address(training, f"print/?only={made[0].pk}")).status_code == 404


@pytest.mark.parametrize("role", [Role.CADRE, Role.DOOR_VOLUNTEER, Role.TREASURER, Role.AUDITOR])
def test_other_roles_issue_nothing(training, role):
    client = Client()
    client.force_login(RoleAssignmentFactory(organisation=training.organisation, role=role).user)

    assert {client.get(address(training, rest)).status_code for rest in ("", "rule/", "issue/", "print/")} == {403}


# What people say


def say(training: Activity, count: int) -> None:
    (session, *_rest) = sessions_of(training)
    for number in range(count):
        person = attendee(training, name=f"到场者{number}")
        token = person.participants.get().token
        Feedback.objects.create(
            session=session,
            person_token=token,
            face="good",
            sentence=f"话{number}",
            given_at=NOON,
            changed_at=NOON,
        )


def test_organiser_reads_words_and_no_names(organiser, training):
    say(training, 6)

    text = words(page_of(organiser, f"/workspace/activities/{training.pk}/feedback/"))

    assert all(part in text for part in ("6人次中有6份（100%）", "话0", "话5", "不显示"))
    assert "到场者" not in text


def test_organiser_reads_nothing_of_four(organiser, training):
    say(training, 4)

    text = words(page_of(organiser, f"/workspace/activities/{training.pk}/feedback/"))

    assert "评价还不足5份" in text
    assert "话0" not in text


def test_pages_ask_the_same_with_one_and_with_many(organiser, training, django_assert_max_num_queries):
    rule_for(training, least=1)
    people = [attendee(training, name=f"到场者{number}") for number in range(4)]
    issue_certificates(training, people=people, by=organiser_of(training), at=NOON)

    for path in (address(training), address(training, "issue/"), f"/workspace/activities/{training.pk}/feedback/"):
        with django_assert_max_num_queries(24):
            organiser.get(path)
