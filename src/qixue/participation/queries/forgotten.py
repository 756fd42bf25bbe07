"""Whoever came and was erased since: an entry that leads to nobody, and a seat that says that its holder came.

Which entry belongs to which seat nobody can say. A walk-in who was erased leaves an entry and no seat; an entry that
was taken back leaves a seat and no entry. So of those who were signed up as many are in as there are of both.
"""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from qixue.participation.models import Attendance, LedgerEntry, Participant, Registration, Scan
from qixue.programme.models import Session


def forgotten_inside(session: Session, registrations: Iterable[Registration]) -> list[int]:
    """Keys of as many entries of forgotten people as there are seats of such people among the registrations.

    Those that do not say walk-in go first: whoever is signed up comes in by another way.
    """
    seats = sum(row.was_there for row in registrations)
    if not seats:
        return []
    known = Participant.objects.filter(token=OuterRef("person_token"))
    walked_in = Q(entry__source=LedgerEntry.Source.WALK_IN)
    entries = Attendance.objects.filter(~Exists(known), session=session).alias(walked_in=walked_in)
    return list(entries.order_by("walked_in", "entry_id").values_list("entry_id", flat=True)[:seats])


def forgotten_here(session: Session) -> set[int]:
    """Keys of the registrations of those who are in: the seats first, and of these the oldest."""
    rows = Registration.objects.active().filter(session=session, was_there=True).order_by("pk")
    places = sorted(rows, key=lambda row: row.state not in Registration.SEATED_STATES)
    return {row.pk for row in places[: len(forgotten_inside(session, places))]}


def forgotten_places(session: Session, scans: Iterable[Scan]) -> set[int]:
    """Of those to whom the scans lead the keys of who was counted at the session and is forgotten since."""
    seats = Registration.objects.filter(session=session, was_there=True)
    places = seats.filter(resident__in={scan.resident_id for scan in scans})
    return set(places.values_list("resident_id", flat=True))
