"""Sessions as iCalendar (RFC 5545), for the calendars people already use."""

import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from icalendar import Calendar, Event

from qixue.core.audience import for_everybody
from qixue.core.clock import now
from qixue.participation.queries import public_sessions
from qixue.programme.models import Session
from qixue.programme.queries import region_condition
from qixue.web import parts
from qixue.web.public.places import full_address


@for_everybody
def calendar(request: HttpRequest) -> HttpResponse:
    """The current programme, narrowed by ?county=, ?organisation= or ?brand=."""
    programme = parts.current_programme()
    if programme is None:
        raise Http404
    sessions = public_sessions(programme).exclude(starts_at=None)
    if county := request.GET.get("county"):
        sessions = sessions.filter(region_condition(county, ""))
    if organisation := request.GET.get("organisation"):
        sessions = sessions.filter(activity__organisation__code=organisation)
    if brand := request.GET.get("brand"):
        sessions = sessions.filter(activity__brand__code=brand)
    return calendar_response(request, list(sessions), programme.name)


@for_everybody
def session_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    visible = Session.objects.public().exclude(starts_at=None).select_related("activity", "venue__region__parent")
    session = get_object_or_404(visible, pk=pk)
    return calendar_response(request, [session], session.activity.title)


def calendar_response(request: HttpRequest, sessions: list[Session], name: str) -> HttpResponse:
    document = Calendar()
    document.add("prodid", "-//Qixue//Qixue//ZH")
    document.add("version", "2.0")
    document.add("x-wr-calname", name)
    stamp = now()
    for session in sessions:
        document.add_component(event(request, session, stamp))
    return HttpResponse(document.to_ical(), content_type="text/calendar; charset=utf-8")


def event(request: HttpRequest, session: Session, stamp: datetime.datetime) -> Event:
    entry = Event()
    entry.add("uid", f"session-{session.pk}@{request.get_host()}")
    entry.add("dtstamp", stamp)
    entry.add("summary", f"{session.activity.title}{'：' if session.topic else ''}{session.topic}")
    entry.add("dtstart", session.starts_at)
    if session.ends_at:
        entry.add("dtend", session.ends_at)
    if session.venue:
        entry.add("location", f"{session.venue.name} {full_address(session.venue)}".strip())
    if session.state == Session.State.CANCELLED:
        entry.add("status", "CANCELLED")
    entry.add("url", request.build_absolute_uri(reverse("public:session", args=[session.pk])))
    return entry
