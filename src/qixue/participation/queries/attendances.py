"""Who is in, from the rows that the ledger keeps, and counted anew from its entries."""

import datetime
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from qixue.participation.models import Attendance, LedgerEntry, Participant, Registration
from qixue.participation.models.ledger import LedgerEntryQuerySet
from qixue.participation.queries import ChainFault
from qixue.participation.queries.forgotten import forgotten_here
from qixue.participation.queries.holders import holder_is_in
from qixue.programme.models import Session

Seat = tuple[int, uuid.UUID]  # key of the session, token of the person


def recounted_attendances(session: Session | None = None) -> dict[Seat, int]:
    """The entry by which each person is in, counted from the ledger; of one session or of all."""
    entries = LedgerEntry.objects.effective().people().filter(session__isnull=False)
    if session:
        entries = entries.filter(session=session)
    rows = entries.order_by("-organisation_id", "-sequence").values_list("session_id", "person_token", "pk")
    return {(session_pk, token): pk for session_pk, token, pk in rows if session_pk and token}


def kept_attendances(session: Session | None = None) -> dict[Seat, int]:
    """The same from the rows beside the ledger."""
    rows = Attendance.objects.filter(session=session) if session else Attendance.objects.all()
    return {(row.session_id, row.person_token): row.entry_id for row in rows.order_by("pk")}


def attendance_faults() -> Iterator[ChainFault]:
    """Each entry after which the rows say something else than the ledger: somebody is missing, or in without reason."""
    counted, kept = recounted_attendances(), kept_attendances()
    differing = [seat for seat in counted.keys() | kept.keys() if counted.get(seat) != kept.get(seat)]
    wrong = {pk for seat in differing for pk in (counted.get(seat), kept.get(seat)) if pk}
    entries = LedgerEntry.objects.filter(pk__in=wrong).select_related("organisation")
    for entry in entries.order_by("organisation__code", "sequence"):
        yield ChainFault(entry.organisation.code, entry.sequence, "attendance")


@dataclass(frozen=True)
class CameIn:
    """By which entry somebody is in, since when, and how they came in."""

    entry: int
    at: datetime.datetime
    source: str

    @property
    def way(self) -> Any:
        return LedgerEntry.Source(self.source).label


def people_in(sessions: Iterable[Session]) -> LedgerEntryQuerySet:
    """The entries by which people are in at the sessions today, by name or without, in the order of their chain."""
    rows = LedgerEntry.objects.effective().one_by_one().filter(session__in=sessions)
    return rows.select_related("activity", "session__activity").order_by("organisation", "sequence")


def entries_of_people(sessions: Iterable[Session], tokens: Iterable[uuid.UUID]) -> dict[Seat, LedgerEntry]:
    """By session and token the entry by which a person is in; who is not in has none."""
    rows = Attendance.objects.filter(session__in=list(sessions), person_token__among=set(tokens))
    return {(row.session_id, row.person_token): row.entry for row in rows.select_related("entry")}


def those_in_seats(session: Session, rows: Iterable[Registration]) -> list[Registration]:
    """Those of its registrations with a seat, also an offered one, whose holder is in; one question for all of them,
    and one more where some of the holders came and are forgotten.

    Whoever waits has no seat to keep, also where somebody let them in.
    """
    seated = [row for row in rows if row.state in Registration.SEATED_STATES]
    found = Registration.objects.filter(holder_is_in(), pk__in={row.pk for row in seated})
    inside = set(found.values_list("pk", flat=True))
    if any(row.was_there for row in seated):
        inside |= forgotten_here(session)
    return [row for row in seated if row.pk in inside]


def taken_back_with(session: Session, reason: str) -> QuerySet[LedgerEntry]:
    """By what people were in who were taken back when the session was called off for the reason; not one by one."""
    void = {"successor__kind": LedgerEntry.Kind.VOID, "successor__reason": reason}
    return LedgerEntry.objects.people().filter(session=session, **void)


def those_of(entries: Iterable[LedgerEntry], rows: Iterable[Registration]) -> set[int]:
    """Keys of those of a session's registrations whose holder came in by one of its entries."""
    tokens = {entry.person_token for entry in entries if entry.person_token}
    if not tokens:
        return set()
    came = set(Participant.objects.filter(token__among=tokens).values_list("resident_id", flat=True))
    return {row.pk for row in rows if row.resident_id in came}


def came_in(sessions: Iterable[Session]) -> dict[tuple[int, int], CameIn]:
    """How each person who signed up came in, by keys of session and resident."""
    sessions = list(sessions)
    programmes = {session.activity.programme_id for session in sessions}
    signed_up = Participant.objects.filter(programme__in=programmes, resident__registrations__session__in=sessions)
    residents = dict(signed_up.order_by().distinct().values_list("token", "resident_id"))
    rows = Attendance.objects.filter(session__in=sessions, person_token__in=residents)
    return {
        (row.session_id, residents[row.person_token]): CameIn(
            row.entry_id, row.entry.occurred_at or row.entry.recorded_at, row.entry.source
        )
        for row in rows.select_related("entry")
    }
