"""Programmes that somebody may set up and what stands in them; everything else looks like it did not exist."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from qixue.people.rules import Action
from qixue.programme.models import Activity, Brand, LeadingGroup, Programme
from qixue.programme.queries.programmes import leading_group_of
from qixue.web.workspace.access import programme_or_404

Row = TypeVar("Row", bound=Model)
BIGGEST_KEY = 18  # digits


def programme_to_set_up_or_404(user: Any, code: str) -> Programme:
    """Only for who reaches the whole of it."""
    programme, part = programme_or_404(user, code, Action.SET_UP_PROGRAMME)
    if part:
        raise Http404
    return programme


def row_or_404(rows: QuerySet[Row], key: str) -> Row:
    """The row that an address or a button names by its key."""
    if not key.isdecimal() or len(key) > BIGGEST_KEY:
        raise Http404
    return get_object_or_404(rows, pk=int(key))


def group_or_404(programme: Programme) -> LeadingGroup:
    group = leading_group_of(programme)
    if group is None:
        raise Http404
    return group


def subject_or_404(request: HttpRequest, programme: Programme) -> Programme | Brand | Activity:
    """What a role is given in: `?activity=` or `?brand=` of the programme, else the programme itself."""
    if key := request.GET.get("activity", ""):
        return row_or_404(Activity.objects.filter(programme=programme), key)
    if code := request.GET.get("brand", ""):
        return get_object_or_404(programme.brands.select_related("organisation"), code=code)
    return programme
