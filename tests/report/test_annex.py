import io

import pytest
from openpyxl import load_workbook
from tests.factories import NOON

from qixue.participation.models import LedgerEntry
from qixue.programme.models import Activity
from qixue.report.annex import annex_bytes
from qixue.report.summary import SummaryDraft, draft_summary

pytestmark = pytest.mark.django_db


def rows(data: bytes, sheet: str) -> list[dict[str, object]]:
    header, *lines = load_workbook(io.BytesIO(data))[sheet].iter_rows(values_only=True)
    return [dict(zip(header, line, strict=True)) for line in lines]


def test_annex_lists_each_figure_with_rule_hedge_and_evidence(draft: SummaryDraft) -> None:
    figures = {row["代码"]: row for row in rows(annex_bytes(draft), "数字")}

    assert set(figures) == {"F1", "F2", "F3", "F4", "F5", "B1-S1", "B1-S2", "B1-S3"}
    assert (figures["F4"]["文中写法"], figures["F4"]["限定"], figures["F4"]["截至"]) == (
        "近4000多人",
        "自相矛盾",
        "来源未写明",
    )
    assert all(row["口径"] and row["佐证数"] == 1 for row in figures.values())


def test_annex_lists_the_records_behind_each_figure(draft: SummaryDraft) -> None:
    [entry] = LedgerEntry.objects.filter(activity__code="B1-A")

    [row] = [item for item in rows(annex_bytes(draft), "佐证") if item["数字代码"] == "F1"]

    assert (row["佐证编号"], row["数量"], row["原文"]) == ("ledger:ORG-EDU/1", "3500多人次", "共有3500多人次参加活动")
    assert row["摘要（SHA-256）"] == entry.hash


def test_annex_tells_what_is_missing_and_what_to_check(draft: SummaryDraft) -> None:
    kinds = {row["类别"] for row in rows(annex_bytes(draft), "提示")}

    assert kinds == {"缺少事实", "校对", "来源疑点"}


def test_text_never_becomes_a_formula(draft: SummaryDraft) -> None:
    Activity.objects.filter(code="B1-A").update(title="=1+1")

    workbook = load_workbook(io.BytesIO(annex_bytes(draft_summary(draft.programme, at=NOON))))

    cells = [cell for sheet in workbook for line in sheet.iter_rows() for cell in line if cell.value == "=1+1"]
    assert [cell.data_type for cell in cells] == ["s"]


def test_evidence_beyond_the_last_row_of_a_sheet_stands_on_the_next(draft: SummaryDraft, monkeypatch) -> None:
    whole = rows(annex_bytes(draft), "佐证")
    monkeypatch.setattr("qixue.report.tables.MOST_ROWS", 3)

    data = annex_bytes(draft)

    sheets = [name for name in load_workbook(io.BytesIO(data)).sheetnames if name.startswith("佐证")]
    assert sheets == ["佐证", "佐证 2", "佐证 3"]
    assert [row for sheet in sheets for row in rows(data, sheet)] == whole
