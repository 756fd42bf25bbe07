r"""The text of a section as people write it. Pure: it knows neither database nor records.

Each line is a paragraph; lines left empty are for the eye. What stays live is a mark between double braces:

    {{as_of}}，活动共举办{{sessions_total}}，{{attendance|number}}人次参与。

    {{chart: days}}

    {{photo: 2 | 启动仪式现场}}

A figure prints its number with the unit, with `|number` without it. A fact of the programme prints its words. Charts,
tables and photos take a line of their own. Braces and colons may be typed full-width. A brace or backslash that is
meant as such has a backslash before it.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from qixue.core.typed import half_width
from qixue.report.official_document import (
    Block,
    FactRun,
    FigureRun,
    Heading,
    Paragraph,
    Picture,
    Run,
    RunInHeading,
    Table,
    Text,
)

TOKEN = re.compile(
    r"\\(?P<meant>[\\{}｛｝])|[{｛]{2}(?P<mark>[^{}｛｝]*)[}｝]{2}|(?P<broken>[{｛]{2}|[}｝]{2})|(?P<character>.)"
)
TO_ESCAPE = re.compile(r"[\\{}｛｝]")
WITHOUT_UNIT = "number"
SPACE = " \t\u3000"


class Kind(StrEnum):
    """What can be placed between paragraphs."""

    CHART = "chart"
    TABLE = "table"
    PHOTO = "photo"


KIND_WORDS = {"图表": Kind.CHART, "表格": Kind.TABLE, "照片": Kind.PHOTO, **{kind.value: kind for kind in Kind}}


@dataclass(frozen=True)
class Placed:
    """A chart, table or photo in a place of its own; only a photo can have another `caption` than its usual one."""

    kind: Kind
    code: str
    caption: str = ""

    @property
    def mark(self) -> str:
        caption = f" | {self.caption}" if self.caption else ""
        return f"{{{{{self.kind}: {self.code}{caption}}}}}"


Piece = Paragraph | Placed


@dataclass(frozen=True)
class Printable:
    """How a figure is printed: in a sentence with its unit, and without it."""

    text: str
    number: str


@dataclass(frozen=True)
class Names:
    """What a text may name: figures that have a value, by code; what can be placed, as kind and code; and facts of the
    programme with their words. A figure goes before a fact of the same name.
    """

    figures: Mapping[str, Printable]
    placeable: Collection[tuple[Kind, str]]
    facts: Mapping[str, str] = field(default_factory=dict)


class MistakeKind(StrEnum):
    BROKEN_MARK = "broken_mark"
    UNKNOWN_FIGURE = "unknown_figure"
    UNKNOWN_PLACED = "unknown_placed"
    NOT_ALONE = "not_alone"
    CAPTION_KEPT = "caption_kept"  # charts and tables say the unit and the moment of their numbers in their own
    NOTHING_TO_SHOW = "nothing_to_show"  # found when the text is made into blocks: a chart without numbers, a lost file


@dataclass(frozen=True)
class Mistake:
    """Something in a line that is no text and no mark that stands for anything; lines count from 1, 0 is unknown."""

    line: int
    kind: MistakeKind
    quote: str


@dataclass(frozen=True)
class Manuscript:
    """A text as paragraphs and what is placed between them. What is mistaken stands in it as it was typed."""

    pieces: tuple[Piece, ...]
    mistakes: tuple[Mistake, ...]


def parsed(text: str, names: Names) -> Manuscript:
    pieces: list[Piece] = []
    mistakes: list[Mistake] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line := line.strip(SPACE):
            piece, found = parsed_line(line, names)
            pieces.append(piece)
            mistakes += [Mistake(number, kind, quote) for kind, quote in found]
    return Manuscript(tuple(pieces), tuple(mistakes))


def parsed_line(line: str, names: Names) -> tuple[Piece, list[tuple[MistakeKind, str]]]:
    tokens = list(TOKEN.finditer(line))
    if len(tokens) == 1 and (placed := placed_by(tokens[0]["mark"])):
        mistake = mistake_in(placed, names)
        return (Paragraph((Text(line),)), [(mistake, line)]) if mistake else (placed, [])
    runs: list[Run] = []
    mistakes = []
    for token in tokens:
        run, mistake = run_of(token, names)
        runs.append(run)
        mistakes += [(mistake, token[0])] if mistake else []
    return Paragraph(joined(runs)), mistakes


def mistake_in(placed: Placed, names: Names) -> MistakeKind | None:
    if (placed.kind, placed.code) not in names.placeable:
        return MistakeKind.UNKNOWN_PLACED
    return MistakeKind.CAPTION_KEPT if placed.caption and placed.kind is not Kind.PHOTO else None


def run_of(token: re.Match[str], names: Names) -> tuple[Run, MistakeKind | None]:
    if token["broken"]:
        return Text(token[0]), MistakeKind.BROKEN_MARK
    if token["mark"] is None:
        return Text(token["meant"] or token["character"]), None
    if placed_by(token["mark"]):
        return Text(token[0]), MistakeKind.NOT_ALONE
    code, _bar, form = (part.strip(SPACE) for part in half_width(token["mark"]).partition("|"))
    if not code or form not in {"", WITHOUT_UNIT}:
        return Text(token[0]), MistakeKind.BROKEN_MARK
    printable = names.figures.get(code)
    if printable is None and code in names.facts and not form:
        return FactRun(code, names.facts[code]), None
    if printable is None:
        return Text(token[0]), MistakeKind.UNKNOWN_FIGURE
    return FigureRun(code, printable.number if form else printable.text), None


def placed_by(mark: str | None) -> Placed | None:
    """What the mark places, if it is one of those: photo: 2 | 启动仪式现场."""
    word, colon, rest = (mark or "").replace("：", ":").partition(":")
    kind = KIND_WORDS.get(word.strip(SPACE).lower())
    if kind is None or not colon:
        return None
    code, _bar, caption = rest.replace("｜", "|").partition("|")
    return Placed(kind, half_width(code).strip(SPACE), caption.strip(SPACE))


def joined(runs: Iterable[Run]) -> tuple[Run, ...]:
    """The runs with texts that follow one another as one."""
    found: list[Run] = []
    for run in runs:
        if isinstance(run, Text) and found and isinstance(found[-1], Text):
            found[-1] = Text(found[-1].text + run.text)
        else:
            found.append(run)
    return tuple(found)


def text_of(blocks: Iterable[Block], names: Names) -> str:
    """The blocks of a section as people would have typed them; headings belong to the outline and are left out.

    Raises ValueError for a table or picture that cannot be placed by name.
    """
    return "\n\n".join(line for block in blocks for line in lines_of(block, names))


def lines_of(block: Block, names: Names) -> Iterator[str]:
    if isinstance(block, Paragraph | RunInHeading):
        line = "".join(run_text(run, names) for run in block.runs).strip(SPACE)
        yield from [line] if line else []
    elif isinstance(block, Table | Picture):
        yield Placed(Kind.TABLE if isinstance(block, Table) else Kind.CHART, code_of(block)).mark
    elif not isinstance(block, Heading):
        raise TypeError(f"No text for {block!r}.")


def code_of(block: Table | Picture) -> str:
    if not block.code:
        raise ValueError(f"“{block.caption}” has no code by which people could place it.")
    return block.code


def run_text(run: Run, names: Names) -> str:
    """A number that is not printed as its figure is, is plain text; so are other words than those of the fact."""
    if isinstance(run, Text):
        return TO_ESCAPE.sub(lambda found: f"\\{found[0]}", run.text)
    if isinstance(run, FactRun):
        is_known = names.facts.get(run.name) == run.text and run.name not in names.figures
        return f"{{{{{run.name}}}}}" if is_known else run_text(Text(run.text), names)
    printable = names.figures.get(run.code)
    if printable and run.text == printable.text:
        return f"{{{{{run.code}}}}}"
    if printable and run.text == printable.number:
        return f"{{{{{run.code}|{WITHOUT_UNIT}}}}}"
    return run_text(Text(run.text), names)


def photos_in(text: str) -> set[str]:
    """The numbers of the photos that the text places."""
    placed = (placed_by(token["mark"]) for token in TOKEN.finditer(text))
    return {each.code for each in placed if each and each.kind is Kind.PHOTO}


def codes_in(text: str) -> list[str]:
    """The codes of all marks for figures, in reading order, whether they are known or not."""
    marks = (half_width(token["mark"]) for token in TOKEN.finditer(text) if token["mark"] is not None)
    return [code for mark in marks if not placed_by(mark) and (code := mark.partition("|")[0].strip(SPACE))]
