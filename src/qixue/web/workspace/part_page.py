"""Pages about the part of a programme that the viewer answers for."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from qixue.people.models import Organisation
from qixue.programme.models import Programme
from qixue.web import table_files
from qixue.web.table_files import PageTable


def organisation_of(part: str) -> Organisation | None:
    """None where the part is the whole programme."""
    return Organisation.objects.select_related("region").filter(code=part).first() if part else None


def part_page(
    request: HttpRequest,
    template: str,
    title: str,
    programme: Programme,
    part: str,
    *tables: PageTable,
    **context: Any,
) -> HttpResponseBase:
    """A page that extends `workspace/programmes/part.html`, which says under its title whose part it is about."""
    frame = {"title": title, "programme": programme, "part": organisation_of(part)}
    return table_files.page(request, f"workspace/programmes/{template}.html", {**frame, **context}, *tables)
