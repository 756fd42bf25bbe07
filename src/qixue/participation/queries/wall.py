"""The wall of a session, and what a household finds there."""

import datetime
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from qixue.core.sealed import unseal
from qixue.participation.models import Attendance, LedgerEntry, Participant, Registration, Scan, WallCode
from qixue.participation.queries.attendances import entries_of_people
from qixue.participation.queries.forgotten import forgotten_inside
from qixue.participation.queries.queue import seats_left
from qixue.people.models import Resident
from qixue.programme.models import Session

SEALED_FOR = "wall-code"


def open_wall(session: Session) -> WallCode | None:
    """The wall of a session that shows its code."""
    return WallCode.objects.filter(session=session, closed_at=None).first()


def secret_of(wall: WallCode) -> bytes:
    """Its 32 bytes; random ones, to which no code fits, where the secret key of the installation has changed."""
    opened = unseal(wall.sealed_secret, SEALED_FOR)
    return bytes.fromhex(opened) if opened else secrets.token_bytes(32)


@dataclass(frozen=True)
class AtTheWall:
    """Somebody of a household: signed up or not, in or not."""

    resident: Resident
    registration: Registration | None
    entry: LedgerEntry | None
    is_looked_at: bool  # their scan waits for a person

    @property
    def is_expected(self) -> bool:
        return self.registration is not None and self.registration.state in Registration.SEATED_STATES

    @property
    def waits(self) -> bool:
        return self.registration is not None and not self.is_expected

    @property
    def is_absent(self) -> bool:
        """Whether the page offers to check them in."""
        return self.entry is None and not self.waits and not self.is_looked_at

    @property
    def came_at(self) -> datetime.datetime | None:
        return self.entry.occurred_at if self.entry else None


def household_at(session: Session, household: Sequence[Resident]) -> list[AtTheWall]:
    """Where each of a household stands at a session, in the order of the household."""
    active = Registration.objects.active().filter(session=session, resident__in=household)
    registrations = {row.resident_id: row for row in active}
    known = Participant.objects.filter(programme=session.activity.programme, resident__in=household)
    tokens = dict(known.values_list("resident_id", "token"))
    entries = entries_of_people([session], tokens.values())
    undecided = Scan.objects.undecided().filter(session=session, kind=Scan.Kind.WALL, resident__in=household)
    waiting = set(undecided.values_list("resident_id", flat=True))
    return [
        AtTheWall(
            person,
            registrations.get(person.pk),
            entries.get((session.pk, tokens[person.pk])) if person.pk in tokens else None,
            person.pk in waiting,
        )
        for person in household
    ]


def places_for_walk_ins(session: Session) -> int | None:
    """How many people can still come who are not signed up; None where there is no limit; see `seats_left`."""
    if session.seat_count is None:
        return None
    seated = Registration.objects.filter(session=session, state__in=Registration.SEATED_STATES)
    expected = Participant.objects.filter(
        programme=session.activity.programme, resident__in=seated.order_by().values("resident")
    )
    inside = Attendance.objects.filter(session=session).exclude(person_token__in=expected.values("token"))
    unnamed = LedgerEntry.objects.effective().one_by_one().filter(session=session, person_token=None)
    walked_in = inside.count() + unnamed.count() - len(forgotten_inside(session, seated.filter(was_there=True)))
    return max(seats_left(session) - walked_in, 0)
