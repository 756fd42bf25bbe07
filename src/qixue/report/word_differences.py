"""What was changed in a sentence, word by word. Pure."""

import difflib
import re
from dataclasses import dataclass
from itertools import zip_longest

from qixue.report.manuscript_merge import edits, paragraphs
from qixue.report.sequence_changes import is_costly

WORD = re.compile(r"[{｛]{2}[^{}｛｝]*[}｝]{2}|[A-Za-z0-9.,%]+|.", re.DOTALL)  # a mark, a number, a Han character
MOST_ALIKE = 0.35  # of 1; paragraphs less alike than this are two, and not one that was changed


@dataclass(frozen=True)
class Stretch:
    """Words that stayed, came or went: `kind` is same, new or old."""

    kind: str
    text: str


def changed_paragraphs(before: str, after: str) -> list[list[Stretch]]:
    """The paragraphs that differ, in the order of the text, each with what came and what went."""
    base = paragraphs(before)
    found: list[list[Stretch]] = []
    for edit in edits(base, paragraphs(after)):
        for old, new in zip_longest(base[edit.start : edit.end], edit.new, fillvalue=""):
            found += changed_paragraph(old, new)
    return found


def changed_paragraph(old: str, new: str) -> list[list[Stretch]]:
    before, after = WORD.findall(old), WORD.findall(new)
    if is_costly(before, after):
        return [[Stretch("old", old)], [Stretch("new", new)]]
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if old and new and matcher.ratio() < MOST_ALIKE:
        return [[Stretch("old", old)], [Stretch("new", new)]]
    stretches: list[Stretch] = []
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        went, came = "".join(before[start:end]), "".join(after[new_start:new_end])
        if kind == "equal":
            stretches.append(Stretch("same", went))
        else:
            stretches += [Stretch("old", went)] if went else []
            stretches += [Stretch("new", came)] if came else []
    return [stretches]
