"""Records change between request and issue, in a running week every minute: what keeps the issue back and what not."""

import datetime
import io

import pytest
from django.utils.translation import override
from openpyxl import load_workbook
from tests.factories import NOON, ActivityFactory, BrandFactory, OpenSessionFactory, RegistrationFactory
from tests.factories_afterwards import organiser_of
from tests.report.sealed_files import issued
from tests.report.writing import refused, section_of

from qixue.core.models import AuditEntry
from qixue.figures.models import NamedFigure
from qixue.participation.models import Registration
from qixue.participation.operations.organiser import move_registrations, take_out
from qixue.people.models import User
from qixue.programme.models import Programme, Session
from qixue.report.changes_since_asked import sealed_on_other_records
from qixue.report.differences import differences_since
from qixue.report.editing import save_section
from qixue.report.issuing import ask_for_issue, issue_summary
from qixue.report.models import IssueRequest, Seal
from qixue.report.verification import verify_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def sessions(week: Programme) -> list[Session]:
    """Two that are to come, of two brands, with eight and five people who signed up."""
    sessions = []
    for code, name, name_en, people in (("tea", "茶艺", "Tea", 8), ("rice", "稻田", "Rice", 5)):
        activity = ActivityFactory(programme=week, brand=BrandFactory(code=code, name=name, name_en=name_en))
        session = OpenSessionFactory(activity=activity, taken_count=people, seat_count=20)
        RegistrationFactory.create_batch(people, session=session)
        sessions.append(session)
    return sessions


def asked(week: Programme, by: User, *codes: str) -> IssueRequest:
    """For a summary that prints the registrations, of all or of one brand."""
    for position, code in enumerate(codes):
        brand = code.partition(".")[2]
        NamedFigure.objects.create(
            programme=week, code=code, definition="registrations", brand_code=brand, position=position
        )
    text = "，".join(f"{{{{{code}}}}}" for code in codes)
    save_section(section_of(week, by, "problems"), f"报名{text}。", based_on=0, by=by, at=NOON)
    return ask_for_issue(week, by=by, at=NOON)


def move_one(sessions: list[Session]) -> None:
    first, other = sessions
    row = Registration.objects.filter(session=first).earliest("pk")
    move_registrations(first, keys=[row.pk], to=other, by=organiser_of(first.activity), at=NOON)


def test_same_number_on_other_records_is_issued_on_the_records_of_now(
    week: Programme, liang: User, chen: User, sessions: list[Session]
) -> None:
    request = asked(week, liang, "registrations")
    move_one(sessions)

    seal = issue_summary(request, by=chen, at=NOON)

    assert differences_since(seal) == []
    assert [verify_file(issued(seal, kind)).stands for kind in ("docx", "pdf", "xlsx")] == [True] * 3
    [figure] = [each for each in seal.content["figures"] if each["code"] == "registrations"]
    assert figure["text"] == request.figures["registrations"][0] == "13人次"
    assert figure["evidence_root"] != request.figures["registrations"][1]


def test_annex_of_an_issue_dates_a_figure_by_the_records_that_it_lists(
    week: Programme, liang: User, chen: User, sessions: list[Session]
) -> None:
    request = asked(week, liang, "registrations")
    move_one(sessions)

    seal = issue_summary(request, by=chen, at=NOON + datetime.timedelta(hours=1))

    header, *rows = load_workbook(io.BytesIO(issued(seal, "xlsx")))["数字"].iter_rows(values_only=True)
    figures = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
    assert figures["registrations"]["截至"] == "2026-11-04 13:00"


def test_figures_on_other_records_are_told_of_the_issue(
    week: Programme, liang: User, chen: User, sessions: list[Session]
) -> None:
    request = asked(week, liang, "registrations")
    move_one(sessions)

    seal = issue_summary(request, by=chen, at=NOON)

    assert [each.code for each in sealed_on_other_records(seal)] == ["registrations"]
    details = AuditEntry.objects.get(action="summary.issued").details
    assert details == {"number": 1, "digest": seal.digest, "other_records": ["registrations"]}


def test_nothing_is_told_of_an_issue_of_what_was_asked_for_to_the_record(
    week: Programme, liang: User, chen: User, sessions: list[Session]
) -> None:
    seal = issue_summary(asked(week, liang, "registrations"), by=chen, at=NOON)

    assert sealed_on_other_records(seal) == []
    assert AuditEntry.objects.get(action="summary.issued").details["other_records"] == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            ["Registrations (Tea): 8人次 then, 7人次 now.", "Registrations (Rice): 5人次 then, 6人次 now."],
        ),
        ("zh-hans", ["报名人次（茶艺）：提请时为8人次，现为7人次。", "报名人次（稻田）：提请时为5人次，现为6人次。"]),
    ],
)
def test_other_number_is_refused_by_the_name_of_its_figure_with_both_numbers(
    week: Programme, liang: User, chen: User, sessions: list[Session], language: str, said: list[str]
) -> None:
    request = asked(week, liang, "registrations.tea", "registrations.rice", "registrations")
    move_one(sessions)

    with override(language), refused("changed_since_asked") as refusal:
        issue_summary(request, by=chen, at=NOON)

    assert list(refusal.value.lines[:2]) == said
    assert Seal.objects.count() == 0


def test_figure_that_is_printed_no_longer_is_named_as_well(
    week: Programme, liang: User, chen: User, sessions: list[Session]
) -> None:
    request = asked(week, liang, "registrations.tea")
    save_section(section_of(week, liang, "problems"), "甲", based_on=1, by=liang, at=NOON)

    with override("en"), refused("changed_since_asked") as refusal:
        issue_summary(request, by=chen, at=NOON)

    assert refusal.value.lines[0] == "Registrations (Tea): 8人次 then, not printed now."


def test_figure_that_the_programme_has_no_name_for_any_more_is_told_by_its_code(
    week: Programme, liang: User, chen: User, sessions: list[Session]
) -> None:
    request = asked(week, liang, "registrations")
    NamedFigure.objects.filter(code="registrations").delete()

    with override("en"), refused("changed_since_asked") as refusal:
        issue_summary(request, by=chen, at=NOON)

    assert refusal.value.lines[0] == "registrations: 13人次 then, not printed now."


def test_number_that_sank_is_refused_whatever_happened_to_other_records(
    week: Programme, liang: User, chen: User, sessions: list[Session]
) -> None:
    request = asked(week, liang, "registrations")
    move_one(sessions)
    row = Registration.objects.filter(session=sessions[0], state="confirmed").earliest("pk")
    take_out(row, note="重复", by=organiser_of(sessions[0].activity), at=NOON)

    with override("en"), refused("changed_since_asked") as refusal:
        issue_summary(request, by=chen, at=NOON)

    assert refusal.value.lines[0] == "Registrations: 13人次 then, 12人次 now."
