"""The public programme as files: a session on a picture, the programme of a week as PDF. Set by typst."""

from typing import Any

from qixue.core.qr_codes import qr_file
from qixue.report.fonts import FontSet
from qixue.report.typesetting import typeset

FONT_ROLES = {"song": "宋体", "hei": "黑体", "title": "小标宋"}
SHAPES = ("wide", "tall")  # 1200 x 630 and 900 x 1200 pixels
PAPERS = ("a4", "a3")
INK = "#1f1b17"  # as in tokens.css and the layouts


def card_png(data: dict[str, Any], fonts: FontSet) -> bytes:
    """A session on one picture. `data` is what layouts/card.typ names, and `url` for the QR code."""
    return typeset("card", data, fonts, FONT_ROLES, code_of(data), pixels_per_inch=72.0)


def programme_pdf(data: dict[str, Any], fonts: FontSet) -> bytes:
    """The programme by days. `data` is what layouts/programme.typ names, and `url` for the QR code."""
    return typeset("programme", data, fonts, FONT_ROLES, code_of(data))


def code_of(data: dict[str, Any]) -> dict[str, bytes]:
    """The code is small: the layouts leave paper around it."""
    return {"qr.svg": qr_file(data["url"], border=1, dark=INK)}
