"""Where a file says other words than were issued, also where much was added or nothing was issued."""

from itertools import islice

from django.utils.translation import override

from qixue.report.altered_places import alterations, altered_notes, altered_words
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
