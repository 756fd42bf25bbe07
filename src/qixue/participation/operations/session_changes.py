"""Calling a session off, or moving it to another time or place, and telling everybody who is signed up for it."""

import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from qixue.core.clock import minute_text
from qixue.participation.models import CallingOff, Registration
from qixue.participation.notices import CHANGED, OFFER_CHANGED, both, event_of
from qixue.participation.operations.seats import addressed, with_session
from qixue.participation.queries.registered import Reach, active_rows, reach_of
from qixue.people.models import User
from qixue.people.operations.notifications import notify_each
from qixue.programme.models import PlanVersion, Session
from qixue.programme.operations import plan_publication, sessions

WHEN_OR_WHERE = ("starts_at", "ends_at", "venue_id", "is_online")


@transaction.atomic
def call_off(session: Session, *, reason: str, by: User, at: datetime.datetime) -> Session:
    """Call a session off and keep why; the worker tells those who were signed up, with the reason.

    Calling it off again changes nothing. Refused: session_held.
    """
    session = sessions.locked(session)
    if session.state != Session.State.CANCELLED:
        session = sessions.cancel_session(session, by=by, at=at)
        CallingOff.objects.create(session=session, reason=reason)
    return session


@transaction.atomic
def change_session(
    session: Session,
    *,
    details: sessions.SessionDetails,
    version: int,
    by: User,
    at: datetime.datetime,
    confirmed: bool = False,
) -> Reach:
    """Change a session as `edit_session` does. Where time or place change, tell whoever is signed up. Returns whom.

    An offered seat is kept until the session starts at the latest. Refused as `edit_session` refuses.
    """
    before = sessions.locked(session)
    after = sessions.edit_session(session, details=details, version=version, by=by, at=at, confirmed=confirmed)
    return tell_if_moved(before, after, at=at)


@transaction.atomic
def publish_plan(version: PlanVersion, *, by: User, at: datetime.datetime) -> PlanVersion:
    """Bring a plan into force as `plan_publication.publish_plan` does, and tell whoever is signed up for what it moves.

    Refused as there.
    """
    signed_up = Registration.objects.active().filter(session=OuterRef("pk"))
    known = Session.objects.filter(Exists(signed_up), activity__plan=version.plan, state=Session.State.PLANNED)
    known = known.select_related("activity", "venue")
    before = {session.pk: session for session in known}
    published = plan_publication.publish_plan(version, by=by, at=at)
    for after in known.filter(pk__in=before).order_by("pk"):
        tell_if_moved(before[after.pk], after, at=at)
    return published


def tell_if_moved(before: Session, after: Session, *, at: datetime.datetime) -> Reach:
    """Who is told; nobody where the session stays where it is. Offers end when it starts at the latest."""
    if not is_moved(before, after, at=at):
        return reach_of([])
    offered = Registration.objects.filter(session=after, state=Registration.State.OFFERED)
    offered.filter(offered_until__gt=after.starts_at).update(offered_until=after.starts_at)
    return tell_of_change(before, after, at=at)


def is_moved(before: Session, after: Session, *, at: datetime.datetime) -> bool:
    """Whether people would go at a wrong time, or to a wrong place; not of what is over both ways."""
    is_to_come = any(end is not None and end > at for end in (before.ends_at, after.ends_at))
    return is_to_come and any(getattr(before, name) != getattr(after, name) for name in WHEN_OR_WHERE)


def tell_of_change(before: Session, after: Session, *, at: datetime.datetime) -> Reach:
    """Each account for all its people, with the old time and place beside the new ones. Of a seat that is offered, and
    now only until the session starts, they are told until when.
    """
    was = event_of(before)
    words = {
        "ends": minute_text(after.ends_at),
        "was_on": was.words["day_on"],
        "was_time": was.words["time"],
        "was_ends": minute_text(before.ends_at),
        **both("was_place", was.place, was.place_en),
    }
    rows, key = with_session(after, active_rows(after)), f"{after.pk}-{after.version}"
    ending = [row for row in rows if row.offered_until and row.offered_until == after.starts_at]
    told = addressed(reach_of(row for row in rows if row not in ending), CHANGED, key=key, **words)
    notify_each(told + addressed(reach_of(ending), OFFER_CHANGED, key=key, **words), at=at)
    return reach_of(rows)
