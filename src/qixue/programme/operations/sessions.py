"""Writes to sessions: add, edit, cancel."""

import datetime
from dataclasses import dataclass, fields

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.places.models import Venue
from qixue.programme.models import Activity, Session
from qixue.programme.operations.activities import check_version


@dataclass(frozen=True)
class SessionContent:
    """What people type about a session. `seat_count` None means that nobody is turned away."""

    starts_at: datetime.datetime
    ends_at: datetime.datetime
    counting_rule: str
    venue: Venue | None = None
    topic: str = ""
    topic_en: str = ""
    speaker: str = ""
    seat_count: int | None = None
    is_online: bool = False


CONTENT_FIELDS = tuple(field.name for field in fields(SessionContent))


@transaction.atomic
def add_session(activity: Activity, *, content: SessionContent, by: User, at: datetime.datetime) -> Session:
    """Add a session to an activity. Refused: ends_before_start, place_missing, too_many_seats."""
    Activity.objects.select_for_update().get(pk=activity.pk)
    check_content(content)
    last = activity.sessions.aggregate(last=Max("number"))["last"] or 0
    session = Session.objects.create(
        activity=activity, number=last + 1, **{name: getattr(content, name) for name in CONTENT_FIELDS}
    )
    record_audit("session.added", session, by=by, at=at)
    return session


def check_content(content: SessionContent) -> None:
    if content.ends_at <= content.starts_at:
        raise Refused("ends_before_start", _("Please give an end that is later than the start."))
    if content.venue is None and not content.is_online:
        raise Refused("place_missing", _("Please choose a venue, or say that the session is online."))
    capacity = content.venue.capacity if content.venue else None
    if content.seat_count and capacity and content.seat_count > capacity:
        raise Refused(
            "too_many_seats", _("Please give at most %(capacity)s seats; the venue holds no more."), capacity=capacity
        )


@transaction.atomic
def edit_session(
    session: Session, *, content: SessionContent, version: int, by: User, at: datetime.datetime
) -> Session:
    """Save what was typed. Refused: changed_meanwhile, session_over, and as `add_session`."""
    session = Session.objects.select_for_update().get(pk=session.pk)
    check_version(session.version, version)
    if session.state != Session.State.PLANNED:
        raise Refused("session_over", _("Only a planned session can be changed."))
    check_content(content)
    for name in CONTENT_FIELDS:
        setattr(session, name, getattr(content, name))
    session.version += 1
    session.save(update_fields=[*CONTENT_FIELDS, "version"])
    record_audit("session.edited", session, by=by, at=at, details={"version": session.version})
    return session


@transaction.atomic
def cancel_session(session: Session, *, reason: str, by: User, at: datetime.datetime) -> Session:
    """Call a planned session off. Cancelling twice changes nothing. Refused: reason_missing, session_over."""
    session = Session.objects.select_for_update().get(pk=session.pk)
    if session.state == Session.State.CANCELLED:
        return session
    if session.state != Session.State.PLANNED:
        raise Refused("session_over", _("Only a planned session can be cancelled."))
    if not (reason := reason.strip()):
        raise Refused("reason_missing", _("Please say why, so that people understand."))
    session.state = Session.State.CANCELLED
    session.save(update_fields=["state"])
    record_audit("session.cancelled", session, by=by, at=at, details={"reason": reason})
    return session
