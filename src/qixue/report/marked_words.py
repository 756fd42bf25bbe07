"""Which signs of two texts differ, for a page that marks them. Pure."""

import difflib
from dataclasses import dataclass

from qixue.report.sequence_changes import is_costly


@dataclass(frozen=True)
class Part:
    text: str
    is_different: bool


def marked(one: str, other: str) -> list[Part]:
    """`one` in parts, those marked that `other` does not have there; nothing is marked where there is no other."""
    if not one or not other or is_costly(one, other):
        return [Part(one, False)] if one else []
    opcodes = difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return [Part(one[start:end], kind != "equal") for kind, start, end, _from, _to in opcodes if start < end]
