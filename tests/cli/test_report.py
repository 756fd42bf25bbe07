import argparse
import datetime
import json
from pathlib import Path

import pytest
from tests.factories import NOON, ActivityFactory, ProgrammeFactory, RoleAssignmentFactory, SessionFactory

from qixue.cli.report import run_report, run_verify
from qixue.figures.models import NamedFigure
from qixue.people.models import Role
from qixue.programme.models import Session
from qixue.report.issuing import ask_for_issue, issue_summary

pytestmark = pytest.mark.django_db


def test_report_names_each_uncounted_session_with_its_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    day = NOON.date() - datetime.timedelta(days=9)
    programme = ProgrammeFactory(code="week", theme="学习", starts_on=day, ends_on=day, organisation__name="图书馆")
    session = SessionFactory(activity__programme=programme, number=1, state=Session.State.PLANNED)
    out = tmp_path / "summary.docx"

    code = run_report(argparse.Namespace(programme="week", out=out, pdf=None, annex=None))

    captured = capsys.readouterr()
    assert (code, captured.out) == (0, f"{out}\n")
    sentence = "图书馆11月4日“稻田养鱼”第1场已结束，尚未填报人数。"
    assert captured.err == f"缺少：{sentence} /workspace/sessions/{session.pk}/\n"


@pytest.fixture
def issued(tmp_path: Path) -> Path:
    """The .docx of a week with one session, issued by two people."""
    day = NOON.date() - datetime.timedelta(days=9)
    week = ProgrammeFactory(code="week", starts_on=day, ends_on=day)
    SessionFactory(activity=ActivityFactory(programme=week, code="tea"), number=1)
    NamedFigure.objects.create(programme=week, code="sessions_total", definition="sessions_total", position=1)
    asker, issuer = (
        RoleAssignmentFactory(organisation=week.organisation, role=Role.COORDINATOR, user__display_name=name).user
        for name in ("梁静宜", "陈志远")
    )
    seal = issue_summary(ask_for_issue(week, by=asker, at=NOON), by=issuer, at=NOON)
    path = tmp_path / "summary.docx"
    path.write_bytes(bytes(seal.files.get(kind="docx").content))
    return path


def test_verify_says_who_sealed_what_when(issued: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run_verify(argparse.Namespace(file=issued, json=False))

    assert (code, capsys.readouterr().out.splitlines()) == (
        0,
        [
            "这份工作总结引用的数字都成立",
            "《清远市2026年全民终身学习活动周工作总结》第1次签发，2026-11-04 12:00签章；提请人梁静宜，签发人陈志远",
            "签名有效：清单与签发时一致。",
            "sessions_total\t活动场次\t1场\t成立",
            "成立：1个",
        ],
    )


def test_verify_names_the_records_that_changed_and_ends_with_one(
    issued: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Session.objects.update(state=Session.State.CANCELLED)

    code = run_verify(argparse.Namespace(file=issued, json=True))

    found = json.loads(capsys.readouterr().out)
    [figure] = found["figures"]
    assert (code, found["stands"], found["seal"]["number"], figure["outcome"]) == (1, False, 1, "changed_since")
    assert figure["records"] == ["《稻田养鱼》第1场（11月4日）：该场次不再计入"]


def test_verify_tells_an_untouched_file_whose_records_changed_in_its_first_line(
    issued: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Session.objects.update(state=Session.State.CANCELLED)

    code = run_verify(argparse.Namespace(file=issued, json=False))

    lines = capsys.readouterr().out.splitlines()
    assert (code, lines[0]) == (1, "这是签发的原件，未经改动。此后记录中有1个数字发生了变动。")
    assert lines[3:] == [
        "sessions_total\t活动场次\t1场\t签发后有变动：签发时为1场，现在的记录为0场",
        "《稻田养鱼》第1场（11月4日）：该场次不再计入",
        "\t涉及：活动场次",
        "签发后有变动：1个",
    ]
