"""The returns to a call as a table: who has reported, when, and every value as it was sent. As .xlsx and as CSV."""

from collections.abc import Iterable

from django.utils.translation import override

from qixue.core.quantity import UNITS
from qixue.programme.models import ReturnCall, ReturnField, ReturnSubmission, SentValue
from qixue.programme.queries.return_calls import due_day
from qixue.programme.queries.return_coverage import Board, Tile, state_words
from qixue.programme.queries.return_sums import fields_of
from qixue.report.annex import QUALIFIERS
from qixue.report.tables import Cell, Table


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
        sent_at,
        due_day(submission) if submission else None,
        days_late if submission else None,
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
        return [None, ""]
    number = quantity.value if isinstance(quantity.value, int) else float(quantity.value)
    return [number, QUALIFIERS[quantity.qualifier]]
