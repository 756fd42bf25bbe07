"""Reads the first page of an .xlsx file and prints its cells as JSON. Run as a program of its own, with little memory
and time: a file that was made to hurt hurts this process only. Imports nothing of the site.

    python sheet_cells.py FILE.xlsx ROWS COLUMNS

Prints {"merged": ["A1:B2"], "rows": [[["s", "text"], ["n", 3], ["f", ""], null, ...], ...]}, where a cell is a kind
and a value: s text, n number, b truth, d day, t time, f formula, x error. Exit code 3: no sheet that can be read.
"""

import datetime
import json
import math
import resource
import sys
import zipfile
from typing import Any

from openpyxl import load_workbook

MEMORY = 1024 * 2**20  # bytes of address space
SECONDS = 20  # of processor time
UNREADABLE = 3


def main(path: str, most_rows: int, most_columns: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        json.dump(content(path, most_rows, most_columns), sys.stdout, ensure_ascii=False)
    except (Exception, MemoryError, zipfile.BadZipFile):  # whatever a damaged file makes the readers raise
        return UNREADABLE
    return 0


def content(path: str, most_rows: int, most_columns: int) -> dict[str, Any]:
    page = load_workbook(path, data_only=False, keep_links=False).worksheets[0]
    rows = page.iter_rows(max_row=min(page.max_row, most_rows), max_col=min(page.max_column, most_columns))
    return {
        "merged": sorted(str(area) for area in page.merged_cells.ranges),
        "row_count": page.max_row,
        "rows": [[cell_content(cell.value, cell.data_type) for cell in row] for row in rows],
    }


def cell_content(value: Any, data_type: str) -> tuple[str, Any] | None:
    if value is None or value == "":
        return None
    if data_type == "f":
        return "f", ""
    if data_type == "e":
        return "x", str(value)
    if isinstance(value, bool):
        return "b", value
    if isinstance(value, datetime.datetime):
        return "d", value.date().isoformat()
    if isinstance(value, datetime.date):
        return "d", value.isoformat()
    if isinstance(value, datetime.time):
        return "t", value.strftime("%H:%M")
    if isinstance(value, int | float):
        return ("n", value) if math.isfinite(value) else ("x", str(value))
    return "s", str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
