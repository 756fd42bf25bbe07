"""Registrations as iCalendar (RFC 5545): one to save, or all of a household under a secret address.

No name is in it: calendars are read by the companies that keep them.
"""

import uuid
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from icalendar import Calendar, Event

from qixue.core.audience import for_everybody
from qixue.core.clock import now
from qixue.participation.models import Registration
from qixue.participation.operations.calendar_feeds import end_feed, renew_feed
from qixue.participation.queries.calendar_feeds import feed_secret_of, resident_of_feed
from qixue.participation.queries.registrations import Party, parties_of
from qixue.programme.models import Session
from qixue.report.registration_sheet import STATES
from qixue.web.forms import Form
from qixue.web.me.access import for_residents, household_of, known, party_or_404
from qixue.web.me.ticket_cards import place_with_address
from qixue.web.workspace.act import Act, act_page, sent

STATUS = {Registration.State.CONFIRMED: "CONFIRMED", Registration.State.CANCELLED: "CANCELLED"}  # else tentative


@for_everybody
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """What the household is or was signed up for, in the language of its messages."""
    resident = resident_of_feed(secret)
    if resident is None or resident.user is None:
        raise Http404
    with override(resident.user.language):
        return calendar_of(request, parties_of(household_of(resident)), _("My registrations"))


@for_residents
def party_calendar(request: HttpRequest, party: uuid.UUID) -> HttpResponse:
    """One registration, for whoever keeps a calendar by hand."""
    _user, resident = known(request)
    found = party_or_404(resident, party)
    return calendar_of(request, [found], found.session.local_full_title)


def calendar_of(request: HttpRequest, parties: list[Party], name: str) -> HttpResponse:
    document = Calendar()
    document.add("prodid", "-//Qixue//Qixue//ZH")
    document.add("version", "2.0")
    document.add("x-wr-calname", name)
    for party in parties:
        if party.session.starts_at:
            document.add_component(event_of(request, party))
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(document.to_ical(), content_type="text/calendar; charset=utf-8", headers=headers)


def event_of(request: HttpRequest, party: Party) -> Event:
    session = party.session
    is_off = session.state == Session.State.CANCELLED
    state = _("The session was called off") if is_off else STATES[Registration.State(party.state)]
    count = len(party.active)
    people = ngettext("%(count)s person", "%(count)s people", count) % {"count": count}
    entry = Event()
    entry.add("uid", f"registration-{party.key}@{request.get_host()}")
    entry.add("dtstamp", now())
    entry.add("summary", _("%(title)s (%(state)s)") % {"title": session.local_full_title, "state": state})
    entry.add("status", "CANCELLED" if is_off else STATUS.get(Registration.State(party.state), "TENTATIVE"))
    entry.add("dtstart", session.starts_at)
    if session.ends_at:
        entry.add("dtend", session.ends_at)
    entry.add("location", place_with_address(session))
    if count:
        entry.add("description", people)
    entry.add("url", request.build_absolute_uri(reverse("me:registration", args=[party.key])))
    return entry


@for_residents
def address(request: HttpRequest) -> HttpResponse:
    """The secret address, what it shows to whom, and how to be rid of it."""
    _user, resident = known(request)
    secret = feed_secret_of(resident)
    url = request.build_absolute_uri(reverse("personal_calendar", args=[secret])) if secret else ""
    return render(request, "me/calendar.html", {"address": url})


@for_residents
def renew(request: HttpRequest) -> HttpResponse:
    """A first address at once; another one after asking, because calendars that have the old one go blank."""
    act = Act(
        title=_("A new address instead of the old one?"),
        about=_("In my own calendar"),
        lead=_("Calendars that have the old address go blank. Afterwards put the new one into each of them."),
        button=_("Make a new address, end the old one"),
        back=reverse("me:calendar"),
        trail="me/calendar_crumbs.html",
        done=_("This is your new address."),
    )
    return asked_once(request, act, renew_feed)


@for_residents
def end(request: HttpRequest) -> HttpResponse:
    act = Act(
        title=_("Take the address away?"),
        about=_("In my own calendar"),
        lead=_("Calendars that have it go blank. What you are signed up for stays as it is."),
        button=_("Take the address away"),
        back=reverse("me:calendar"),
        trail="me/calendar_crumbs.html",
        done=_("The address is gone: it shows nothing any more."),
    )
    return asked_once(request, act, end_feed)


def asked_once(request: HttpRequest, act: Act, do: Callable[..., object]) -> HttpResponse:
    """What happens to the address; without one there is nothing to ask."""
    user, resident = known(request)
    if request.method != "POST" and feed_secret_of(resident) is None:
        return redirect(act.back)
    return act_page(request, sent(request, Form), act, lambda: do(resident, by=user, at=now()))
