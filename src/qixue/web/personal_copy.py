"""The copy of everything kept about a household, as a file to take away: one to read, one for programs, and tables."""

import io
import json
import re
import zipfile
from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from qixue.people.personal_data import Section
from qixue.report.tables import Table, write_csv
from qixue.web.parts import site_name

UNFIT = re.compile(r'[\\/:*?"<>|\s]+')  # what Windows takes in no name of a file


def zipped(sections: Sequence[Section], *, day: str) -> bytes:
    """A page to open first, each section as a table that spreadsheets open, and `data.json` for programs.

    The names of page and tables are in the reader's language; they are numbered, so that the page stands on top.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        context = {"sections": sections, "day": day, "site_name": site_name()}
        archive.writestr(named(0, _("Open this first"), "html"), render_to_string("me/data/copy.html", context))
        for number, section in enumerate(sections, start=1):
            archive.writestr(named(number, section.title, "csv"), as_csv(section))
        archive.writestr("data.json", as_json(sections))
    return buffer.getvalue()


def named(number: int, title: str, ending: str) -> str:
    """A name that every system takes, whatever stands in the title."""
    return f"{number:02d} {UNFIT.sub(' ', str(title)).strip()}.{ending}"


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
