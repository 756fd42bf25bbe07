"""The public programme as files: a session on a picture, the programme of a week as PDF. Set by typst."""

import io
import json
from pathlib import Path
from typing import Any

import segno
import typst

from qixue.report.fonts import FontSet

LAYOUTS = Path(__file__).parent / "layouts"
FONT_ROLES = {"song": "宋体", "hei": "黑体", "title": "小标宋"}
SHAPES = ("wide", "tall")  # 1200 x 630 and 900 x 1200 pixels
PAPERS = ("a4", "a3")


def card_png(data: dict[str, Any], fonts: FontSet) -> bytes:
    """A session on one picture. `data` is what layouts/card.typ names, and `url` for the QR code."""
    return typeset("card", data, fonts, format="png", ppi=72.0)


def programme_pdf(data: dict[str, Any], fonts: FontSet) -> bytes:
    """The programme by days. `data` is what layouts/programme.typ names, and `url` for the QR code."""
    return typeset("programme", data, fonts, format="pdf", timestamp=0, pdf_tags=True)


def typeset(layout: str, data: dict[str, Any], fonts: FontSet, **options: Any) -> bytes:
    """The same data and fonts give the same bytes. Raises typst.TypstError when the layout cannot be set."""
    families = {role: list(fonts.families[style]) for role, style in FONT_ROLES.items()}
    files = {
        "main": (LAYOUTS / f"{layout}.typ").read_bytes(),
        f"{layout}.json": json.dumps({**data, "fonts": families}, ensure_ascii=False).encode(),
        "qr.svg": qr_svg(data["url"]),
    }
    directories = sorted({str(path.parent) for path in fonts.files})
    made = typst.compile(files, font_paths=directories, ignore_system_fonts=True, **options)
    return bytes(made[0] if isinstance(made, list) else made)


def qr_svg(url: str) -> bytes:
    drawn = io.BytesIO()
    segno.make(url, error="m", micro=False).save(drawn, kind="svg", border=1, dark="#1f1b17", light="#ffffff")
    return drawn.getvalue()
