"""Where people were, by name: what the learning record, certificates and feedback stand on."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, QuerySet

from qixue.participation.learning_hours import learning_hours, minutes_between
from qixue.participation.models import LedgerEntry, LedgerEntryQuerySet, Participant
from qixue.people.models import Resident
from qixue.programme.models import Activity, Session

RELATED = ("activity__programme", "activity__organisation", "session__venue", "session__instalment")


@dataclass(frozen=True)
class Attended:
    """A session at which somebody was counted by name. `minutes` is None where its times are not known."""

    entry: LedgerEntry
    session: Session
    activity: Activity

    @property
    def minutes(self) -> int | None:
        return minutes_of(self.session)

    @property
    def hours(self) -> Decimal | None:
        """学时 of the session."""
        return None if self.minutes is None else learning_hours(self.minutes)


def has_taken_place(session: Session, *, at: datetime.datetime) -> bool:
    """Whether its end has come. Where that is not known, being marked as held decides, which happens by itself once it
    has begun with people in it: before the end it says nothing. What was called off or put off never took place.
    """
    if session.state in Session.OFF_STATES:
        return False
    if session.ends_at:
        return session.ends_at <= at
    return session.state == Session.State.HELD and (session.starts_at is None or session.starts_at <= at)


def minutes_of(session: Session) -> int | None:
    return minutes_between(session.starts_at, session.ends_at)


def named_entries() -> LedgerEntryQuerySet:
    """Attendances by name at sessions, as they stand today, the latest session first."""
    standing = LedgerEntry.objects.effective().people().filter(session__isnull=False)
    return standing.select_related(*RELATED).order_by(F("session__starts_at").desc(nulls_last=True), "-pk")


def attended_by(person: Resident) -> list[Attended]:
    """Each session at which the person was, the latest first."""
    tokens = Participant.objects.filter(resident=person).values("token")
    seen: dict[int, Attended] = {}
    for entry in named_entries().filter(person_token__in=tokens):
        if entry.session is not None and entry.session_id is not None:
            seen.setdefault(entry.session_id, Attended(entry, entry.session, entry.activity))
    return list(seen.values())


def taken_back_from(person: Resident) -> list[LedgerEntry]:
    """Voids of the person's attendances, the latest first: what went from the record leaves this trace."""
    tokens = Participant.objects.filter(resident=person).values("token")
    voids = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.VOID, target__person_token__in=tokens)
    return list(voids.select_related(*RELATED, "target").order_by("-recorded_at", "-pk"))


def people_of(activity: Activity) -> QuerySet[Participant]:
    """Everybody who is known by name at a session of the activity; erased people are not among them."""
    named = LedgerEntry.objects.effective().people().filter(activity=activity, session__isnull=False)
    known = Participant.objects.filter(programme=activity.programme, token__in=named.values("person_token"))
    return known.select_related("resident__user", "resident__guardian__user").order_by("resident_id")
