"""A table as a file: .xlsx and CSV, in which nothing that somebody typed acts as a formula."""

import csv
import io
from dataclasses import dataclass

import xlsxwriter

from qixue.report.annex import write_sheet

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LEADING = ("=", "+", "-", "@", "\t", "\r")  # with these a spreadsheet takes a text for a formula
Cell = str | int | float


@dataclass(frozen=True)
class Table:
    """Columns with their widths, and rows of texts and numbers; `sheet` is the name of the page in a workbook."""

    name: str
    sheet: str
    columns: tuple[tuple[str, int], ...]
    rows: list[list[Cell]]


def xlsx_bytes(table: Table) -> bytes:
    """Text is written as text, so that nothing that was typed turns into a formula."""
    output = io.BytesIO()
    workbook = xlsxwriter.Workbook(output, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    workbook.set_properties({"title": table.name})
    write_sheet(workbook, table.sheet, table.columns, table.rows)
    workbook.close()
    return output.getvalue()


def csv_bytes(table: Table) -> bytes:
    """With the mark by which spreadsheets know UTF-8; a text that they would take for a formula gets an apostrophe."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow([harmless(title) for title, _width in table.columns])
    writer.writerows([harmless(cell) for cell in row] for row in table.rows)
    return output.getvalue().encode("utf-8-sig")


def harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(LEADING) else cell


# By the end of the file's name: what writes a table, and how a browser calls it.
FILES = {"xlsx": (xlsx_bytes, XLSX_TYPE), "csv": (csv_bytes, "text/csv; charset=utf-8")}
