from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from qixue.participation.queries import with_seats
from qixue.people.models import Organisation
from qixue.programme.models import Involvement, Programme, Session

SHOWN_SESSIONS = 20


def organisation(request: HttpRequest, code: str) -> HttpResponse:
    """Who it is, which roles it has, and what it offers."""
    found = get_object_or_404(Organisation.objects.select_related("region__parent", "parent"), code=code)
    sessions = Session.objects.public().filter(activity__organisation=found)
    roles = Involvement.objects.filter(organisation=found).select_related("programme", "brand", "activity__programme")
    programmes = Programme.objects.published().filter(activities__organisation=found).distinct()
    related = ("activity__brand", "venue__region")
    context = {
        "organisation": found,
        "programme": programmes.order_by("-year", "pk").first(),
        "sessions": with_seats(sessions.select_related(*related)).order_by("starts_at", "pk")[:SHOWN_SESSIONS],
        "roles": roles.order_by("position", "pk")[:SHOWN_SESSIONS],
        "aliases": found.aliases.order_by("name"),
    }
    return render(request, "public/organisations/detail.html", context)
