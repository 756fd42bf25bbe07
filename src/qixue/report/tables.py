"""A table as a file: .xlsx and CSV, in which nothing that somebody typed acts as a formula and no digit is lost.

Rows are written as they come and never held together, so that a list of 100,000 takes no more memory than one of ten.
docs/reference/tables.md describes the files.
"""

import csv
import datetime
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice
from typing import Any, BinaryIO, Generic, TypeVar

import xlsxwriter
from django.db.models import QuerySet

from qixue.core.clock import SHANGHAI, minute_text

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# With these, also in full width, a spreadsheet takes a text for a formula; the apostrophe is ours, see `harmless`.
LEADING = tuple("=+-@\t\r\n＝＋－＠'")
LONG_NUMBER = re.compile(r"\d{12,}|0\d+")  # a spreadsheet rounds the one and shortens the other
BLANKS = " \u3000\u00a0"  # which a spreadsheet overlooks around a number
EXACT_DIGITS = 15  # of a number in a workbook
LONGEST_CELL = 32_000  # characters of a cell in a workbook, which takes 32,767
READ_AT_ONCE = 2_000  # records
MOST_ROWS = 1_000_000  # of a sheet, which takes 1,048,576; what is more stands on the next one

Cell = str | int | float | Decimal | datetime.date | datetime.datetime | None
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Table:
    """Columns with their widths in characters, and rows of cells; the notes stand above them in a workbook.

    Where `is_dated`, the name says already of which day it is; by itself a file is named after the day of the export.
    """

    name: str
    columns: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[Cell]]
    notes: Sequence[str] = ()
    is_dated: bool = False


@dataclass(frozen=True)
class Column(Generic[Thing]):
    """A column of a table of things: its title, what it says of each, and its width in characters."""

    title: str
    cell: Callable[[Thing], Cell]
    width: int = 18


def table_of(name: str, things: Iterable[Thing], columns: Sequence[Column[Thing]]) -> Table:
    """A row per thing, made when the file is written; records are read from the database a part at a time."""
    things = things.iterator(chunk_size=READ_AT_ONCE) if isinstance(things, QuerySet) else things
    rows = ([column.cell(thing) for column in columns] for thing in things)
    return Table(name, [(column.title, column.width) for column in columns], rows)


def write_xlsx(table: Table, file: BinaryIO) -> int:
    """Returns the number of rows."""
    # In memory are the rows of no sheet: they go to a file beside, in the order in which they are written.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    workbook = xlsxwriter.Workbook(file, options)
    workbook.set_properties({"title": table.name})
    count = write_sheets(workbook, table)
    workbook.close()
    return count


def write_sheets(workbook: Any, table: Table) -> int:
    """The table on as many sheets as it takes: rows beyond the last of a sheet would be lost without a word.

    Returns the number of rows.
    """
    rows, count = iter(table.rows), 0
    for number, first in enumerate(chain([None], rows), start=1):
        part = islice(rows, MOST_ROWS) if first is None else chain([first], islice(rows, MOST_ROWS - 1))
        count += write_sheet(workbook, sheet_name(table.name, number), table.columns, part, table.notes)
    return count


def sheet_name(name: str, number: int) -> str:
    """As a workbook takes it: 31 characters, none of []:*?/\\ and no apostrophe."""
    text = re.sub(r"[\[\]:*?/\\']", " ", name)[:26].strip() or "1"
    return text if number == 1 else f"{text} {number}"


def write_sheet(
    workbook: Any,
    name: str,
    columns: Sequence[tuple[str, int]],
    rows: Iterable[Sequence[Cell]],
    notes: Sequence[str] = (),
) -> int:
    """One page of a workbook, ready for paper: notes, a header that stays in sight, rows. Returns their number."""
    sheet, styles = workbook.add_worksheet(name), styles_of(workbook)
    for column, (_title, width) in enumerate(columns):
        sheet.set_column(column, column, width)
    for at, note in enumerate(notes):
        sheet.write_string(at, 0, note)
    head, count = len(notes), 0
    for column, (title, _width) in enumerate(columns):
        sheet.write_string(head, column, title, styles["head"])
    for count, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            write_cell(sheet, head + count, column, cell, styles)
    sheet.freeze_panes(head + 1, 0)
    sheet.repeat_rows(head)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    return count


def styles_of(workbook: Any) -> dict[str, Any]:
    cell = {"text_wrap": True, "valign": "top", "border": 1}
    return {
        "head": workbook.add_format({"bold": True, "bg_color": "#F2EDE4", "border": 1, "text_wrap": True}),
        "cell": workbook.add_format(cell),
        "day": workbook.add_format({**cell, "num_format": "yyyy-mm-dd"}),
        "minute": workbook.add_format({**cell, "num_format": "yyyy-mm-dd hh:mm"}),
    }


def write_cell(sheet: Any, row: int, column: int, cell: Cell, styles: dict[str, Any]) -> None:
    """Text as text, so that nothing that was typed turns into a formula; a number as one while it keeps its digits."""
    match cell:
        case str():
            sheet.write_string(row, column, shortened(cell), styles["cell"])
        case None:
            sheet.write_blank(row, column, None, styles["cell"])
        case datetime.datetime():
            local = cell.astimezone(SHANGHAI).replace(tzinfo=None)
            sheet.write_datetime(row, column, local, styles["minute"])
        case datetime.date():
            sheet.write_datetime(row, column, datetime.datetime.combine(cell, datetime.time.min), styles["day"])
        case int() | float() | Decimal() if len(re.sub(r"\D", "", str(cell))) <= EXACT_DIGITS:
            sheet.write_number(row, column, float(cell) if isinstance(cell, Decimal) else cell, styles["cell"])
        case _:
            sheet.write_string(row, column, shortened(str(cell)), styles["cell"])


def shortened(text: str) -> str:
    """A workbook leaves out a text that is too long for a cell; the CSV has all of it."""
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…"


def write_csv(table: Table, file: BinaryIO) -> int:
    """With the mark by which spreadsheets know UTF-8, and without the notes: programs read the header first."""
    output = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow([harmless(title) for title, _width in table.columns])
    count = 0
    for row in table.rows:
        writer.writerow([harmless(cell_text(cell)) for cell in row])
        count += 1
    output.detach()
    return count


def cell_text(cell: Cell) -> Cell:
    """What a CSV says for a cell: days and minutes as in 2026-11-04 09:00, numbers in all their digits."""
    match cell:
        case datetime.datetime():
            return minute_text(cell)
        case datetime.date():
            return cell.isoformat()
        case int() if not -(10**11) < cell < 10**11:
            return str(cell)
    return cell


def harmless(cell: Cell) -> Cell:
    """With an apostrophe before a text that a spreadsheet would take for a formula, or for a number to be rounded.

    Whoever reads the file back takes one apostrophe away where a text begins with it.
    """
    if not isinstance(cell, str):
        return cell
    bare = cell.strip(BLANKS)
    is_risky = bare.startswith(LEADING) or LONG_NUMBER.fullmatch(bare)
    return f"'{cell}" if is_risky else cell


# By the end of the file's name: what writes a table, and how a browser calls it.
FILES: dict[str, tuple[Callable[[Table, BinaryIO], int], str]] = {
    "csv": (write_csv, "text/csv; charset=utf-8"),
    "xlsx": (write_xlsx, XLSX_TYPE),
}
