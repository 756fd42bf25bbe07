"""A document as lines for a page: the same words, numbers linked to their figures."""

from collections.abc import Sequence
from dataclasses import dataclass

from qixue.core.charts import Chart
from qixue.report.official_document import (
    Block,
    Heading,
    Paragraph,
    Picture,
    Run,
    RunInHeading,
    Table,
    Text,
    numbered,
)


@dataclass(frozen=True)
class Line:
    """`kind` is heading, paragraph, table, chart or photo; a table has rows of runs under its header."""

    kind: str
    level: int
    runs: tuple[Run, ...]
    header: tuple[str, ...] = ()
    rows: tuple[tuple[Run, ...], ...] = ()
    chart: Chart | None = None
    photo: int | None = None  # its number: it has an address of its own
    alt: str = ""


def preview_lines(blocks: Sequence[Block]) -> list[Line]:
    """One line for each block, in their order."""
    return [preview_line(label, block) for label, block in numbered(tuple(blocks))]


def preview_line(label: str, block: Block) -> Line:
    match block:
        case Heading():
            return Line("heading", block.level, (Text(label + block.text),))
        case RunInHeading():
            return Line("paragraph", block.level, (Text(f"{label}{block.title}。"), *block.runs))
        case Paragraph():
            return Line("paragraph", 0, block.runs)
        case Table():
            return Line("table", 0, (Text(block.caption),), block.header, block.rows)
        case Picture():
            kind = "chart" if block.photo is None else "photo"
            return Line(kind, 0, (Text(block.caption),), chart=block.chart, photo=block.photo, alt=block.alt)
