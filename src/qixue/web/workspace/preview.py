"""A document as lines for a page: the same words, numbers linked to their figures."""

from dataclasses import dataclass

from qixue.report.official_document import (
    Heading,
    OfficialDocument,
    Paragraph,
    Run,
    RunInHeading,
    Table,
    Text,
    numbered,
)


@dataclass(frozen=True)
class Line:
    """`kind` is heading, paragraph or table; a table has rows of runs under its header."""

    kind: str
    level: int
    runs: tuple[Run, ...]
    header: tuple[str, ...] = ()
    rows: tuple[tuple[Run, ...], ...] = ()


def preview_lines(document: OfficialDocument) -> list[Line]:
    lines = []
    for label, block in numbered(document.blocks):
        if isinstance(block, Heading):
            lines.append(Line("heading", block.level, (Text(label + block.text),)))
        elif isinstance(block, RunInHeading):
            lines.append(Line("paragraph", block.level, (Text(f"{label}{block.title}。"), *block.runs)))
        elif isinstance(block, Paragraph):
            lines.append(Line("paragraph", 0, block.runs))
        elif isinstance(block, Table):
            lines.append(Line("table", 0, (Text(block.caption),), block.header, block.rows))
    return lines
