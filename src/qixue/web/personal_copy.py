"""The copy of everything kept about a household, as a file to take away: one to read, one for programs, and tables."""

import io
import json
import zipfile
from collections.abc import Sequence

from django.template.loader import render_to_string

from qixue.people.personal_data import Section
from qixue.report.tables import Table, write_csv
from qixue.web.parts import site_name


def zipped(sections: Sequence[Section], *, day: str) -> bytes:
    """`data.html` to read, `data.json` for programs, and each section as CSV that spreadsheets open."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        context = {"sections": sections, "day": day, "site_name": site_name()}
        archive.writestr("data.html", render_to_string("me/data/copy.html", context))
        archive.writestr("data.json", as_json(sections))
        for number, section in enumerate(sections, start=1):
            archive.writestr(f"{number:02d}.csv", as_csv(section))
    return buffer.getvalue()


def as_json(sections: Sequence[Section]) -> str:
    tables = [
        {"title": str(section.title), "rows": [dict(zip(map(str, section.columns), row, strict=True)) for row in texts]}
        for section in sections
        if (texts := [[str(value) for value in row] for row in section.rows])
    ]
    return json.dumps(tables, ensure_ascii=False, indent=2)


def as_csv(section: Section) -> bytes:
    columns = tuple((str(column), 0) for column in section.columns)  # a width means nothing here
    file = io.BytesIO()
    write_csv(Table(str(section.title), columns, [[str(value) for value in row] for row in section.rows]), file)
    return file.getvalue()
