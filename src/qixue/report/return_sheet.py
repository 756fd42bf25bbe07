"""The returns to a call as a table: who has reported, when, and every value as it was sent. As .xlsx and as CSV."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import override

from qixue.core.clock import SHANGHAI
from qixue.core.quantity import UNITS
from qixue.programme.models import ReturnCall, ReturnField, ReturnSubmission, SentValue
from qixue.programme.queries.return_calls import due_day
from qixue.programme.queries.return_coverage import Board, Tile, state_words
from qixue.programme.queries.return_sums import fields_of
from qixue.report.annex import QUALIFIERS, write_sheet

LEADING = ("=", "+", "-", "@", "\t", "\r")  # with these a spreadsheet takes a text for a formula
Cell = str | int | float


@dataclass(frozen=True)
class Table:
    """Columns with their widths, and rows of texts and numbers."""

    name: str
    columns: tuple[tuple[str, int], ...]
    rows: list[list[Cell]]


def table_of(call: ReturnCall, board: Board) -> Table:
    """One row per county, town and further organisation that the board shows, in Chinese as offices exchange it."""
    fields = list(fields_of(call))
    tiles = [(county.tile, tile) for county in board.counties for tile in (county.tile, *county.towns)]
    shown = [tile.submission for _county, tile in tiles] + [each for each, _state, _days in board.others]
    sent = values_by_step([each for each in shown if each])
    with override("zh-hans"):
        rows = [place_row(county, tile, fields, sent) for county, tile in tiles]
        rows += [other_row(*other, fields, sent) for other in board.others]
        return Table(call.name, columns_of(fields), rows)


def columns_of(fields: Iterable[ReturnField]) -> tuple[tuple[str, int], ...]:
    first = [
        ("县（市、区）", 22),
        ("镇（街道）", 16),
        ("填报单位", 30),
        ("状态", 12),
        ("报送时间", 18),
        ("截止日期", 12),
    ]
    columns = [*first, ("迟报天数", 10)]
    for field in fields:
        columns.append((f"{field.name}（{UNITS[field.unit].zh}）" if field.unit else field.name, 16))
        if not field.is_text:
            columns.append((f"{field.name}：限定", 10))
    return tuple(columns)


def values_by_step(submissions: Iterable[ReturnSubmission]) -> dict[tuple[int, int], SentValue]:
    steps = [each.sent_step_id for each in submissions if each.sent_step_id]
    found = SentValue.objects.filter(step__in=steps)
    return {(value.step_id, value.field_id): value for value in found}


def place_row(
    county: Tile, tile: Tile, fields: list[ReturnField], sent: dict[tuple[int, int], SentValue]
) -> list[Cell]:
    town = "" if tile is county else tile.region.name
    return [county.region.name, town, *cells_of(tile.submission, tile.state, tile.days_late, fields, sent)]


def other_row(
    submission: ReturnSubmission,
    state: str,
    days_late: int,
    fields: list[ReturnField],
    sent: dict[tuple[int, int], SentValue],
) -> list[Cell]:
    region = submission.organisation.region
    return [region.name if region else "", "", *cells_of(submission, state, days_late, fields, sent)]


def cells_of(
    submission: ReturnSubmission | None,
    state: str,
    days_late: int,
    fields: list[ReturnField],
    sent: dict[tuple[int, int], SentValue],
) -> list[Cell]:
    sent_at = submission.sent_step.at if submission and submission.sent_step else None
    cells: list[Cell] = [
        submission.organisation.name if submission else "",
        state_words()[state],
        sent_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if sent_at else "",
        due_day(submission).isoformat() if submission else "",
        days_late if submission else "",
    ]
    for field in fields:
        value = sent.get((submission.sent_step_id or 0, field.pk)) if submission else None
        cells += value_cells(field, value)
    return cells


def value_cells(field: ReturnField, value: SentValue | None) -> list[Cell]:
    """A number with its hedge in the column beside it; nothing where nothing was sent, which is not zero."""
    if field.is_text:
        return [value.text if value else ""]
    quantity = value.quantity if value else None
    if quantity is None:
        return ["", ""]
    number = quantity.value if isinstance(quantity.value, int) else float(quantity.value)
    return [number, QUALIFIERS[quantity.qualifier]]


def xlsx_bytes(table: Table) -> bytes:
    """Text is written as text, so that nothing typed into a return turns into a formula."""
    output = io.BytesIO()
    workbook = xlsxwriter.Workbook(output, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    workbook.set_properties({"title": table.name})
    write_sheet(workbook, _("Returns"), table.columns, table.rows)
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
