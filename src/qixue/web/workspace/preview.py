"""A document as lines for a page: the same words, numbers linked to their figures."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

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

JPEG_BEGINS = b"\xff\xd8"


@dataclass(frozen=True)
class Line:
    """`kind` is heading, paragraph, table or picture; a table has rows of runs under its header."""

    kind: str
    level: int
    runs: tuple[Run, ...]
    header: tuple[str, ...] = ()
    rows: tuple[tuple[Run, ...], ...] = ()
    address: str = ""  # of a picture, with all of it inside
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
            return Line("picture", 0, (Text(block.caption),), address=address_of(block), alt=block.alt)


def address_of(picture: Picture) -> str:
    kind = "jpeg" if picture.content.startswith(JPEG_BEGINS) else "png"
    return f"data:image/{kind};base64,{base64.b64encode(picture.content).decode()}"
