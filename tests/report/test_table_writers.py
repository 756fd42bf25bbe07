"""Tables as files: nothing acts as a formula, no digit is lost, and what is read back is what was written."""

import csv
import datetime
import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.factories import NOON

from qixue.report import tables
from qixue.report.tables import LEADING, LONGEST_CELL, Cell, Table, harmless, write_csv, write_xlsx

TEXTS = some.text(some.characters(exclude_categories=("Cs", "Cc")), max_size=40)
RISKY = some.builds(
    "{}{}{}".format, some.sampled_from(["", " ", "\u3000"]), some.sampled_from(LEADING[:4] + LEADING[7:]), TEXTS
)
LONG = some.text("0123456789", min_size=12, max_size=30)
CELLS = TEXTS | RISKY | LONG


def table(*rows: list[Cell], notes: tuple[str, ...] = ()) -> Table:
    width = len(rows[0]) if rows else 1
    return Table("场次", [(f"列{number}", 10) for number in range(width)], rows, notes)


def as_csv(content: Table) -> list[list[str]]:
    file = io.BytesIO()
    write_csv(content, file)
    text = file.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def as_sheets(content: Table) -> list[list[list[openpyxl.cell.Cell]]]:
    file = io.BytesIO()
    write_xlsx(content, file)
    return [list(map(list, sheet.iter_rows())) for sheet in openpyxl.load_workbook(io.BytesIO(file.getvalue()))]


@given(some.lists(CELLS, min_size=1, max_size=5))
def test_csv_text_is_read_back_and_no_cell_begins_like_a_formula(row: list[str]) -> None:
    [_head, read] = as_csv(table(row))

    assert [cell.removeprefix("'") for cell in read] == row
    assert [cell for cell in read if cell.strip(" \u3000\u00a0").startswith(LEADING[:-1])] == []


@given(some.lists(CELLS.filter(str.strip), min_size=1, max_size=5))
def test_workbook_holds_each_text_as_text(row: list[str]) -> None:
    [[_head, read]] = as_sheets(table(row))

    assert [(cell.value, cell.data_type) for cell in read] == [(text, "s") for text in row]


@pytest.mark.parametrize(
    "text",
    [
        "=1",
        "+1",
        "-1",
        "@a",
        "\t=1",
        " =1",
        "＝1",
        "\n=1",
        "440182199901010011",
        "0763",
        "'a",
        " 0763",
        "440182199901010011 ",
    ],
)
def test_text_that_a_spreadsheet_would_change_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["13900000000", "2016", "0", "清远", "a=1", "—", "", "1E5", "1-2"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_long_numbers_keep_their_digits() -> None:
    content = table([440182199901010011, 13900000000, Decimal("1234567890.123456")])

    [[_head, cells]] = as_sheets(content)

    assert as_csv(content)[1] == ["'440182199901010011", "13900000000", "1234567890.123456"]
    assert [cell.value for cell in cells] == ["440182199901010011", 13900000000, "1234567890.123456"]


def test_numbers_are_numbers_and_days_are_days() -> None:
    content = table([-3, Decimal("2.5"), datetime.date(2016, 11, 12), NOON, None])

    [[_head, cells]] = as_sheets(content)

    assert [str(cell.value) for cell in cells] == ["-3", "2.5", "2016-11-12 00:00:00", "2026-11-04 12:00:00", "None"]
    assert as_csv(content)[1] == ["-3", "2.5", "2016-11-12", "2026-11-04 12:00", ""]


def test_workbook_has_notes_above_a_header_that_stays() -> None:
    file = io.BytesIO()
    write_xlsx(table(["甲"], notes=("场次", "演示数据")), file)

    sheet = openpyxl.load_workbook(io.BytesIO(file.getvalue())).active

    assert [cell.value for (cell,) in sheet.iter_rows()] == ["场次", "演示数据", "列0", "甲"]
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("A4", "$3:$3")
    assert as_csv(table(["甲"], notes=("场次",))) == [["列0"], ["甲"]]


def test_text_too_long_for_a_cell_is_cut_in_the_workbook_only() -> None:
    text = "字" * (LONGEST_CELL + 5)

    [[_head, [cell]]] = as_sheets(table([text]))

    assert (len(cell.value), as_csv(table([text]))[1]) == (LONGEST_CELL + 1, [text])


def test_more_rows_than_a_sheet_takes_go_on_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    file = io.BytesIO()

    count = write_xlsx(table(*[[number] for number in range(5)]), file)

    book = openpyxl.load_workbook(io.BytesIO(file.getvalue()))
    assert count == 5
    assert [(sheet.title, [cell.value for (cell,) in sheet.iter_rows(min_row=2)]) for sheet in book] == [
        ("场次", [0, 1]),
        ("场次 2", [2, 3]),
        ("场次 3", [4]),
    ]


def test_rows_are_written_as_they_come() -> None:
    """Of a hundred thousand rows only the one that is written now has been made."""
    made = 0

    def rows():
        nonlocal made
        for made in range(1, 100_001):
            yield [made]

    class Counting(io.BytesIO):
        first_write_after = 0

        def write(self, data) -> int:
            self.first_write_after = self.first_write_after or (made if made > 1 else 0)
            return super().write(data)

    file = Counting()
    count = write_csv(Table("行", [("号", 8)], rows()), file)

    assert (count, file.first_write_after < 1000) == (100_000, True)
