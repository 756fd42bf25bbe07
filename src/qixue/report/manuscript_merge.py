"""Two people change one text: what each of them did, put together paragraph by paragraph. Pure.

A paragraph that only one of them changed, added or removed is as that one left it. Where both changed the same place in
different ways there is a clash: both texts are kept, and a person decides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter

from qixue.report.sequence_changes import changes

Paragraphs = tuple[str, ...]


class Choice(StrEnum):
    """What to do with a clash."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"  # first theirs, which is saved already


@dataclass(frozen=True)
class Clash:
    """The same place before, and as each of the two left it; nothing where it was removed."""

    before: Paragraphs
    mine: Paragraphs
    theirs: Paragraphs

    def chosen(self, choice: Choice) -> Paragraphs:
        return {Choice.MINE: self.mine, Choice.THEIRS: self.theirs, Choice.BOTH: self.theirs + self.mine}[choice]


@dataclass(frozen=True)
class Merge:
    """The common text from its beginning to its end: single paragraphs, and clashes in their places."""

    parts: tuple[str | Clash, ...]

    @property
    def clashes(self) -> list[Clash]:
        return [part for part in self.parts if isinstance(part, Clash)]

    def resolved(self, choices: Sequence[Choice]) -> str:
        """The text with one choice for each clash, in their order. Raises ValueError for too few or too many."""
        if len(choices) != len(self.clashes):
            raise ValueError(f"{len(choices)} choices for {len(self.clashes)} clashes.")
        waiting = iter(choices)
        lines: list[str] = []
        for part in self.parts:
            lines += part.chosen(next(waiting)) if isinstance(part, Clash) else [part]
        return as_text(lines)


@dataclass(frozen=True)
class Edit:
    """Paragraphs `start` to `end` of the text before, exclusive, were replaced by `new`."""

    start: int
    end: int
    new: Paragraphs


def paragraphs(text: str) -> Paragraphs:
    return tuple(line for each in text.splitlines() if (line := each.strip(" \t\u3000")))


def as_text(lines: Sequence[str]) -> str:
    return "\n\n".join(lines)


def merged(before: str, mine: str, theirs: str) -> Merge:
    base = paragraphs(before)
    parts: list[str | Clash] = []
    at = 0
    for own, other in groups(edits(base, paragraphs(mine)), edits(base, paragraphs(theirs))):
        start, end = min(map(attrgetter("start"), own + other)), max(map(attrgetter("end"), own + other))
        parts += base[at:start]
        parts += settled(base, start, end, own, other)
        at = end
    return Merge((*parts, *base[at:]))


def settled(base: Paragraphs, start: int, end: int, own: list[Edit], other: list[Edit]) -> Sequence[str | Clash]:
    """The place as whoever changed it left it, or as both did; else a clash."""
    mine, theirs = replayed(base, start, end, own), replayed(base, start, end, other)
    if not own or mine == theirs:
        return theirs
    return [Clash(base[start:end], mine, theirs)] if other else mine


def replayed(base: Paragraphs, start: int, end: int, done: list[Edit]) -> Paragraphs:
    """Paragraphs `start` to `end` with the edits that lie among them."""
    lines: list[str] = []
    at = start
    for edit in done:
        lines += [*base[at : edit.start], *edit.new]
        at = edit.end
    return (*lines, *base[at:end])


def edits(base: Paragraphs, changed: Paragraphs) -> list[Edit]:
    """In the order of the text; paragraphs replaced by as many others are edits of their own."""
    found: list[Edit] = []
    for kind, start, end, new_start, new_end in changes(base, changed):
        if kind == "replace" and end - start == new_end - new_start:
            found += [Edit(start + at, start + at + 1, (changed[new_start + at],)) for at in range(end - start)]
        elif kind != "equal" and (start, new_start) != (end, new_end):
            found.append(Edit(start, end, changed[new_start:new_end]))
    return found


def groups(mine: list[Edit], theirs: list[Edit]) -> Iterator[tuple[list[Edit], list[Edit]]]:
    """Edits of the two that touch the same place, from the beginning to the end of the text."""
    waiting = sorted([*((edit, True) for edit in mine), *((edit, False) for edit in theirs)], key=place)
    while waiting:
        group = [waiting.pop(0)]
        while waiting and meets(group, waiting[0][0]):
            group.append(waiting.pop(0))
        yield [edit for edit, is_mine in group if is_mine], [edit for edit, is_mine in group if not is_mine]


def place(pair: tuple[Edit, bool]) -> tuple[int, int]:
    return pair[0].start, pair[0].end


def meets(group: list[tuple[Edit, bool]], edit: Edit) -> bool:
    """Whether the edit begins inside the group's place, or inserts where the group does."""
    start, end = group[0][0].start, max(each.end for each, _is_mine in group)
    return edit.start < end or (start == end == edit.start == edit.end)
