"""Where a file says other words than were issued: the section and paragraph, or the row, with both texts.

Where `shows_issued` is not set the words that were issued stay out, and nothing that is told depends on them: whoever
sends guesses in would else read them letter by letter.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

from django.utils.translation import gettext as _

from qixue.report.annex import NOTES_SHEET
from qixue.report.reading import SummaryFile
from qixue.report.sequence_changes import changes, common_length
from qixue.report.verdicts import Alteration

MAIN_HEADING = re.compile(r"(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）)[^。]{1,60}")
AROUND = 12  # characters beside the words that differ
NUMBER = re.compile(r"[0-9][0-9.,:-]*")
LONGEST = 200  # characters that are shown of one text


def altered_words(file: SummaryFile, issued: SummaryFile, *, shows_issued: bool) -> Iterator[Alteration]:
    """Of a .docx, against the one that was issued, in its order."""
    return alterations(issued.lines, file.lines, lambda at: place_in(issued, at), shows_issued=shows_issued)


def altered_notes(file: SummaryFile, issued: SummaryFile, *, shows_issued: bool) -> Iterator[Alteration]:
    """Of the sheet of notes in an annex."""
    sheet = _("Sheet %(name)s, row %(row)d")

    def place(at: int) -> str:
        return sheet % {"name": NOTES_SHEET, "row": at + 1}

    return alterations(issued.notes, file.notes, place, shows_issued=shows_issued)


def alterations(
    before: Sequence[str], after: Sequence[str], place: Callable[[int], str], *, shows_issued: bool
) -> Iterator[Alteration]:
    """What was replaced, taken out or added; `place` is given the number of a line as issued, from 0, also where none
    was issued.
    """
    last = max(0, len(before) - 1)
    for kind, start, end, new_start, new_end in changes(before, after):
        if kind == "equal":
            continue
        for at, (old, new) in enumerate(zip_longest(before[start:end], after[new_start:new_end], fillvalue="")):
            shown = old if shows_issued else ""
            yield Alteration(place(min(start + at, last)), *excerpts(shown, new))


def excerpts(old: str, new: str) -> tuple[str, str]:
    """The words that differ, with a few beside them. No number is cut in its middle."""
    begins = common_length(old, new)
    ends = common_length(old[begins:][::-1], new[begins:][::-1])
    first = before_number(old or new, max(0, begins - AROUND))
    left_out = before_number((old or new)[::-1], max(0, ends - AROUND))

    def excerpt(text: str) -> str:
        last = len(text) - left_out
        words = f"{'…' if first else ''}{text[first:last]}{'…' if left_out else ''}"
        return words if len(words) <= LONGEST else f"{words[: before_number(words, LONGEST)]}…"

    return excerpt(old) if old else "", excerpt(new) if new else ""


def before_number(text: str, at: int) -> int:
    """`at`, or where the number begins that would be cut there."""
    return next((start for start, end in map(re.Match.span, NUMBER.finditer(text)) if start < at < end), at)


def place_in(issued: SummaryFile, at: int) -> str:
    """“（一）领导重视”, paragraph 2: counted below the heading; the cells of a table are no paragraphs."""
    lines = issued.lines
    above = next((row for row in range(min(at, len(lines) - 1), -1, -1) if MAIN_HEADING.fullmatch(lines[row])), None)
    if above == at:
        return _("Heading “%(heading)s”") % {"heading": lines[at]}
    first = 0 if above is None else above + 1
    number = sum(1 for row in range(first, at + 1) if row not in issued.table_lines)
    words = {"heading": "" if above is None else lines[above], "number": number}
    if at in issued.table_lines:
        return _("“%(heading)s”, table") % words
    if above is None:
        return _("Beginning, paragraph %(number)d") % words
    return _("“%(heading)s”, paragraph %(number)d") % words
