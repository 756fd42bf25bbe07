import argparse
import datetime
from pathlib import Path

import pytest
from tests.factories import NOON, ProgrammeFactory, SessionFactory

from qixue.cli.report import run_report
from qixue.programme.models import Session

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
