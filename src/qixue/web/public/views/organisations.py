from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from qixue.core.clock import now
from qixue.participation.queries import coming_or_last, listed
from qixue.people.models import Organisation
from qixue.programme.models import Involvement, Programme, Session

SHOWN_SESSIONS = 10


def organisation(request: HttpRequest, code: str) -> HttpResponse:
    """Who it is, which roles it has, and what it offers."""
    found = get_object_or_404(Organisation.objects.select_related("region__parent", "parent"), code=code)
    sessions = listed(Session.objects.public().filter(activity__organisation=found))
    shown, are_coming = coming_or_last(sessions, now(), SHOWN_SESSIONS)
    roles = Involvement.objects.filter(organisation=found).select_related("programme", "brand", "activity__programme")
    programmes = Programme.objects.published().filter(activities__organisation=found).distinct()
    context = {
        "organisation": found,
        "programme": programmes.order_by("-year", "pk").first(),
        "sessions": shown,
        "are_coming": are_coming,
        "roles": roles.order_by("position", "pk")[:SHOWN_SESSIONS],
        "aliases": found.aliases.order_by("name"),
    }
    return render(request, "public/organisations/detail.html", context)
