"""Tickets to print: A4, a page for each person. Words reach typst as data: nothing that was typed acts as markup."""

from collections.abc import Sequence
from dataclasses import dataclass

from qixue.report.fonts import FontSet
from qixue.report.typesetting import typeset

FONT_ROLES = {"text": "宋体", "strong": "黑体"}


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
    notice: str = ""  # that it belongs to a demonstration


def write_ticket_pdf(tickets: Sequence[PrintedTicket], fonts: FontSet) -> bytes:
    """The same tickets and fonts give the same bytes. Raises typst.TypstError when the layout cannot be set."""
    data = {"tickets": [ticket_data(ticket, f"code-{at}.svg") for at, ticket in enumerate(tickets)]}
    pictures = {f"code-{at}.svg": ticket.picture for at, ticket in enumerate(tickets)}
    return typeset("ticket", data, fonts, FONT_ROLES, pictures)


def ticket_data(ticket: PrintedTicket, file: str) -> dict[str, object]:
    return {
        "heading": ticket.heading,
        "title": ticket.title,
        "name": ticket.name,
        "lines": [list(line) for line in ticket.lines],
        "code_label": ticket.code_label,
        "code": ticket.code,
        "hint": ticket.hint,
        "notice": ticket.notice,
        "file": file,
    }
