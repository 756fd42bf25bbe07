import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from qixue.core.audience import for_everybody
from qixue.core.clock import SHANGHAI, local_day, now
from qixue.participation.models import Tally
from qixue.participation.queries import public_sessions
from qixue.participation.queries.lotteries import is_before_draw
from qixue.participation.queries.registrations import obstacle_to_registering, terms_of
from qixue.places.models import Region
from qixue.programme.models import Session
from qixue.web import parts
from qixue.web.public.forms.sessions import COMING, SessionFilterForm, closeness
from qixue.web.public.places import full_address
from qixue.web.templatetags.qixue import day as day_text
from qixue.web.templatetags.qixue import is_over

PER_PAGE = 30
# Inside a script element these three could end it; as escapes JSON means the same.
UNSAFE_IN_SCRIPT = {ord(character): f"\\u{ord(character):04x}" for character in "<>&"}


@for_everybody
def sessions(request: HttpRequest, code: str) -> HttpResponse:
    """The programme day by day, narrowed by what the visitor asks for."""
    programme = parts.get_programme_or_404(code)
    everything = list(public_sessions(programme))
    form = SessionFilterForm(asked(request, everything), programme=programme, sessions=everything)
    found, town = form.chosen(everything), form.town(everything)
    if town:
        found.sort(key=lambda session: closeness(session, town.path))  # stable: by time inside each
    page = parts.paginate(request, found, PER_PAGE)
    context = {
        "programme": programme,
        "form": form,
        "page": page,
        "groups": groups_near(page, town) if town else groups_by_day(page),
        "is_by_day": town is None,
        "chosen": form.chosen_labels(),
        "has_any": bool(everything),
        "has_more": "more" in request.GET,
    }
    return render(request, "public/sessions/list.html", context)


def groups_by_day(page: Iterable[Session]) -> list[tuple[str, list[Session]]]:
    return [(day_text(day), list(rows)) for day, rows in groupby(page, key=session_day)]


def groups_near(page: Iterable[Session], town: Region) -> list[tuple[str, list[Session]]]:
    """In the town, elsewhere in its county, in the rest of the city."""
    county = town.parent.local_name if town.parent else ""
    headings = [town.local_name, _("Elsewhere in %(county)s") % {"county": county}, _("Further away")]
    grouped = groupby(page, key=lambda session: closeness(session, town.path))
    return [(headings[step], list(rows)) for step, rows in grouped]


def asked(request: HttpRequest, sessions: list[Session]) -> QueryDict:
    """What the address asks for; where it names no day and something is still to come, what is over stays out."""
    answers = request.GET.copy()
    if "day" not in answers and any(session.starts_at and not is_over(session) for session in sessions):
        answers["day"] = COMING
    return answers


def session_day(session: Session) -> Any:
    return local_day(session.starts_at) if session.starts_at else None


@for_everybody
def session(request: HttpRequest, pk: int) -> HttpResponse:
    related = ("activity__programme__region", "activity__brand", "activity__organisation", "venue__region__parent")
    visible = Session.objects.public().select_related(*related, "instalment__series")
    found = get_object_or_404(visible, pk=pk)
    terms = terms_of(found)
    context = {
        "session": found,
        "programme": found.activity.programme,
        "counted": tally.attendance if (tally := Tally.objects.filter(session=found).first()) else None,
        "others": public_sessions(found.activity.programme).filter(activity=found.activity).exclude(pk=pk)[:5],
        "obstacle": obstacle_to_registering(found, terms, at=now()),
        "terms": terms,
        "is_by_lot": is_before_draw(found, terms),
        "structured_data": structured_data(request, found),
    }
    return render(request, "public/sessions/detail.html", context)


def structured_data(request: HttpRequest, session: Session) -> SafeString:
    """schema.org Event for search engines, safe inside a script element."""
    states = {Session.State.CANCELLED: "EventCancelled", Session.State.POSTPONED: "EventPostponed"}
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "EducationEvent",
        "name": session.activity.title,
        "url": request.build_absolute_uri(),
        "eventStatus": f"https://schema.org/{states.get(Session.State(session.state), 'EventScheduled')}",
        "organizer": {"@type": "Organization", "name": session.activity.organisation.name},
        "isAccessibleForFree": True,
    }
    if session.starts_at:
        data["startDate"] = session.starts_at.astimezone(SHANGHAI).isoformat()
    if session.ends_at:
        data["endDate"] = session.ends_at.astimezone(SHANGHAI).isoformat()
    if session.venue:
        data["location"] = {"@type": "Place", "name": session.venue.name, "address": full_address(session.venue)}
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(UNSAFE_IN_SCRIPT))  # noqa: S308 - escaped above
