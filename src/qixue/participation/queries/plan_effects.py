"""Whom a version of a plan reaches when it comes into force: of sessions that it calls off, and of those it moves."""

import copy
import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from qixue.participation.merge import is_before_door
from qixue.participation.models import Registration
from qixue.participation.queries.attendances import people_in
from qixue.participation.queries.registered import Reach, reach_of
from qixue.participation.queries.unregistered import untold_among
from qixue.programme.models import Session
from qixue.programme.queries.publications import SESSION_FIELDS, Publication

WHEN_OR_WHERE = ("starts_at", "ends_at", "venue_id", "is_online")


@dataclass(frozen=True)
class Reached:
    """Sessions to which the same happens, as they were before it, and whom that reaches."""

    sessions: Sequence[Session]
    reach: Reach


@dataclass(frozen=True)
class PlanEffects:
    called_off: Reached
    moved: Reached
    moved_away: Sequence[Session]  # of what is moved, at which nobody stays in
    staying: Sequence[Session]  # which the version has no longer, and which have begun: nothing happens to them


@dataclass(frozen=True)
class PeopleInside:
    """Of those who are in already and do not stay in, how many; and whom of them no notice reaches, who are neither
    signed up nor have an account.
    """

    taken_back: int  # at what is called off
    untold_of_calling_off: int
    sent_away: int  # at what is moved
    untold_of_moving: int


def effects_of(work: Publication, *, at: datetime.datetime) -> PlanEffects:
    """What publishing a version now does to sessions and to those who are signed up for them."""
    moved, moved_away = [], []
    for session, line in work.changed():
        before, after = copy.copy(session), copy.copy(session)  # publishing changes the session itself
        for name in work.touched(line, SESSION_FIELDS):
            setattr(after, name, getattr(line, name))
        if is_moved(before, after, at=at):
            moved.append(before)
        if is_moved_away(before.starts_at, after.starts_at, at=at):
            moved_away.append(before)
    return PlanEffects(reached(work.called_off(at=at)), reached(moved), moved_away, work.staying(at=at))


def people_inside(effects: PlanEffects) -> PeopleInside:
    off, away = list(people_in(effects.called_off.sessions)), list(people_in(effects.moved_away))
    return PeopleInside(len(off), untold_among(off), len(away), untold_among(away))


def reached(sessions: Sequence[Session]) -> Reached:
    return Reached(sessions, reach_of(signed_up(sessions)))


def signed_up(sessions: Sequence[Session]) -> QuerySet[Registration]:
    """In the order of the sessions' keys and of signing up."""
    rows = Registration.objects.active().filter(session__in=sessions).with_accounts()
    return rows.select_related("resident__home_region").order_by("session", "registered_at", "pk")


def is_moved(before: Session, after: Session, *, at: datetime.datetime) -> bool:
    """Whether people would go at a wrong time, or to a wrong place; not of what is over both ways."""
    is_to_come = any(end is not None and end > at for end in (before.ends_at, after.ends_at))
    return is_to_come and any(getattr(before, name) != getattr(after, name) for name in WHEN_OR_WHERE)


def is_moved_away(was: datetime.datetime | None, start: datetime.datetime | None, *, at: datetime.datetime) -> bool:
    """Whether a session gets a start for which its door would not be open yet: nobody who is in now is in for that one.
    Where the start is only corrected by a little they stay in.
    """
    return start != was and is_before_door(start, at)
