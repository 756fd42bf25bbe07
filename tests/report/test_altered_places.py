"""Where a file says other words than were issued, also where much was added or nothing was issued."""

from itertools import islice

import pytest
from django.utils.translation import override

from qixue.report.altered_places import alterations, altered_notes, altered_words, excerpts
from qixue.report.marked_words import marked
from qixue.report.printed_numbers import altered_in_lines
from qixue.report.reading import SummaryFile

EMPTY = SummaryFile("docx", "")


def test_places_that_nobody_asks_for_are_not_worked_out() -> None:
    asked: list[int] = []

    def place(at: int) -> str:
        asked.append(at)
        return ""

    found = islice(alterations(("标题",), ["题"] * 50_000, place, shows_issued=True), 200)

    assert (len(list(found)), len(asked)) == (200, 200)


def test_line_is_placed_at_the_beginning_where_none_was_issued() -> None:
    with override("en"):
        [word] = altered_words(SummaryFile("docx", "", lines=("总结",)), EMPTY, shows_issued=True)
        [note] = altered_notes(SummaryFile("xlsx", "", notes=("提示",)), EMPTY, shows_issued=True)

    assert (word.place, note.place) == ("Beginning, paragraph 1", "Sheet 提示, row 1")


def test_number_among_many_lines_that_are_alike_is_missed() -> None:
    """So many that the lines are not compared one by one."""
    controls = ((("F1", "20"),), *((),) * 300)
    issued = SummaryFile("docx", "", lines=("20场", *("同",) * 300), controls_by_line=controls)

    assert altered_in_lines(("21场", *("同",) * 300), issued) == {"F1": ""}
    assert altered_in_lines(("20场", *("同",) * 300), issued) == {}


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("全市举办活动77项，参加活动的共有三千%s百多人次", "…77项，参加活动的共有三千%s百多人次"),
        ("共%s场，自五月起至十二月底12345人次", "共%s场，自五月起至十二月底12345…"),
    ],
)
def test_no_number_is_cut_in_its_middle(line: str, shown: str) -> None:
    assert excerpts(line % "五", line % "六") == (shown % "五", shown % "六")


def test_very_long_words_are_cut_before_a_number() -> None:
    [_before, after] = excerpts("甲", "乙" * 195 + "1234567890")

    assert after == "乙" * 195 + "…"


def test_the_changed_digit_itself_is_marked() -> None:
    parts = [
        [(part.text, part.is_different) for part in marked(*pair)]
        for pair in (("共77项", "共78项"), ("共78项", "共77项"))
    ]

    assert parts == [
        [("共7", False), ("7", True), ("项", False)],
        [("共7", False), ("8", True), ("项", False)],
    ]


def test_nothing_is_marked_where_the_issued_words_are_not_shown() -> None:
    assert [(part.text, part.is_different) for part in marked("共78项", "")] == [("共78项", False)]
