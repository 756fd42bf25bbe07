"""Whether one can sign up for a session, and where those stand who did."""

import datetime
import itertools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from qixue.core.clock_words import day_clock_lazy
from qixue.core.refusal import Refused
from qixue.participation.models import CallingOff, Registration, RegistrationTerms
from qixue.participation.queries.holders import holder_is_in
from qixue.participation.sources import FROM_HOME
from qixue.people.models import Resident, User
from qixue.programme.models import Activity, Programme, Session

FIRST_MINUTE = datetime.timedelta(minutes=1)  # what is known of a session whose end is not


def terms_of(session: Session) -> RegistrationTerms:
    """The terms of the session, or the usual ones."""
    found = RegistrationTerms.objects.select_related("region__parent").filter(session=session).first()
    return found or RegistrationTerms(session=session)


def obstacle_to_registering(
    session: Session, terms: RegistrationTerms, *, at: datetime.datetime, is_staff: bool = False
) -> Refused | None:
    """Why nobody can sign up now; None when one can. The organisers can as long as the session has not ended."""
    if is_public(session) and session.state == Session.State.CANCELLED:
        return called_off(session)
    if not is_public(session) or session.state in Session.OFF_STATES:
        return Refused("no_registration", _("Sign-up is not possible for this session."))
    if session.seat_count is None:
        return Refused("no_registration", _("No sign-up is needed here. Please just come along."))
    closes_at = session.ends_at if is_staff else terms.closes_at or session.starts_at
    if session.state == Session.State.HELD or (closes_at and at >= closes_at):
        return Refused("registration_closed", _("Sign-up for this session has closed."))
    if terms.opens_at and at < terms.opens_at and not is_staff:
        sentence, moment = _("Sign-up opens on %(moment)s."), day_clock_lazy(terms.opens_at)
        return Refused("registration_not_open", sentence, moment=moment, opens_at=terms.opens_at)
    return None


def called_off(session: Session) -> Refused:
    """That nobody signs up because the session was called off, with the reason where one is kept."""
    if reason := why_off(session):
        return Refused("no_registration", _("This session was called off. The reason: %(reason)s"), reason=reason)
    return Refused("no_registration", _("This session was called off."))


def why_off(session: Session) -> str:
    """Asked for only where it can be there: most pages are of sessions that take place."""
    if session.state != Session.State.CANCELLED:
        return ""
    return str(CallingOff.objects.filter(session=session).values_list("reason", flat=True).first() or "")


def can_leave(
    session: Session, terms: RegistrationTerms, rows: Sequence[Registration], *, at: datetime.datetime
) -> bool:
    """A seat can be given up while somebody else can still use it; whoever waits or is asked can say no at any time."""
    limit = terms.cancel_until or session.starts_at
    return limit is None or at < limit or all(row.state != Registration.State.CONFIRMED for row in rows)


def open_to_all(at: datetime.datetime) -> Q:
    """Of public sessions that are planned and have not begun: for whom the times of signing up are no obstacle."""
    is_open = Q(registration_terms__opens_at=None) | Q(registration_terms__opens_at__lte=at)
    is_not_closed = Q(registration_terms__closes_at=None) | Q(registration_terms__closes_at__gt=at)
    return Q(seat_count=None) | (is_open & is_not_closed)


def is_public(session: Session) -> bool:
    activity = session.activity
    return activity.state == Activity.State.PUBLISHED and activity.programme.state in Programme.PUBLIC_STATES


def registered_at(session: Session) -> list[Registration]:
    """Whoever has a seat in the order of their signing up, then the waiting list in its order."""
    rows = Registration.objects.active().filter(session=session).select_related("resident")
    return list(rows.order_by(F("waiting_number").asc(nulls_first=True), "registered_at", "pk"))


def is_concerned(row: Registration) -> bool:
    """Whether what happens to the session is to be told to the person; of those who left, whom its calling off took."""
    return row.state != Registration.State.CANCELLED or row.cancel_reason == Registration.CancelReason.SESSION_OFF


def state_at(session: Session, row: Registration) -> str:
    """Of a registration for the session: nobody has anything at one that is called off, also before they are told."""
    is_off = session.state == Session.State.CANCELLED
    return Registration.State.CANCELLED if is_off else Registration.State(row.state)


@dataclass(frozen=True)
class Party:
    """People of one household who signed up together for a session."""

    key: uuid.UUID
    session: Session
    rows: tuple[Registration, ...]

    @property
    def active(self) -> list[Registration]:
        return [row for row in self.rows if state_at(self.session, row) != Registration.State.CANCELLED]

    @property
    def is_off(self) -> bool:
        """Whether it is the session's calling off that took their seats, or takes them within a moment."""
        return self.session.state == Session.State.CANCELLED and any(is_concerned(row) for row in self.rows)

    @property
    def state(self) -> str:
        """The state of those who still come; cancelled when none does."""
        return self.active[0].state if self.active else Registration.State.CANCELLED

    @property
    def is_too_large(self) -> bool:
        """Whether they wait, and are more people than the session has seats by now: others move up past them."""
        seats = self.session.seat_count
        return self.state == Registration.State.WAITING and seats is not None and len(self.active) > seats

    @property
    def offered_until(self) -> datetime.datetime | None:
        return self.active[0].offered_until if self.active else None

    def is_over_at(self, at: datetime.datetime) -> bool:
        return self.session.ends_at is not None and self.session.ends_at <= at


def parties_of(household: Sequence[Resident]) -> list[Party]:
    """Everything that a household is or was signed up for, by the start of the session."""
    related = ("session__activity__organisation", "session__activity__programme", "session__venue__region__parent")
    rows = Registration.objects.filter(resident__in=household).select_related("resident", *related)
    ordered = rows.order_by(F("session__starts_at").asc(nulls_last=True), "session_id", "party", "pk")
    groups = itertools.groupby(ordered, key=lambda row: row.party)
    return [
        Party(key, members[0].session, tuple(members)) for key, members in ((key, list(group)) for key, group in groups)
    ]


def without_superseded(parties: Sequence[Party]) -> list[Party]:
    """The parties without whoever left one and signed up for the same session once more: the later party tells it,
    also of who left that as well.
    """
    rows = sorted((row for party in parties for row in party.rows), key=lambda row: (is_concerned(row), row.pk))
    telling = {(row.session_id, row.resident_id): row.pk for row in rows}
    kept = [[row for row in party.rows if telling[row.session_id, row.resident_id] == row.pk] for party in parties]
    return [Party(party.key, party.session, tuple(rows)) for party, rows in zip(parties, kept, strict=True) if rows]


def party_at(session: Session, key: uuid.UUID) -> Party | None:
    """Those who signed up together for the session under this key."""
    rows = Registration.objects.filter(session=session, party=key).select_related("resident").order_by("pk")
    return Party(key, session, tuple(rows)) if rows else None


def offered_parties(session: Session) -> list[Party]:
    """Those to whom seats are offered at the session now, in the order in which they signed up."""
    offered = Registration.objects.filter(session=session, state=Registration.State.OFFERED)
    rows = offered.select_related("resident").order_by("registered_at", "party", "pk")
    groups = itertools.groupby(rows, key=lambda row: row.party)
    return [Party(key, session, tuple(group)) for key, group in groups]


def moved_from(party: Party) -> list[Registration]:
    """The places at other sessions to which the organiser moved people of the party, made when those here ended."""
    moved = [row for row in party.rows if row.cancel_reason == Registration.CancelReason.MOVED]
    if not moved:
        return []
    same = [Q(resident=row.resident_id, registered_at=row.cancelled_at) for row in moved]
    rows = Registration.objects.filter(reduce(or_, same)).exclude(session=party.session)
    return list(rows.select_related("resident", "session__activity").order_by("pk"))


def ticket_holders(party: Party) -> list[Registration]:
    """Those of a party who have a ticket: a seat, at a session that takes place and whose time is known."""
    is_on = party.session.state not in Session.OFF_STATES and party.session.starts_at is not None
    return [row for row in party.active if is_on and row.state == Registration.State.CONFIRMED]


def registered_among(people: Sequence[Resident], session: Session) -> list[Registration]:
    """Those of the people who have a seat at the session, wait for one, or are in its draw."""
    rows = Registration.objects.active().filter(session=session, resident__in=people)
    return list(rows.select_related("resident").order_by("pk"))


def held_by(user: User, session: Session) -> int:
    """For how many people the user holds a place at the session, whom they signed up at home."""
    rows = Registration.objects.active().filter(session=session)
    return rows.filter(registered_by=user, source__in=FROM_HOME).count()


def most_for(user: User, session: Session, terms: RegistrationTerms) -> int:
    """How many people the user can sign up at once, as far as the terms and the number of seats go."""
    return max(0, min(session.seat_count or 0, terms.place_limit - held_by(user, session)))


def at_the_same_time(people: Sequence[Resident], session: Session) -> list[Registration]:
    """What the people have at other sessions while this one runs: seats, places in queues, entries in draws.

    Sessions that only touch do not meet, nor do such as are called off. Nobody is kept from going to both.
    """
    if session.starts_at is None or session.state in Session.OFF_STATES or not people:
        return []
    starts_at, ends_at = session.starts_at, session.ends_at or session.starts_at + FIRST_MINUTE
    runs_on = Q(session__ends_at__gt=starts_at) | Q(session__ends_at=None, session__starts_at__gte=starts_at)
    rows = Registration.objects.active().filter(runs_on, resident__in=people, session__starts_at__lt=ends_at)
    elsewhere = rows.exclude(session=session).exclude(session__state__in=Session.OFF_STATES)
    related = elsewhere.select_related("resident", "session__activity")
    return list(related.order_by("session__starts_at", "session_id", "pk"))


def coming_registrations(people: Sequence[Resident], *, at: datetime.datetime) -> QuerySet[Registration]:
    """Seats and places in queues of what has not begun yet. Whoever was let in already sits in theirs."""
    not_begun = Q(session__starts_at=None) | Q(session__starts_at__gt=at)
    in_seat = Q(holder_is_in() | Q(was_there=True), state__in=Registration.SEATED_STATES)
    rows = Registration.objects.active().filter(not_begun, resident__in=people).exclude(in_seat)
    return rows.exclude(session__state=Session.State.HELD).order_by("session__starts_at", "pk")


def without_a_seat(people: Sequence[Resident], *, at: datetime.datetime) -> QuerySet[Registration]:
    """Those of `coming_registrations` that may bring a seat later: who waits, is asked, or has entered a draw."""
    return coming_registrations(people, at=at).exclude(state=Registration.State.CONFIRMED)


def seats_to_lose(people: Sequence[Resident], *, at: datetime.datetime) -> QuerySet[Registration]:
    """The same as people are told who leave: at a session that is called off there is nothing left to lose."""
    coming = coming_registrations(people, at=at).exclude(session__state=Session.State.CANCELLED)
    return coming.select_related("resident", "session__activity")


def place_in_queue(party: Party) -> int | None:
    """Which place in the queue the first of the party has, counted from 1; None when it does not wait."""
    numbers = [row.waiting_number for row in party.active if row.waiting_number is not None]
    if not numbers:
        return None
    return Registration.objects.waiting().filter(session=party.session, waiting_number__lte=min(numbers)).count()


def own_registrations(household: Sequence[Resident], session: Session) -> list[Registration]:
    """What a household has at the session, with `place`: which one each has in the queue, counted from 1."""
    queue = Registration.objects.waiting().order_by().filter(session=session)
    before = queue.filter(waiting_number__lte=OuterRef("waiting_number")).values("session").annotate(count=Count("pk"))
    rows = Registration.objects.active().filter(session=session, resident__in=household)
    placed = rows.select_related("resident").annotate(place=Subquery(before.values("count")))
    return list(placed.order_by("party", "pk"))
