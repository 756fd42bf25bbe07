"""Who waits at a session and can ever move up: a party of more people than it has seats cannot."""

import datetime
from collections.abc import Collection

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from qixue.participation.models import Registration
from qixue.participation.notices import TOO_LARGE, too_large_key
from qixue.people.models import Notification
from qixue.programme.models import Session


def party_size() -> Subquery:
    """For a query of registrations: of those who wait, how many belong to the same party."""
    together = Registration.objects.waiting().filter(session=OuterRef("session"), party=OuterRef("party"))
    return Subquery(together.order_by().values("party").annotate(size=Count("pk")).values("size"))


def fitting(session: Session) -> QuerySet[Registration]:
    """Those who wait in parties for which the session has enough seats, in the order of the queue."""
    queue = Registration.objects.waiting().filter(session=session)
    if session.seat_count is None:
        return queue
    return queue.annotate(party_size=party_size()).filter(party_size__lte=session.seat_count)


def too_large(session: Session) -> QuerySet[Registration]:
    """Those who wait in parties for which it has not: seats were taken away after they had signed up."""
    queue = Registration.objects.waiting().filter(session=session).with_accounts()
    if session.seat_count is None:
        return queue.none()
    return queue.annotate(party_size=party_size()).filter(party_size__gt=session.seat_count)


def with_room(at: datetime.datetime) -> QuerySet[Session]:
    """Sessions to come at which the first party that fits has room now."""
    queue = Registration.objects.waiting().filter(session=OuterRef("pk")).annotate(party_size=party_size())
    sizes = queue.filter(party_size__lte=OuterRef("seat_count")).values("party_size")
    heads = waited_for(at).annotate(size=Subquery(sizes[:1]))
    return heads.filter(Q(seat_count=None) | Q(seat_count__gte=F("taken_count") + F("size")))


def with_parties_to_tell(at: datetime.datetime) -> set[int]:
    """Keys of sessions to come at which a party that does not fit waits, and nobody has been told so as it is now."""
    sessions = waited_for(at).filter(waiting_count__gt=F("seat_count"))
    rows = Registration.objects.waiting().filter(session__in=sessions).annotate(party_size=party_size())
    too_many = rows.filter(party_size__gt=F("session__seat_count")).order_by("pk")
    found = too_many.values_list("party", "party_size", "session__seat_count", "session_id")
    sessions_by_key = {f"{TOO_LARGE}:{too_large_key(*about)}": session for *about, session in found}
    told = told_so(sessions_by_key) if sessions_by_key else set[str]()
    return {session for key, session in sessions_by_key.items() if key not in told}


def waited_for(at: datetime.datetime) -> QuerySet[Session]:
    return Session.objects.filter(state=Session.State.PLANNED, waiting_count__gt=0, starts_at__gt=at)


def told_so(keys: Collection[str]) -> set[str]:
    """Those under which somebody has been told that a party is too large."""
    return set(Notification.objects.filter(key__in=keys).values_list("key", flat=True))


def has_seats_for(session: Session, count: int) -> bool:
    """Whether so many people who come now sit down at once: there is room, and nobody waits who can ever move up."""
    is_free = (session.seat_count or 0) - session.taken_count >= count
    return is_free and not (session.waiting_count and fitting(session).exists())
