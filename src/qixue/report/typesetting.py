"""Files set by typst. Words reach typst as data, so nothing that a person typed can act as markup."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from qixue.report.fonts import FontSet

LAYOUTS = Path(__file__).parent / "layouts"


def typeset(
    layout: str,
    data: Mapping[str, Any],
    fonts: FontSet,
    roles: Mapping[str, str],
    files: Mapping[str, bytes] | None = None,
    *,
    pixels_per_inch: float | None = None,
) -> bytes:
    """`layout`.typ as PDF, or as PNG where the pixels are given: the same data and fonts give the same bytes.

    The layout reads `data` as `layout`.json, with the families of `roles` as its `fonts`, and `files` by their names.
    Raises typst.TypstError when the layout cannot be set.
    """
    families = {role: list(fonts.families[style]) for role, style in roles.items()}
    given = {
        "main": (LAYOUTS / f"{layout}.typ").read_bytes(),
        f"{layout}.json": json.dumps({**data, "fonts": families}, ensure_ascii=False).encode(),
        **(files or {}),
    }
    options: dict[str, Any] = {"format": "pdf", "timestamp": 0, "pdf_tags": True}
    if pixels_per_inch is not None:
        options = {"format": "png", "ppi": pixels_per_inch}
    directories = sorted({str(path.parent) for path in fonts.files})
    made = typst.compile(given, font_paths=faces_in(*directories), ignore_system_fonts=True, **options)
    return bytes(made[0] if isinstance(made, list) else made)


def faces_in(*directories: str) -> typst.Fonts:
    """What typst finds there, read anew for every file: kept, it would hold 90 MB in each process of a server."""
    return typst.Fonts(include_system_fonts=False, font_paths=list(directories))
