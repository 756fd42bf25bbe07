"""Pages about the part of a programme that the viewer answers for."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qixue.people.models import Organisation
from qixue.programme.models import Programme


def organisation_of(part: str) -> Organisation | None:
    """None where the part is the whole programme."""
    return Organisation.objects.select_related("region").filter(code=part).first() if part else None


def part_page(
    request: HttpRequest, template: str, title: str, programme: Programme, part: str, **context: Any
) -> HttpResponse:
    """A page that extends `workspace/programmes/part.html`, which says under its title whose part it is about."""
    frame = {"title": title, "programme": programme, "part": organisation_of(part)}
    return render(request, f"workspace/programmes/{template}.html", {**frame, **context})
