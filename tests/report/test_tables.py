"""How a table is divided, and that nothing in it wraps where it need not."""

import io
from dataclasses import replace

import pdfplumber
import pytest
from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.shared import Mm
from docx.table import Table as DocxTable
from tests.report.samples import sample

from qixue.report.docx_writer import write_docx
from qixue.report.installed import installed_fonts
from qixue.report.official_document import Table, Text
from qixue.report.pdf_writer import write_pdf

HEADER = ("县（市、区）", "活动场次（场）", "参与人次（人次）", "每千人参与（人次）")
CHARACTER = 12.0  # points
LONGEST = "连山壮族瑶族自治县"


def counties(count: int = 3) -> Table:
    names = [LONGEST, *(f"第{number}县" for number in range(2, count + 1))]
    return Table("各县情况", HEADER, tuple((Text(name), Text("35"), Text("3100多"), Text("约2.81")) for name in names))


def written(table: Table) -> DocxTable:
    [found] = Document(io.BytesIO(write_docx(replace(sample(), blocks=(table,), attachments=())))).tables
    return found


def kept(table: DocxTable) -> list[bool]:
    """Whether each row stays with the next."""
    return [
        all(bool(line.paragraph_format.keep_with_next) for cell in row.cells for line in cell.paragraphs)
        for row in table.rows
    ]


def test_unit_stands_on_a_line_of_its_own_below_the_name() -> None:
    assert counties().header_lines == (
        ("县（市、区）",),
        ("活动场次", "（场）"),
        ("参与人次", "（人次）"),
        ("每千人参与", "（人次）"),
    )


def test_header_without_unit_is_one_line() -> None:
    table = Table("", ("县（市、区）", "人次", "备注（选填）次"), ())

    assert table.header_lines == (("县（市、区）",), ("人次",), ("备注（选填）次",))


def test_columns_share_the_width_so_that_no_line_of_them_wraps() -> None:
    table = counties()
    longest = (9, 4, 4, 5)  # characters

    points = [share * 442.2 for share in table.column_shares]

    assert round(sum(table.column_shares), 9) == 1
    assert [width >= (characters + 1) * CHARACTER for width, characters in zip(points, longest, strict=True)] == [
        True
    ] * 4


def test_columns_of_a_table_that_is_too_wide_shrink_in_proportion() -> None:
    wide = Table("", ("名称", "单位"), ((Text("字" * 60), Text("字" * 20)),))

    assert [round(share, 3) for share in wide.column_shares] == [round(61 / 82, 3), round(21 / 82, 3)]


def test_docx_table_is_as_wide_as_the_type_area_with_the_shares_of_its_columns() -> None:
    table = written(counties())
    widths = [column.width for column in table.columns]

    assert abs(sum(widths) - Mm(156)) < Mm(0.1)
    assert [[cell.width for cell in row.cells] for row in table.rows] == [widths] * 4
    assert (table.autofit, table.alignment) == (False, WD_TABLE_ALIGNMENT.CENTER)


def test_docx_header_has_name_and_unit_as_lines() -> None:
    header = written(counties()).rows[0].cells

    assert [[line.text for line in cell.paragraphs] for cell in header] == [list(x) for x in counties().header_lines]


def test_short_docx_table_stays_on_a_page() -> None:
    assert kept(written(counties(3))) == [True, True, True, False]


def test_long_docx_table_may_break_behind_any_row_but_its_header() -> None:
    assert kept(written(counties(21))) == [True, *[False] * 21]


def test_pdf_table_wraps_neither_name_nor_header() -> None:
    fonts = installed_fonts()
    if not fonts.files:
        pytest.skip("No Chinese font on this machine; bin/fonts fetches them.")
    document = replace(sample(), blocks=(counties(),), attachments=())

    [page] = pdfplumber.open(io.BytesIO(write_pdf(document, fonts))).pages

    [table] = page.extract_tables()
    assert table[:2] == [
        ["县（市、区）", "活动场次\n（场）", "参与人次\n（人次）", "每千人参与\n（人次）"],
        [LONGEST, "35", "3100多", "约2.81"],
    ]
