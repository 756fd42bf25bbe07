"""The issued summary in public: to read it, and to check a file of it."""

import datetime
import io
import re

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn
from lxml import html
from tests.factories import NOON, ActivityFactory, ProgrammeFactory, RoleAssignmentFactory, SessionFactory
from tests.report.sealed_files import in_member, rewritten

from qixue.figures.models import NamedFigure
from qixue.people.models import Role
from qixue.programme.models import Programme, Session
from qixue.report.files import docx_bytes
from qixue.report.issuing import ask_for_issue, issue_summary
from qixue.report.models import Seal
from qixue.report.summary import draft_summary
from qixue.web.public.forms.summaries import LARGEST_FILE

pytestmark = pytest.mark.django_db
VERIFY = "/verify/summary/"
WORDS_OF_AN_INTERIM_ONE = "The week was not over"


@pytest.fixture
def seal() -> Seal:
    """Of a week with one session, issued by two people."""
    day = NOON.date() - datetime.timedelta(days=9)
    week = ProgrammeFactory(code="week", starts_on=day, ends_on=day)
    SessionFactory(activity=ActivityFactory(programme=week))
    NamedFigure.objects.create(programme=week, code="sessions_total", definition="sessions_total", position=1)
    asker, issuer = (
        RoleAssignmentFactory(organisation=week.organisation, role=Role.COORDINATOR, user__display_name=name).user
        for name in ("梁静宜", "陈志远")
    )
    return issue_summary(ask_for_issue(week, by=asker, at=NOON), by=issuer, at=NOON)


def send(client: Client, content: bytes) -> str:
    answer = client.post(VERIFY, {"file": SimpleUploadedFile("summary.docx", content)})
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def issued(seal: Seal, kind: str = "docx") -> bytes:
    return bytes(seal.files.get(kind=kind).content)


@pytest.mark.parametrize("kind", ["docx", "pdf", "xlsx"])
def test_issued_file_is_said_to_stand_with_both_names(client: Client, seal: Seal, kind: str) -> None:
    page = send(client, issued(seal, kind))

    assert "这份工作总结引用的数字都成立" in page
    assert "人工填写的数没有与记录绑定，未予核验。" in page
    assert ("梁静宜" in page, "陈志远" in page, "2026-11-04 12:00" in page) == (True, True, True)


def test_later_change_in_the_records_is_named(client: Client, seal: Seal) -> None:
    Session.objects.update(state=Session.State.CANCELLED)

    page = send(client, issued(seal))

    assert "这是签发的原件，未经改动 此后记录中有1个数字发生了变动。" in page
    assert "签发时为1场，现在的记录为0场" in page
    assert "场（11月4日）：该场次不再计入 涉及：活动场次" in page


def test_forged_file_is_headed_as_such(client: Client, seal: Seal) -> None:
    forged = rewritten(issued(seal), in_member("document", "1场", "2场"))

    page = send(client, forged)

    assert "文件中有内容不成立" in page
    assert "未经改动" not in page
    assert "正文被改动：1个" in page


def test_changed_digit_is_marked_as_an_alarm_beside_the_issued_one(client: Client, seal: Seal) -> None:
    forged = rewritten(issued(seal), in_member("document", "1场", "2场"))

    answer = client.post(VERIFY, {"file": SimpleUploadedFile("summary.docx", forged)})

    marks = html.fromstring(answer.content).xpath("//mark")
    assert [(mark.get("class"), mark.text) for mark in marks][:2] == [("issued", "1"), ("altered", "2")]


def test_drafts_and_other_files_are_refused(client: Client, seal: Seal) -> None:
    draft = docx_bytes(draft_summary(seal.programme, at=NOON))

    for content in (draft, b"no archive"):
        answer = client.post(VERIFY, {"file": SimpleUploadedFile("summary.docx", content)})
        assert answer.status_code == 422
        assert "不是带有数字清单的工作总结" in answer.content.decode()


def test_file_that_is_too_large_is_not_read(client: Client) -> None:
    answer = client.post(VERIFY, {"file": SimpleUploadedFile("a.docx", b"0" * (LARGEST_FILE + 1))})

    assert answer.status_code == 422
    assert "请选择不超过10 MB的文件" in answer.content.decode()


def test_issued_pdf_is_public_to_the_byte(client: Client, seal: Seal) -> None:
    answer = client.get(reverse("public:issued_summary", args=["week", "pdf"]))

    assert answer.content == issued(seal, "pdf")
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "public, max-age=300")
    client.cookies["qixue_language"] = "en"
    page = client.get("/programmes/week/").content.decode()
    assert reverse("public:issued_summary", args=["week", "pdf"]) in page
    assert WORDS_OF_AN_INTERIM_ONE not in page


def test_summary_that_was_issued_before_the_end_says_so(client: Client, seal: Seal) -> None:
    Programme.objects.update(ends_on=datetime.date(2999, 11, 28))
    asker, issuer = (
        RoleAssignmentFactory(organisation=seal.programme.organisation, role=Role.COORDINATOR).user for _ in range(2)
    )
    week = Programme.objects.get()

    issue_summary(ask_for_issue(week, by=asker, at=NOON), waiver_reason="先行报送", by=issuer, at=NOON)

    client.cookies["qixue_language"] = "en"
    assert WORDS_OF_AN_INTERIM_ONE in client.get("/programmes/week/").content.decode()
    page = client.get("/verify/summary/week/2/").content.decode()
    assert "先行报送" in page.partition("notice ochre")[2].partition("</p>")[0]


def test_square_code_leads_to_what_was_sealed(client: Client, seal: Seal) -> None:
    address = seal_address(seal)

    page = client.get(address).content.decode()

    assert ("梁静宜" in page, "2026-11-04 12:00" in page, "1场" in page) == (True, True, True)
    assert client.get("/verify/summary/week/2/").status_code == 404
    Programme.objects.update(state=Programme.State.DRAFT)
    assert client.get(address).status_code == 404


def test_figures_are_named_in_the_language_of_the_reader_and_as_they_were_sealed(client: Client, seal: Seal) -> None:
    def names(address: str) -> list[str]:
        page = html.fromstring(client.get(address).content)
        return [" ".join(cell.text_content().split()) for cell in page.xpath("//tbody/tr/th")]

    assert names(seal_address(seal)) == ["活动场次"]
    client.cookies["qixue_language"] = "en"
    assert names(seal_address(seal)) == ["Sessions held 活动场次"]
    assert "Sessions held 1场 · ✓ stands" in send(client, issued(seal))


def seal_address(seal: Seal) -> str:
    """What the square code in the issued .docx says, on this site."""
    [code] = Document(io.BytesIO(issued(seal))).element.body.iter(qn("wp:anchor"))
    return str(code.find(qn("wp:docPr")).get("descr")).removeprefix(settings.QIXUE["BASE_URL"])


@pytest.mark.parametrize("kind", ["xlsx", "evidence", "exe"])
def test_annex_and_evidence_are_not_public(client: Client, seal: Seal, kind: str) -> None:
    assert client.get(reverse("public:issued_summary", args=["week", kind])).status_code == 404


def test_summary_of_a_programme_that_is_not_public_is_missing(client: Client, seal: Seal) -> None:
    Programme.objects.update(state=Programme.State.DRAFT)

    assert client.get(reverse("public:issued_summary", args=["week", "pdf"])).status_code == 404


def test_programme_without_an_issue_offers_none(client: Client) -> None:
    ProgrammeFactory(code="week")

    assert "summary.pdf" not in client.get("/programmes/week/").content.decode()
    assert client.get(reverse("public:issued_summary", args=["week", "pdf"])).status_code == 404
