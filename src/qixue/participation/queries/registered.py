"""Who is signed up for a session, for those who run it: seats, queue, answers, and who can be told."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from qixue.core.clock import SHANGHAI
from qixue.participation.models import (
    Answer,
    LedgerEntry,
    Participant,
    Registration,
    RegistrationTerms,
    Tally,
)
from qixue.participation.notices import is_told_by_cadre
from qixue.participation.queries.lotteries import entries_closed, with_draws
from qixue.participation.queries.registrations import open_to_all, terms_of
from qixue.people.models import User
from qixue.people.queries import account_for
from qixue.people.rules import paths_up_from
from qixue.places.models import Region
from qixue.programme.models import Session
from qixue.programme.queries.listings import has_seat

NEAR = datetime.timedelta(days=14)  # what is later or earlier is no substitute


def registrations_at(session: Session) -> QuerySet[Registration]:
    """Seats in the order of signing up, then the queue in its order, those who left last; with all that a row shows."""
    answers = Prefetch("answers", Answer.objects.select_related("question").order_by("question__position", "pk"))
    rows = Registration.objects.filter(session=session).with_accounts().select_related("resident__home_region__parent")
    is_gone = Q(state=Registration.State.CANCELLED)
    ordered = rows.alias(is_gone=is_gone).order_by(
        "is_gone", F("waiting_number").asc(nulls_first=True), "registered_at", "pk"
    )
    return ordered.prefetch_related(answers)


def contact_of(row: Registration) -> User | None:
    """The account through which a person is told: their own, that of their household, or that of their cadre."""
    if user := account_for(row.resident):
        return user
    is_own = row.source == Registration.Source.STAFF  # the organiser's own account reaches nobody
    return row.registered_by if row.registered_by and row.registered_by.is_active and not is_own else None


@dataclass(frozen=True)
class Reach:
    """Whom a message to registrations gets to. Accounts with their people, and the people whom it does not reach."""

    people: Mapping[int, list[Registration]]  # by key of the account
    users: Mapping[int, User]
    unreached: Sequence[Registration]

    @property
    def reached_count(self) -> int:
        return sum(len(rows) for rows in self.people.values())

    @property
    def through_cadre_count(self) -> int:
        return sum(is_told_by_cadre(row) for found in self.people.values() for row in found)


def reach_of(rows: Iterable[Registration]) -> Reach:
    people: dict[int, list[Registration]] = {}
    users: dict[int, User] = {}
    unreached = []
    for row in rows:
        if user := contact_of(row):
            users[user.pk] = user
            people.setdefault(user.pk, []).append(row)
        else:
            unreached.append(row)
    return Reach(people, users, unreached)


def with_states(session: Session, states: Sequence[str]) -> QuerySet[Registration]:
    return registrations_at(session).filter(state__in=states)


@dataclass(frozen=True)
class StateCounts:
    """How many people are in each state; of those who left how many in all."""

    confirmed: int = 0
    offered: int = 0
    waiting: int = 0
    entered: int = 0
    cancelled: int = 0

    @property
    def active(self) -> int:
        return self.confirmed + self.offered + self.waiting + self.entered


def state_counts(session: Session) -> StateCounts:
    rows = Registration.objects.filter(session=session).order_by()
    return StateCounts(**dict(rows.values_list("state").annotate(Count("pk"))))


def similar_sessions(session: Session, *, at: datetime.datetime, most: int = 3) -> list[Session]:
    """Sessions of the same programme to come that give a seat now: of the activity, else of its kind in the county.

    Without those that take nobody yet or any more, that draw their seats, or that ask for an age or a home for which
    this one does not.
    """
    start = session.starts_at or at
    free = (
        Session.objects.public()
        .filter(state=Session.State.PLANNED, starts_at__gt=max(at, start - NEAR), starts_at__lt=max(at, start) + NEAR)
        .filter(
            has_seat(),
            open_to_all(at),
            open_to_the_same(terms_of(session)),
            activity__programme=session.activity.programme,
        )
        .exclude(pk=session.pk)
        .select_related("activity", "venue")
        .order_by("starts_at", "pk")
    )
    same = list(free.filter(activity=session.activity)[:most])
    alike = free.filter(activity__kind=session.activity.kind, activity__audience=session.activity.audience)
    if session.venue and (region := session.venue.region):
        county = region.parent if region.parent and region.level == Region.Level.TOWNSHIP else region
        alike = alike.filter(venue__region__path__startswith=county.path)
    return (same + list(alike.exclude(activity=session.activity)[: most - len(same)]))[:most]


def open_to_the_same(terms: RegistrationTerms) -> Q:
    """Of sessions: whoever has the age and the home that the terms ask for has those that they ask for, too."""
    no_younger, no_older = Q(registration_terms__min_age=None), Q(registration_terms__max_age=None)
    here = Q(registration_terms__region=None)
    if terms.min_age is not None:
        no_younger |= Q(registration_terms__min_age__lte=terms.min_age)
    if terms.max_age is not None:
        no_older |= Q(registration_terms__max_age__gte=terms.max_age)
    if terms.region:
        here |= Q(registration_terms__region__path__in=paths_up_from(terms.region.path))
    return no_younger & no_older & here


def sessions_to_move_to(session: Session, *, at: datetime.datetime) -> QuerySet[Session]:
    """Sessions of the programme to come for which people sign up, those of the same activity first.

    Where a draw takes no more entries nobody can be moved before it is made.
    """
    is_other = ~Q(activity=session.activity)
    sessions = Session.objects.public().filter(
        activity__programme=session.activity.programme,
        state=Session.State.PLANNED,
        seat_count__isnull=False,
        starts_at__gt=at,
    )
    ordered = sessions.alias(is_other=is_other).order_by("is_other", "starts_at", "pk")
    possible = ordered.exclude(entries_closed(at)).exclude(pk=session.pk)
    return with_draws(possible).select_related("activity", "venue")


def outside_terms(sessions: Sequence[Session], *, at: datetime.datetime) -> int:
    """How many people to come do not fit the ages and the region that are asked for now."""
    rows = Registration.objects.active().filter(session__in=sessions).select_related("session", "resident__home_region")
    terms = RegistrationTerms.objects.select_related("region").in_bulk({session.pk for session in sessions})
    usual = RegistrationTerms()
    return sum(is_outside(row, terms.get(row.session_id, usual), at=at) for row in rows)


def active_rows(session: Session) -> QuerySet[Registration]:
    return registrations_at(session).exclude(state=Registration.State.CANCELLED).select_related("session")


def is_outside(row: Registration, terms: RegistrationTerms, *, at: datetime.datetime) -> bool:
    person, year = row.resident, (row.session.starts_at or at).astimezone(SHANGHAI).year
    age = year - person.birth_year if person.birth_year else None
    home = person.home_region.path if person.home_region else ""
    is_elsewhere = terms.region is not None and not home.startswith(terms.region.path)
    is_young, is_old = age and terms.min_age and age < terms.min_age, age and terms.max_age and age > terms.max_age
    return bool(is_elsewhere or is_young or is_old or (age is None and (terms.min_age or terms.max_age)))


@dataclass(frozen=True)
class Missed:
    """Of a session that was counted by name: keys of the registrations of those who had a seat and did not come."""

    is_counted: bool = False
    keys: frozenset[int] = field(default_factory=frozenset)


def missed_at(session: Session, *, at: datetime.datetime) -> Missed:
    if not is_counted_by_name(session, at=at):
        return Missed()
    return Missed(True, frozenset(missed(Registration.objects.filter(session=session)).values_list("pk", flat=True)))


def is_counted_by_name(session: Session, *, at: datetime.datetime) -> bool:
    is_over = session.ends_at is not None and session.ends_at <= at
    by_name = session.counting_rule != Session.CountingRule.HEAD_COUNT
    return is_over and by_name and Tally.objects.filter(session=session, named_count__gt=0).exists()


def missed(registrations: QuerySet[Registration]) -> QuerySet[Registration]:
    """Those with a seat to whom no attendance that stands belongs, in sessions that were counted by name."""
    tokens = Participant.objects.filter(
        resident=OuterRef(OuterRef("resident")), programme=OuterRef(OuterRef("session__activity__programme"))
    )
    came = (
        LedgerEntry.objects.effective()
        .people()
        .filter(session=OuterRef("session"), person_token__in=tokens.values("token"))
    )
    counted = Q(session__tally__named_count__gt=0) & ~Q(session__counting_rule=Session.CountingRule.HEAD_COUNT)
    return registrations.filter(counted, ~Exists(came), state=Registration.State.CONFIRMED, was_there=False)
