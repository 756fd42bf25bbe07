"""Tickets to print: A4, a page for each person. Words reach typst as data: nothing that was typed acts as markup."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typst

from qixue.report.fonts import FontSet

LAYOUT = Path(__file__).parent / "layouts" / "ticket.typ"


@dataclass(frozen=True)
class PrintedTicket:
    """The words of one page in the reader's language, and the QR code as an SVG file."""

    heading: str
    title: str
    name: str
    lines: tuple[tuple[str, str], ...]  # label and text
    code_label: str
    code: str
    hint: str
    picture: bytes


def write_ticket_pdf(tickets: Sequence[PrintedTicket], fonts: FontSet) -> bytes:
    """The same tickets and fonts give the same bytes. Raises typst.TypstError when the layout cannot be set."""
    data = {
        "fonts": {"text": list(fonts.families["宋体"]), "strong": list(fonts.families["黑体"])},
        "tickets": [ticket_data(ticket, f"code-{at}.svg") for at, ticket in enumerate(tickets)],
    }
    files = {
        "main": LAYOUT.read_bytes(),
        "tickets.json": json.dumps(data, ensure_ascii=False).encode(),
        **{f"code-{at}.svg": ticket.picture for at, ticket in enumerate(tickets)},
    }
    directories = sorted({str(path.parent) for path in fonts.files})
    output: bytes = typst.compile(  # type: ignore[call-overload]  # its stubs do not know files given as a mapping
        files, font_paths=directories, ignore_system_fonts=True, format="pdf", timestamp=0, pdf_tags=True
    )
    return output


def ticket_data(ticket: PrintedTicket, file: str) -> dict[str, object]:
    return {
        "heading": ticket.heading,
        "title": ticket.title,
        "name": ticket.name,
        "lines": [list(line) for line in ticket.lines],
        "code_label": ticket.code_label,
        "code": ticket.code,
        "hint": ticket.hint,
        "file": file,
    }
