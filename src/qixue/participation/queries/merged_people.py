"""What two records of one person have in common, before they become one."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from django.db.models import Exists, OuterRef, QuerySet

from qixue.participation.models import Attendance, LedgerEntry, Participant, Registration
from qixue.participation.models.ledger import LedgerEntryQuerySet
from qixue.people.models import Resident
from qixue.people.personal_data import Pair
from qixue.programme.models import Session

State = Registration.State
BEST_FIRST = (State.CONFIRMED, State.OFFERED, State.WAITING, State.ENTERED)


@dataclass(frozen=True)
class TwoPlaces:
    """At one session: the better place, which stays, and the one that becomes free."""

    session: Session
    stays: Registration
    goes: Registration


@dataclass(frozen=True)
class InCommon:
    """The sessions for which both are signed up, and those at which both were counted by name."""

    signed_up: list[TwoPlaces]
    counted: list[Session]


def in_common(pair: Pair) -> InCommon:
    return InCommon(places_taken_twice(pair), sessions_counted_twice(pair))


def places_taken_twice(pair: Pair) -> list[TwoPlaces]:
    """By one question: a place may be given up at any moment."""
    taken = Registration.objects.active().filter(resident__in=(pair.kept, pair.gone))
    rows = taken.select_related("session__activity").order_by("session__starts_at", "session_id")
    by_session = [sorted(places, key=ahead) for _session, places in groupby(rows, key=attrgetter("session_id"))]
    return [TwoPlaces(places[0].session, *places) for places in by_session if len(places) > 1]


def places_to_take_over(pair: Pair, common: InCommon) -> QuerySet[Registration]:
    """Of the record that goes, also those that were given up; without what both are signed up for. The latest first."""
    rows = Registration.objects.filter(resident=pair.gone)
    once = rows.exclude(session__in=[each.session for each in common.signed_up])
    return once.select_related("session__activity").order_by("-session__starts_at", "-pk")


def ahead(row: Registration) -> tuple[int, int, float, int]:
    """A seat before an offer, that before a place in the queue, that before an entry in a draw; else the earlier."""
    rank = BEST_FIRST.index(State(row.state))
    return rank, row.waiting_number or 0, row.registered_at.timestamp(), row.pk


def sessions_counted_twice(pair: Pair) -> list[Session]:
    present = Attendance.objects.filter(session=OuterRef("pk"))
    tokens = Participant.objects.order_by().values("token")
    both = [
        Exists(present.filter(person_token__in=tokens.filter(resident=person))) for person in (pair.kept, pair.gone)
    ]
    return list(Session.objects.filter(*both).select_related("activity").order_by("starts_at", "pk"))


def counted_with(people: Collection[Resident]) -> LedgerEntryQuerySet:
    """The entries that count under a token of one of them."""
    tokens = Participant.objects.filter(resident__in=people).values("token")
    return LedgerEntry.objects.effective().people().filter(person_token__in=tokens)
