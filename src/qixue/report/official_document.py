"""An official document as data: one model, written as .docx and as PDF. Pure: it knows neither database nor layout."""

import datetime
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from qixue.core.charts import Chart

CHARACTERS_IN_TABLE = 36  # of 12 points in 156 mm
CELL_PADDING = 1.0  # characters, left and right together, at the least
LONGEST_UNBROKEN_TABLE = 8  # rows, a third of a page; longer ones run over pages and repeat their header
CHINESE_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Text:
    """Words without a figure in them."""

    text: str


@dataclass(frozen=True)
class FigureRun:
    """A number in a sentence, bound to the figure it prints."""

    code: str
    text: str


@dataclass(frozen=True)
class FactRun:
    """Words that the records give, as the days of a programme; `name` is what people write in their place."""

    name: str
    text: str


Run = Text | FigureRun | FactRun


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 4; its number is given by its place, never typed."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class RunInHeading:
    """A heading that opens its paragraph and ends with 。 (usual at level 3)."""

    level: int
    title: str
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Table:
    """A table with a caption above it; cells are single runs, the first column names the row."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Run, ...], ...]
    code: str = ""  # by which people place it

    @property
    def header_lines(self) -> tuple[tuple[str, ...], ...]:
        """Each header by lines: the unit of a number stands below its name, 参与人次 over （人次）."""
        first, *others = self.header
        return ((first,), *(name_and_unit(name) for name in others))

    @property
    def column_shares(self) -> tuple[float, ...]:
        """Parts of the table's width, 1 in all: what the longest line of a column takes, and as much air for each."""
        needed = [
            max(text_width(line) for line in (*lines, *(row[column].text for row in self.rows)))
            for column, lines in enumerate(self.header_lines)
        ]
        air = max(CELL_PADDING, (CHARACTERS_IN_TABLE - sum(needed)) / len(needed))
        return tuple((width + air) / (sum(needed) + air * len(needed)) for width in needed)

    @property
    def is_kept_together(self) -> bool:
        """Short enough to leave no half page white before it."""
        return len(self.rows) <= LONGEST_UNBROKEN_TABLE


@dataclass(frozen=True)
class Picture:
    """A picture with a caption below it and words for people who cannot see it; `codes` of the figures in it."""

    content: bytes  # PNG or JPEG
    caption: str
    alt: str
    codes: tuple[str, ...] = ()
    code: str = ""  # by which people place it
    photo: int | None = None  # its number, of a photo of the programme
    chart: Chart | None = None  # what the picture was drawn from, for pages: there it follows the size of the text


Block = Heading | Paragraph | RunInHeading | Table | Picture


@dataclass(frozen=True)
class Attachment:
    """Something that follows the body on pages of its own, under the label 附件."""

    title: str
    blocks: tuple["Block", ...]


@dataclass(frozen=True)
class Annotation:
    """A remark below the date, in round brackets (附注, clause 7.3.6), and where a square code under it leads to."""

    text: str
    address: str


@dataclass(frozen=True)
class FigureTrace:
    """What a printed number stands for; travels inside the document so that it can be checked later."""

    code: str
    text: str  # as a sentence prints it, with the unit
    number: str  # as a table prints it, without
    name: str
    unit: str
    qualifier: str
    value: str
    record_count: int
    evidence_ids: tuple[str, ...]  # of those records; none where they are too many to travel with a text
    digest: str


@dataclass(frozen=True)
class OfficialDocument:
    """A document to be laid out as GB/T 9704-2012 asks. Organ, date and addressee may be missing in a draft."""

    title_lines: tuple[str, ...]
    blocks: tuple[Block, ...]
    organ: str | None = None
    date: datetime.date | None = None
    addressee: str | None = None
    annotation: Annotation | None = None
    attachments: tuple[Attachment, ...] = ()
    figures: tuple[FigureTrace, ...] = ()
    programme_code: str = ""  # whose figures they are
    notice: str | None = None  # printed under the title, for documents that are not real
    seal: str = ""  # the signed list of figures as JSON, once the document was issued; then it travels in their place

    @property
    def title(self) -> str:
        return "".join(self.title_lines)


def name_and_unit(name: str) -> tuple[str, ...]:
    """每千人参与（人次） as 每千人参与 and （人次）."""
    before, mark, unit = name.rpartition("（")
    return (before, mark + unit) if before and unit.endswith("）") else (name,)


def text_width(text: str) -> float:
    """In characters: a digit or Latin letter takes half of one."""
    return sum(0.5 if character.isascii() else 1.0 for character in text)


def chinese_number(number: int) -> str:
    """1 to 99 as 一 … 九十九."""
    tens, ones = divmod(number, 10)
    if not tens:
        return CHINESE_DIGITS[ones]
    return f"{CHINESE_DIGITS[tens] if tens > 1 else ''}十{CHINESE_DIGITS[ones] if ones else ''}"


def heading_number(level: int, number: int) -> str:
    """一、 （一） 1. （1） for levels 1 to 4. Raises ValueError for another level."""
    if level == 1:
        return f"{chinese_number(number)}、"
    if level == 2:
        return f"（{chinese_number(number)}）"
    if level == 3:
        return f"{number}."
    if level == 4:
        return f"（{number}）"
    raise ValueError(f"Official documents have headings of level 1 to 4, not {level}.")


def numbered(blocks: tuple[Block, ...]) -> Iterator[tuple[str, Block]]:
    """Each block with its heading number, or with nothing; a higher heading starts lower numbers anew."""
    counts = [0, 0, 0, 0]
    for block in blocks:
        if not isinstance(block, Heading | RunInHeading):
            yield "", block
            continue
        label = heading_number(block.level, counts[block.level - 1] + 1)
        counts[block.level - 1] += 1
        counts[block.level :] = [0] * (4 - block.level)
        yield label, block


def runs_of(block: Block) -> tuple[Run, ...]:
    """The runs of a block in reading order."""
    if isinstance(block, Paragraph | RunInHeading):
        return block.runs
    if isinstance(block, Table):
        return tuple(run for row in block.rows for run in row)
    return ()


def shown_codes(blocks: Collection[Block]) -> set[str]:
    """The codes of the figures that a reader sees, in sentences, tables and pictures."""
    in_pictures = {code for block in blocks if isinstance(block, Picture) for code in block.codes}
    return in_pictures | {run.code for block in blocks for run in runs_of(block) if isinstance(run, FigureRun)}


def plain_text(document: OfficialDocument) -> str:
    """The whole text, one paragraph a line, headings with their numbers."""
    return "\n".join("".join(run.text for run in line) for line in text_lines(document))


def text_lines(document: OfficialDocument) -> Iterator[tuple[Run, ...]]:
    """The lines of `plain_text` by their runs, so that the numbers in them can be told from the words."""
    yield from ((Text(line),) for line in document.title_lines)
    for label, block in numbered(document.blocks):
        if isinstance(block, Heading):
            yield (Text(label + block.text),)
        elif isinstance(block, RunInHeading):
            yield (Text(f"{label}{block.title}。"), *block.runs)
        elif isinstance(block, Paragraph):
            yield block.runs
        elif isinstance(block, Table):
            yield (Text(block.caption),)
            for first, *others in block.rows:
                yield (first, *(part for run in others for part in (Text(" "), run)))
        elif isinstance(block, Picture):
            yield (Text(block.caption),)


def printed_lines(document: OfficialDocument) -> list[str]:
    """Every line that a reader finds in the document, in reading order: title, notice, text, tables, closing."""
    lines = [*document.title_lines]
    lines += [f"（{document.notice}）"] if document.notice else []
    lines += [f"{document.addressee}："] if document.addressee else []
    lines += block_lines(document.blocks)
    lines += attachment_notes(document) if document.attachments else []
    lines += [document.organ, date_text(document.date)] if document.organ and document.date else []
    lines += [annotation_text(document.annotation)] if document.annotation else []
    for at, attachment in enumerate(document.attachments, start=1):
        lines += [attachment_label(document, at), attachment.title, *block_lines(attachment.blocks)]
    return lines


def block_lines(blocks: tuple[Block, ...]) -> Iterator[str]:
    for label, block in numbered(blocks):
        if isinstance(block, Heading):
            yield label + block.text
        elif isinstance(block, RunInHeading):
            yield f"{label}{block.title}。{''.join(run.text for run in block.runs)}"
        elif isinstance(block, Paragraph):
            yield "".join(run.text for run in block.runs)
        elif isinstance(block, Table):
            yield block.caption
            yield from (line for lines in block.header_lines for line in lines)
            yield from (run.text for row in block.rows for run in row)
        elif isinstance(block, Picture):
            yield block.caption


def printed_codes(document: OfficialDocument) -> list[str]:
    """The codes of the figures in reading order, once for each time that one is printed."""
    blocks = [*document.blocks, *(block for attachment in document.attachments for block in attachment.blocks)]
    return [run.code for block in blocks for run in runs_of(block) if isinstance(run, FigureRun)]


def attachment_label(document: OfficialDocument, number: int) -> str:
    """附件, with its number where there are several."""
    return f"附件{number}" if len(document.attachments) > 1 else "附件"


def attachment_notes(document: OfficialDocument) -> list[str]:
    """附件：1. 名称 without end mark; a single attachment has no number."""
    titles = [attachment.title for attachment in document.attachments]
    if len(titles) == 1:
        return [f"附件：{titles[0]}"]
    return [f"{'附件：' if at == 1 else '　　　'}{at}. {title}" for at, title in enumerate(titles, start=1)]


def annotation_text(annotation: Annotation) -> str:
    return f"（{annotation.text}）"


def date_text(date: datetime.date) -> str:
    """2016年12月1日: full year, no padding zero."""
    return f"{date.year}年{date.month}月{date.day}日"
