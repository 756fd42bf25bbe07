"""A summary that is drafted before the week is over says so, and stops saying so at its end."""

import datetime
from collections.abc import Callable

import pytest
from tests.factories import (
    NOON,
    ActivityFactory,
    ProgrammeFactory,
    SessionFactory,
)

from qixue.figures.models import NamedFigure
from qixue.programme.models import Programme, Session
from qixue.report.files import docx_bytes
from qixue.report.models import SummarySection
from qixue.report.official_document import plain_text
from qixue.report.stage import Stage, full_moment_text, stage_of
from qixue.report.summary import SummaryDraft, draft_summary
from qixue.report.verification import verify_file

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
FIGURES = ("activities_total", "sessions_total", "attendance", "sessions_planned")


@pytest.fixture
def week(count_ten: Callable[[Session], None]) -> Programme:
    """Two sessions held and counted, one over without a count, one to come; from two days before NOON to two after."""
    today = NOON.date()
    programme = ProgrammeFactory(code="week", theme="学习", starts_on=today - 2 * DAY, ends_on=today + 2 * DAY)
    for position, draft in enumerate((SummarySection.Draft.OPENING, SummarySection.Draft.PARTICIPATION), start=1):
        SummarySection.objects.create(
            programme=programme, position=position, level=position - 1, heading="覆盖", draft=draft
        )
    for position, code in enumerate(FIGURES, start=1):
        NamedFigure.objects.create(programme=programme, code=code, definition=code, position=position)
    activity = ActivityFactory(programme=programme)
    for number in (1, 2):
        count_ten(SessionFactory(activity=activity, number=number))
    SessionFactory(activity=activity, number=3, state=Session.State.PLANNED)
    SessionFactory(
        activity=activity, number=4, state=Session.State.PLANNED, starts_at=NOON + DAY, ends_at=NOON + DAY + DAY / 24
    )
    return programme


def opening(draft: SummaryDraft) -> str:
    lines = plain_text(draft.manuscript).splitlines()
    return lines[len(draft.manuscript.title_lines)]


def test_opening_while_the_week_runs_says_when_it_was_drafted_and_what_is_to_come(week: Programme) -> None:
    text = opening(draft_summary(week, at=NOON))

    assert text == (
        "清远市正在组织开展全民终身学习活动周（以下简称“活动周”）各项工作。"
        "活动周以“学习”为主题，于2026年11月2日至6日举行。"
        "截至2026年11月4日，已开展活动1项，举办2场，参与20人次，其余2场将在11月6日活动周结束前举办或补报。"
        "现将活动周阶段性情况小结如下："
    )


def test_opening_names_no_late_report_where_every_session_that_is_over_was_reported(week: Programme) -> None:
    Session.objects.filter(activity__programme=week, number=3).delete()

    text = opening(draft_summary(week, at=NOON))

    assert "其余1场将在11月6日活动周结束前举办。" in text


def test_opening_without_numbers_still_says_that_the_week_is_not_over(week: Programme) -> None:
    NamedFigure.objects.filter(programme=week).delete()

    text = opening(draft_summary(week, at=NOON))

    assert text == (
        "清远市正在组织开展全民终身学习活动周（以下简称“活动周”）各项工作，截至2026年11月4日活动周尚未结束。"
        "活动周以“学习”为主题，于2026年11月2日至6日举行。"
        "现将活动周阶段性情况小结如下："
    )


def test_opening_before_the_week_promises_and_reports_nothing(week: Programme) -> None:
    text = opening(draft_summary(week, at=NOON - 3 * DAY))

    assert text == (
        "清远市正在筹备全民终身学习活动周（以下简称“活动周”）各项工作，截至2026年11月1日活动周尚未开始。"
        "活动周以“学习”为主题，将于2026年11月2日至6日举行。"
        "计划举办2场。"
        "现将活动周阶段性情况小结如下："
    )


def test_opening_after_the_week_tells_of_it_as_over(week: Programme) -> None:
    text = opening(draft_summary(week, at=NOON + 3 * DAY))

    assert text == (
        "清远市组织开展了全民终身学习活动周（以下简称“活动周”）各项工作。"
        "活动周以“学习”为主题，于2026年11月2日至6日举行。"
        "共开展活动1项，举办2场，参与20人次。"
        "现将活动周开展情况总结如下："
    )


def test_title_is_that_of_an_interim_draft_until_the_end(week: Programme) -> None:
    last = [draft_summary(week, at=NOON + days * DAY).manuscript.title_lines[-1] for days in (0, 3)]

    assert last == ["工作总结（阶段稿）", "工作总结"]


def test_stage_changes_at_midnight_in_shanghai(week: Programme) -> None:
    start, end = NOON - 2.5 * DAY, NOON + 2.5 * DAY
    second = datetime.timedelta(seconds=1)

    stages = [stage_of(week, at) for at in (start - second, start, end - second, end)]

    assert stages == [Stage.BEFORE, Stage.RUNNING, Stage.RUNNING, Stage.OVER]


def test_programme_without_days_is_over() -> None:
    assert stage_of(ProgrammeFactory(), NOON) is Stage.OVER


def test_moment_is_that_of_shanghai_with_two_digits_for_minutes() -> None:
    at = datetime.datetime(2026, 11, 22, 17, 5, tzinfo=datetime.UTC)

    assert full_moment_text(at) == "2026年11月23日1时05分"


def test_every_number_of_an_interim_draft_stands(week: Programme) -> None:
    verdicts = verify_file(docx_bytes(draft_summary(week, at=NOON))).figures

    assert [(item.code, item.outcome) for item in verdicts] == [(code, "stands") for code in FIGURES]


def test_moment_that_stands_twice_is_no_repetition(week: Programme) -> None:
    draft = draft_summary(week, at=NOON)

    assert "repetition" not in {remark.code for remark in draft.remarks}
