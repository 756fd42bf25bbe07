"""Tables of pages as files: each page offers its tables as CSV and .xlsx, with the rows that the viewer sees.

A file has the address of its page with `?table=` behind it, so that who may read it, and which filters apply, is
decided once. A table that names people leaves by POST, and it goes on record who took it along.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from tempfile import TemporaryFile
from typing import Any

from django.db import models
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from qixue.core.clock import local_day, minute_text, now
from qixue.programme.models import Programme
from qixue.report.table_exports import note_export
from qixue.report.tables import FILES, Table
from qixue.web import parts

ASKED = "table"  # in the address or, for a table that names people, in what is sent


@dataclass(frozen=True)
class PageTable:
    """A table of a page; its rows are read only when somebody takes it along.

    `names_people_of` is the record in whose history it stands who did; None for a table without personal data.
    """

    key: str
    make: Callable[[], Table]
    names_people_of: models.Model | None = None


@dataclass(frozen=True)
class Offer:
    """What the control below a table needs: what to ask for, by the end of the file's name."""

    names: Mapping[str, str]
    is_noted: bool


def page(request: HttpRequest, template: str, context: dict[str, Any], *tables: PageTable) -> HttpResponseBase:
    """The page, or the one of its tables that is asked for."""
    if asked := table_asked(request):
        return table_file(request, asked, context, tables)
    return render(request, template, {**context, "exports": offers(tables)})


def table_asked(request: HttpRequest) -> str:
    """ "lines.csv" where a table of the page is wanted, not the page."""
    return (request.POST if request.method == "POST" else request.GET).get(ASKED, "")


def offers(tables: tuple[PageTable, ...]) -> dict[str, Offer]:
    """By the key of the table."""
    return {
        table.key: Offer({kind: f"{table.key}.{kind}" for kind in FILES}, table.names_people_of is not None)
        for table in tables
    }


def table_file(
    request: HttpRequest, asked: str, context: Mapping[str, Any], tables: tuple[PageTable, ...]
) -> FileResponse:
    """Raises Http404 for a table that the page does not have, or that leaves in another way."""
    key, _dot, kind = asked.rpartition(".")
    wanted = next((each for each in tables if each.key == key), None)
    if wanted is None or kind not in FILES or (wanted.names_people_of is not None) != (request.method == "POST"):
        raise Http404
    at, programme = now(), programme_of(request, context)
    table = wanted.make()
    table = replace(table, notes=notes_of(table, programme, context.get("part"), at))
    write, content_type = FILES[kind]
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it
    count = write(table, file)
    if wanted.names_people_of is not None:
        note_export(wanted.names_people_of, table=key, kind=kind, count=count, by=request.user, at=at)
    file.seek(0)
    name = f"{file_stem(table, programme, context.get('part'), at)}.{kind}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    response.headers["Cache-Control"] = "no-store"
    return response


def programme_of(request: HttpRequest, context: Mapping[str, Any]) -> Programme | None:
    """Whose frame the page has: that of its own programme, or of the current one."""
    found = context.get("programme")
    return found if isinstance(found, Programme) else parts.programme_shown_to(request)


def notes_of(table: Table, programme: Programme | None, part: Any, at: datetime.datetime) -> list[str]:
    """What stands above the rows in a workbook: what it is, of whom and of when, and that it is made up if it is."""
    of_whom = [programme.local_name] if programme else []
    scope = " · ".join([*of_whom, part.local_name] if part else of_whom)
    notice = parts.synthetic_notice(is_synthetic=bool(programme and programme.is_synthetic))
    as_of = _("As of %(moment)s") % {"moment": minute_text(at)}
    return [note for note in (table.name, *table.notes, scope, as_of, notice) if note]


def file_stem(table: Table, programme: Programme | None, part: Any, at: datetime.datetime) -> str:
    """A CSV has no notes: of which part it is, and that its rows are made up, stand in its name."""
    day = [] if table.is_dated else [str(local_day(at))]
    name = " ".join([table.name, *([part.local_name] if part else []), *day])
    mark = _(" (demonstration data)") if programme and programme.is_synthetic else ""
    return f"{name}{mark}".replace("/", "-").replace(":", "-")
