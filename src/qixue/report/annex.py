"""The evidence annex: an .xlsx that lists every figure with its counting rule and every record behind it."""

import io
from collections import defaultdict
from collections.abc import Iterable, Mapping

import xlsxwriter
from django.conf import settings
from django.utils.translation import override

from qixue.core.clock import minute_text
from qixue.core.figures import EvidenceRow, FigureValue, shared_reads
from qixue.figures.queries import Figure
from qixue.participation.evidence_ids import SESSION
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
    ("场次记录数", 10),
    ("逐条查看", 60),
)
ENTRY_COLUMNS = (
    ("场次佐证编号", 24),
    ("记录编号", 24),
    ("种类", 10),
    ("来源", 14),
    ("数量", 14),
    ("日期", 12),
    ("原文", 40),
    ("摘要（SHA-256）", 68),
)
SEAL_COLUMNS = (("签章", 100),)
FIGURE_SHEET, RECORDS_SHEET, NOTES_SHEET, ENTRIES_SHEET, SEAL_SHEET = "数字", "佐证", "提示", "明细", "签章"
MOST_ENTRIES = 5_000  # of sessions that are listed one by one: nobody reads more of them on a sheet
LONGEST_CELL = 32_000  # characters; Excel takes 32,767
REMARK_COLUMNS = (("类别", 14), ("内容", 80), ("位置", 24), ("原文", 50))
GAP_KINDS = {UNFINISHED: "阶段稿", UNCOUNTED: "未填报人数"}
WHOLE, NOT_STATED = "整个活动周", "来源未写明"
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
        if sessions := folded_rows(draft):
            write_sheet(workbook, ENTRIES_SHEET, ENTRY_COLUMNS, entry_rows(draft, sessions))
        if draft.seal:
            write_sheet(workbook, SEAL_SHEET, SEAL_COLUMNS, seal_rows(draft.seal))
    workbook.close()
    return output.getvalue()


def figure_row(figure: Figure, draft: SummaryDraft) -> list[str | int | float]:
    quantity, value, records = figure.quantity, figure.value, draft.records[figure.code]
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
        period_text(value),
        NOT_STATED if value.is_reported else minute_text(draft.counted_at or draft.at),
        str(figure.definition.rule),
        "；".join(value.quotes),
        "；".join([*(issue.explanation for issue in figure.issues), *(str(note) for note in value.notes)]),
        records.count,
        records.root,
    ]


def period_text(value: FigureValue) -> str:
    """Of which days the number is: what is counted in the records is of the whole programme."""
    period = value.period
    if not period.start:
        return NOT_STATED if value.is_reported else WHOLE
    return f"{period.start} 至 {period.end}" if period.end else period.start


def evidence_rows(draft: SummaryDraft) -> Iterable[list[str | int | float]]:
    """Each record once, with all figures that stand on it: one of them alone would repeat most of the others."""
    codes: dict[tuple[str, str], list[str]] = defaultdict(list)
    rows: dict[tuple[str, str], EvidenceRow] = {}
    for code, records in draft.records.items():
        for row, leaf in zip(records.rows, records.leaves, strict=True):
            codes[leaf].append(code)
            rows.setdefault(leaf, row)
    for leaf, row in rows.items():
        used = codes[leaf]
        yield [
            "、".join(used),
            row.id,
            row.title,
            row.quantity.text("zh") if row.quantity else "",
            row.occurred_on,
            row.place,
            row.source,
            row.quote,
            leaf[1],
            *(opening(row, used[0], draft) if is_folded(row) else ()),
        ]


def is_folded(row: EvidenceRow) -> bool:
    """Whether the row stands for all records of a session, with the root over them."""
    return row.id.startswith(SESSION) and bool(row.digest)


def opening(row: EvidenceRow, code: str, draft: SummaryDraft) -> list[str | int]:
    """How many records the row of a session stands for, and where staff open it down to each of them."""
    path = f"/workspace/programmes/{draft.programme.code}/figures/{code}/sessions/{row.session_id}/"
    return [row.record_count, f"{settings.QIXUE['BASE_URL']}{path}"]


def folded_rows(draft: SummaryDraft) -> dict[int, EvidenceRow]:
    """By session the row of the figure that stands on most of its records."""
    found: dict[int, EvidenceRow] = {}
    for records in {id(each): each for each in draft.records.values()}.values():  # figures of one scope share theirs
        for row in filter(is_folded, records.rows):
            key = row.session_id or 0
            if key not in found or row.record_count > found[key].record_count:
                found[key] = row
    return found


def entry_rows(draft: SummaryDraft, sessions: Mapping[int, EvidenceRow]) -> Iterable[list[str | int | float]]:
    """The single records of the sessions, each once; where they are too many to be read on a sheet, what to do."""
    count = sum(row.record_count for row in sessions.values())
    if count > MOST_ENTRIES:
        yield [f"共{count}条记录，超过{MOST_ENTRIES}条，不在此列出；请按“佐证”表“逐条查看”一列的网址逐场打开。"]
        return
    entries: dict[str, EvidenceRow] = {}
    with shared_reads():
        for figure in draft.figures:
            if figure.definition.session_records:
                entries |= {row.id: row for row in figure.evidence()}
    by_session: dict[int, list[EvidenceRow]] = defaultdict(list)
    for row in entries.values():
        by_session[row.session_id or 0].append(row)
    for session, whole in sessions.items():
        for row in by_session[session]:
            number = row.quantity.text("zh") if row.quantity else ""
            yield [whole.id, row.id, row.kind, row.source, number, row.occurred_on, row.quote, row.digest]


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
