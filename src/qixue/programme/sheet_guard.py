"""Opening a sheet that somebody sent: one made to hurt is refused before it is unpacked, any other is read apart."""

import json
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from qixue.core.refusal import Refused

LARGEST_FILE, LARGEST_CONTENT = 10 * 2**20, 50 * 2**20  # bytes
MOST_MEMBERS, HIGHEST_RATIO = 200, 100  # files in the archive; times that they unpack to
MOST_ROWS, MOST_COLUMNS = 2000, 40
SECONDS = 30
READER = Path(__file__).with_name("sheet_cells.py")
NO_SHEET = _("This file is no .xlsx sheet that can be read.")


@dataclass(frozen=True)
class Cell:
    """`kind`: s text, n number, b truth, d day, t time, f formula, x error."""

    kind: str
    value: Any


@dataclass(frozen=True)
class SheetContent:
    """The rows of the first page, header first; an empty cell is None."""

    rows: tuple[tuple[Cell | None, ...], ...]
    merged: tuple[str, ...]


def check_archive(data: bytes) -> None:
    """Refused: sheet_unsafe, sheet_unreadable."""
    if len(data) > LARGEST_FILE:
        raise Refused("sheet_unsafe", _("The file is larger than 10 MB."), field="sheet")
    with tempfile.SpooledTemporaryFile() as file:
        file.write(data)
        try:
            members = zipfile.ZipFile(file).infolist()
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise Refused("sheet_unreadable", NO_SHEET, field="sheet") from error
    size = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    names = [member.filename.lower() for member in members]
    if len(members) > MOST_MEMBERS or size > LARGEST_CONTENT or size / packed > HIGHEST_RATIO:
        raise Refused("sheet_unsafe", _("This file unpacks to far more than a plan needs."), field="sheet")
    if any("vbaproject" in name for name in names):
        raise Refused("sheet_unsafe", _("This file has macros; please save it as .xlsx without them."), field="sheet")
    if any("externallinks/" in name for name in names):
        raise Refused("sheet_unsafe", _("This file links to other files; please send values only."), field="sheet")


def read_content(data: bytes) -> SheetContent:
    """The cells of a sheet, read by a process that may use little memory and time. Refused: sheet_unreadable."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(data)
        file.flush()
        command = [sys.executable, "-I", str(READER), file.name, str(MOST_ROWS + 2), str(MOST_COLUMNS)]
        try:
            result = subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)  # noqa: S603 - our own program
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise Refused("sheet_unreadable", NO_SHEET, field="sheet") from error
    content = json.loads(result.stdout)
    rows = tuple(tuple(Cell(*cell) if cell else None for cell in row) for row in content["rows"])
    return SheetContent(rows, tuple(content["merged"]))
