"""Writes to sessions: add, edit, call off, mark as held."""

import dataclasses
import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.core.clock_words import day_lazy
from qixue.core.models import record_audit
from qixue.core.refusal import Doubt, Refused, ask_at_once
from qixue.people.models import User
from qixue.places.models import Venue
from qixue.programme.models import Activity, Programme, RoomBooking, Session
from qixue.programme.operations.activities import ALREADY_CHANGED
from qixue.programme.operations.listings import keep_listings
from qixue.programme.operations.rooms import book_rooms
from qixue.programme.operations.seat_counts import check_seat_count

HOUR = datetime.timedelta(hours=1)
VERY_LONG = 12 * HOUR  # for one session


@dataclass(frozen=True)
class SessionDetails:
    """When, where, about what and for how many. `seat_count` None means no limit."""

    starts_at: datetime.datetime
    ends_at: datetime.datetime
    counting_rule: str
    venue: Venue | None = None
    is_online: bool = False
    topic: str = ""
    topic_en: str = ""
    speaker: str = ""
    seat_count: int | None = None

    def values(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}


def check_details(details: SessionDetails) -> None:
    """Refused: ends_before_start, seats_out_of_range, place_twice."""
    if details.ends_at <= details.starts_at:
        raise Refused("ends_before_start", _("Please give an end that comes after the start."), field="end")
    check_seat_count(details.seat_count)
    if details.is_online and details.venue:
        raise Refused("place_twice", _("Please choose either a venue or online."), field="venue")


def doubts_about_time(
    starts_at: datetime.datetime, ends_at: datetime.datetime, programme: Programme, *, at: datetime.datetime
) -> Iterator[Doubt]:
    """What is odd about the time of a session: it is over already (session_over), outside the days of the programme
    (day_outside_programme), or lasts longer than people are in one place (session_very_long).
    """
    day = local_day(starts_at)
    if ends_at < at:
        sentence = _("%(day)s is over already. Please check the day and the time.")
        yield Doubt("session_over", sentence, field="day", day=day_lazy(day))
    elif programme.starts_on and programme.ends_on and not programme.starts_on <= day <= programme.ends_on:
        sentence = _("%(day)s is outside the days of the programme, %(first)s to %(last)s. Please check the day.")
        first, last = day_lazy(programme.starts_on), day_lazy(programme.ends_on)
        yield Doubt("day_outside_programme", sentence, field="day", day=day_lazy(day), first=first, last=last)
    if ends_at - starts_at > VERY_LONG:
        sentence = _("It would last %(hours)s hours. Please check the start and the end.")
        yield Doubt("session_very_long", sentence, field="end", hours=f"{round((ends_at - starts_at) / HOUR, 2):g}")


@transaction.atomic
def add_session(
    activity: Activity,
    *,
    details: SessionDetails,
    number: int,
    by: User | None,
    at: datetime.datetime,
    confirmed: bool = False,
) -> Session:
    """Add a session to an activity.

    `number` is the number that the form was given: the same form sent again finds its session under it and changes
    nothing; when somebody else took the number, the next free one is used.
    Refused: activity_cancelled and those of `check_details`; unless confirmed, those of `doubts_about_time`.
    """
    check_details(details)
    activity = Activity.objects.select_for_update(of=("self",)).select_related("programme").get(pk=activity.pk)
    if activity.state == Activity.State.CANCELLED:
        raise Refused("activity_cancelled", _("This activity was cancelled and can no longer be changed."))
    taken = activity.sessions.select_related("venue").filter(number=number).first()
    if taken and all(getattr(taken, name) == value for name, value in details.values().items()):
        return taken
    if not confirmed:
        ask_at_once(doubts_about_time(details.starts_at, details.ends_at, activity.programme, at=at))
    if taken:
        number = next_number(activity)
    session = Session.objects.create(activity=activity, number=number, **details.values())
    keep_listings(Session.objects.filter(pk=session.pk))
    record_audit("session.added", session, by=by, at=at, details={"activity": activity.code, "number": number})
    return session


def next_number(activity: Activity) -> int:
    return int(activity.sessions.aggregate(last=Max("number"))["last"] or 0) + 1


@transaction.atomic
def edit_session(
    session: Session,
    *,
    details: SessionDetails,
    version: int,
    by: User,
    at: datetime.datetime,
) -> Session:
    """Change a session. `version` is the one that the editor read.

    Its booked room moves along in time; at another venue it has none.
    Refused: changed_meanwhile, session_called_off, counting_rule_fixed, held_session_in_future, seats_below_taken,
    room_taken and those of `check_details`.
    """
    check_details(details)
    session = locked(session)
    if session.version != version:
        raise Refused("changed_meanwhile", ALREADY_CHANGED)
    changed = [name for name, value in details.values().items() if getattr(session, name) != value]
    check_change(session, details, changed, at)
    if not changed:
        return session
    for name in changed:
        setattr(session, name, getattr(details, name))
    if "venue" in changed:
        session.room = None
    session.version += 1
    session.save(update_fields=[*changed, "room", "version"])
    book_rooms([session], by=by)
    keep_listings(Session.objects.filter(pk=session.pk))
    record_audit("session.edited", session, by=by, at=at, details={"fields": changed})
    return session


def check_change(session: Session, details: SessionDetails, changed: list[str], at: datetime.datetime) -> None:
    """What people rely on stays: how they were counted, and that what happened has happened."""
    if session.state in Session.OFF_STATES:
        raise Refused("session_called_off", _("This session was called off and can no longer be changed."))
    is_held = session.state == Session.State.HELD
    has_begun = session.starts_at is not None and local_day(session.starts_at) <= local_day(at)
    if "counting_rule" in changed and (is_held or has_begun):
        raise Refused(
            "counting_rule_fixed", _("How people are counted can be changed until the day before the session only.")
        )
    if details.seat_count is not None and details.seat_count < session.taken_count:
        sentence = _("%(count)s people have a seat already. Please give at least as many seats.")
        raise Refused("seats_below_taken", sentence, field="seat_count", count=session.taken_count)
    if is_held and details.starts_at > at:
        raise Refused("held_session_in_future", _("This session was held, so it cannot start in the future."))


@transaction.atomic
def cancel_session(session: Session, *, by: User, at: datetime.datetime) -> Session:
    """Call a session off. Calling it off again changes nothing. Refused: session_held."""
    session = locked(session)
    if session.state == Session.State.CANCELLED:
        return session
    if session.state == Session.State.HELD:
        raise Refused("session_held", _("This session was held and cannot be called off any more."))
    session.state = Session.State.CANCELLED
    session.version += 1
    session.save(update_fields=["state", "version"])
    RoomBooking.objects.filter(session=session).delete()
    record_audit("session.cancelled", session, by=by, at=at)
    return session


@transaction.atomic
def hold_session(session: Session, *, by: User, at: datetime.datetime) -> Session:
    """Mark that a session took place, where names on a list say who came. Doing it again changes nothing.

    Refused: session_called_off, session_not_started.
    """
    session = locked(session)
    if session.state == Session.State.HELD:
        return session
    if session.state in Session.OFF_STATES:
        raise Refused("session_called_off", _("This session was called off and can no longer be changed."))
    if session.starts_at is None or session.starts_at > at:
        raise Refused("session_not_started", _("A session can be marked as held after it has started."))
    session.state = Session.State.HELD
    session.version += 1
    session.save(update_fields=["state", "version"])
    record_audit("session.held", session, by=by, at=at)
    return session


def locked(session: Session) -> Session:
    related = Session.objects.select_for_update(of=("self",)).select_related("activity__programme")
    return related.get(pk=session.pk)
