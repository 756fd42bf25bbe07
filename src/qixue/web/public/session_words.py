"""A session in words and data for those who see it outside of our pages: search engines, chats, cards."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qixue.core.clock import SHANGHAI
from qixue.core.digests import digest
from qixue.programme.models import Session
from qixue.report.programme_papers import SHAPES
from qixue.web import parts
from qixue.web.public.places import full_address
from qixue.web.templatetags.qixue import when, where

# Inside a script element these three could end it; as escapes JSON means the same.
UNSAFE_IN_SCRIPT = {ord(character): f"\\u{ord(character):04x}" for character in "<>&"}
STATES = {Session.State.CANCELLED: "EventCancelled", Session.State.POSTPONED: "EventPostponed"}
AGES = {"older": "60-"}  # schema.org writes an age range; the other audiences are none of age


def place_of(session: Session) -> str:
    """In which region it is and where, in one line."""
    venue = where(session)
    region = session.venue.region if session.venue and not session.is_online else None
    return f"{region.local_name} {venue}" if region and not venue.startswith(region.local_name) else venue


def card_data(request: HttpRequest, session: Session) -> dict[str, Any]:
    """What stands on the pictures of a session, whatever their shape."""
    activity = session.activity
    return {
        "lang": (get_language() or "zh")[:2],
        "title": activity.local_title,
        "topic": session.local_topic,
        "when": when(session),
        "where": place_of(session),
        "organiser": activity.organisation.local_name,
        "programme": f"{settings.QIXUE['SITE_NAME']} · {activity.programme.local_name}",
        "notice": parts.synthetic_notice(is_synthetic=activity.programme.is_synthetic),
        "hint": _("Scan for details and sign-up"),
        "url": request.build_absolute_uri(reverse("public:session", args=[session.pk])),
    }


def sharing(request: HttpRequest, session: Session) -> dict[str, str]:
    """What a chat shows of a link to the session, and the picture to save. The address of a picture changes with it."""
    card = card_data(request, session)
    path, tag = reverse("public:session_card", args=[session.pk]), digest(card)[:10]
    urls = {shape: f"{path}?shape={shape}&v={tag}" for shape in SHAPES}
    return {
        "url": card["url"],
        "title": card["title"],
        "description": " · ".join([card["when"], card["where"], card["organiser"]]),
        "image": request.build_absolute_uri(urls["wide"]),
        "card": urls["tall"],
    }


def structured_data(session: Any, *, url: str, image: str, is_by_lot: bool = False) -> SafeString:
    """schema.org Event for search engines, safe inside a script element; with the addresses of its page and picture.

    Of a session with `seats_left`.
    """
    activity = session.activity
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "EducationEvent",
        "name": activity.title,
        "url": url,
        "image": [image],
        "eventStatus": f"https://schema.org/{STATES.get(Session.State(session.state), 'EventScheduled')}",
        "organizer": {"@type": "Organization", "name": activity.organisation.name},
        "audience": {"@type": "Audience", "audienceType": activity.get_audience_display()},
        "isAccessibleForFree": True,
        "offers": offer(session, url),
        **time_and_place(session, url),
    }
    if activity.audience in AGES:
        data["typicalAgeRange"] = AGES[activity.audience]
    if session.speaker:
        data["performer"] = {"@type": "Person", "name": session.speaker}
    if session.seat_count:
        data["maximumAttendeeCapacity"] = session.seat_count
        if not is_by_lot:  # before a draw no seat is there to be had
            data["remainingAttendeeCapacity"] = session.seats_left
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(UNSAFE_IN_SCRIPT))  # noqa: S308 - escaped above


def offer(session: Any, url: str) -> dict[str, Any]:
    """Everything is free; whether there is a seat."""
    is_full = session.seat_count is not None and session.seats_left <= 0
    stock = "SoldOut" if is_full or session.state in STATES else "InStock"
    availability = f"https://schema.org/{stock}"
    return {"@type": "Offer", "price": 0, "priceCurrency": "CNY", "availability": availability, "url": url}


def time_and_place(session: Session, url: str) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if session.starts_at:
        data["startDate"] = session.starts_at.astimezone(SHANGHAI).isoformat()
    if session.ends_at:
        data["endDate"] = session.ends_at.astimezone(SHANGHAI).isoformat()
    mode = "OnlineEventAttendanceMode" if session.is_online else "OfflineEventAttendanceMode"
    data["eventAttendanceMode"] = f"https://schema.org/{mode}"
    if session.is_online:
        data["location"] = {"@type": "VirtualLocation", "url": url}
    elif session.venue:
        data["location"] = {"@type": "Place", "name": session.venue.name, "address": full_address(session.venue)}
    return data
