"""The evidence annex: an .xlsx that lists every figure with its counting rule and every record behind it."""

import io
from collections.abc import Iterable

import xlsxwriter
from django.utils.translation import override

from qixue.core.clock import minute_text
from qixue.core.figures import EvidenceRow
from qixue.figures.queries import Figure, evidence_leaf
from qixue.report.gaps import UNCOUNTED, UNFINISHED
from qixue.report.summary import SummaryDraft
from qixue.report.tables import Table, write_sheet, write_sheets

FIGURE_COLUMNS = (
    ("代码", 16),
    ("名称", 30),
    ("文中写法", 16),
    ("数值", 12),
    ("限定", 12),
    ("单位", 10),
    ("统计期间", 14),
    ("截至", 18),
    ("口径", 60),
    ("原文", 40),
    ("疑点", 50),
    ("佐证数", 8),
    ("佐证摘要（SHA-256）", 68),
)
EVIDENCE_COLUMNS = (
    ("数字代码", 16),
    ("佐证编号", 24),
    ("内容", 40),
    ("数量", 14),
    ("日期", 12),
    ("地点", 30),
    ("来源", 14),
    ("原文", 40),
    ("摘要（SHA-256）", 68),
)
SEAL_COLUMNS = (("签章", 100),)
FIGURE_SHEET, RECORDS_SHEET, NOTES_SHEET, SEAL_SHEET = "数字", "佐证", "提示", "签章"
LONGEST_CELL = 32_000  # characters; Excel takes 32,767
REMARK_COLUMNS = (("类别", 14), ("内容", 80), ("位置", 24), ("原文", 50))
GAP_KINDS = {UNFINISHED: "阶段稿", UNCOUNTED: "未填报人数"}
QUALIFIERS = {"exact": "确数", "at_least": "多于", "nearly": "接近", "about": "约数", "contradictory": "自相矛盾"}


def annex_bytes(draft: SummaryDraft) -> bytes:
    """The workbook. Text is written as text, so that nothing a resident typed turns into a formula."""
    output = io.BytesIO()
    workbook = xlsxwriter.Workbook(output, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    title = f"{''.join(draft.document.title_lines)} 佐证附表"
    workbook.set_properties({"title": title, "created": draft.at.replace(tzinfo=None)})
    with override("zh-hans"):
        write_sheet(workbook, FIGURE_SHEET, FIGURE_COLUMNS, (figure_row(figure, draft) for figure in draft.figures))
        write_sheets(workbook, Table(RECORDS_SHEET, EVIDENCE_COLUMNS, evidence_rows(draft)))
        write_sheet(workbook, NOTES_SHEET, REMARK_COLUMNS, remark_rows(draft))
        if draft.seal:
            write_sheet(workbook, SEAL_SHEET, SEAL_COLUMNS, seal_rows(draft.seal))
    workbook.close()
    return output.getvalue()


def figure_row(figure: Figure, draft: SummaryDraft) -> list[str | int | float]:
    quantity, value, rows = figure.quantity, figure.value, draft.evidence[figure.code]
    number: str | int = "暂无数据"
    if quantity:
        number = quantity.value if isinstance(quantity.value, int) else str(quantity.value)
    return [
        figure.code,
        figure.name,
        quantity.text("zh") if quantity else "暂无数据",
        number,
        QUALIFIERS[quantity.qualifier] if quantity else "",
        figure.definition.unit.zh,
        value.period.start + (f" 至 {value.period.end}" if value.period.end else ""),
        "来源未写明" if value.is_reported else minute_text(draft.at),
        str(figure.definition.rule),
        "；".join(value.quotes),
        "；".join([*(issue.explanation for issue in figure.issues), *(str(note) for note in value.notes)]),
        len(rows),
        draft.roots[figure.code],
    ]


def evidence_rows(draft: SummaryDraft) -> Iterable[list[str | int | float]]:
    """Each record once, with all figures that stand on it: one of them alone would repeat most of the others."""
    codes: dict[EvidenceRow, list[str]] = {}
    for code, rows in draft.evidence.items():
        for row in rows:
            codes.setdefault(row, []).append(code)
    for row, used in codes.items():
        yield [
            "、".join(used),
            row.id,
            row.title,
            row.quantity.text("zh") if row.quantity else "",
            row.occurred_on,
            row.place,
            row.source,
            row.quote,
            evidence_leaf(row),
        ]


def remark_rows(draft: SummaryDraft) -> Iterable[list[str]]:
    for gap in draft.gaps:
        yield [GAP_KINDS.get(gap.code, "缺少事实"), gap.text_zh, "", ""]
    for remark in draft.remarks:
        yield ["校对", remark.message_zh, remark.place, remark.quote]
    for issue in draft.source_issues:
        yield ["来源疑点", issue.explanation, issue.record_code, issue.quote]


def seal_rows(seal: str) -> Iterable[list[str]]:
    """The signed list in as many cells as it takes, to be put together again without anything between."""
    for start in range(0, len(seal), LONGEST_CELL):
        yield [seal[start : start + LONGEST_CELL]]
