from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from qixue.core.audience import for_everybody
from qixue.core.clock import now
from qixue.participation.queries import coming_or_last, listed
from qixue.people.models import Organisation
from qixue.programme.models import Activity, Involvement, Programme, Session
from qixue.web import table_files
from qixue.web.public.cache import shared_for_a_second
from qixue.web.public.tables import roles_table
from qixue.web.table_files import PageTable

SHOWN_SESSIONS = 10


@for_everybody
@shared_for_a_second
def organisation(request: HttpRequest, code: str) -> HttpResponseBase:
    """Who it is, which roles it has, and what it offers."""
    found = get_object_or_404(Organisation.objects.select_related("region__parent", "parent"), code=code)
    sessions = listed(Session.objects.public().filter(activity__organisation=found))
    shown, are_coming = coming_or_last(sessions, now(), SHOWN_SESSIONS)
    roles = Involvement.objects.filter(public_roles(), organisation=found).select_related(
        "programme", "brand", "activity__programme"
    )
    roles = roles.distinct().order_by("position", "pk")
    programmes = Programme.objects.published().filter(activities__organisation=found).distinct()
    context = {
        "organisation": found,
        "programme": programmes.order_by("-year", "pk").first(),
        "sessions": shown,
        "are_coming": are_coming,
        "roles": roles[:SHOWN_SESSIONS],
        "aliases": found.aliases.order_by("name"),
    }
    table = PageTable("roles", lambda: roles_table(found, roles))
    return table_files.page(request, "public/organisations/detail.html", context, table)


def public_roles() -> Q:
    """Roles in what everybody may see."""
    in_programme = Q(programme__state__in=Programme.PUBLIC_STATES)
    in_brand = Q(brand__programmes__state__in=Programme.PUBLIC_STATES)
    in_activity = Q(activity__state=Activity.State.PUBLISHED, activity__programme__state__in=Programme.PUBLIC_STATES)
    return in_programme | in_brand | in_activity
