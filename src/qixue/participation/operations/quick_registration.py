"""Signing up alone in few hand-written statements: the way that thousands go in the same minute.

For whoever signs up themselves and nobody else, at a session with the usual terms. Everything else, and everything that
is to be refused, is left to `registrations.register`: None says that nothing was written and that it should look. Both
ways leave the same rows behind (tests/participation/test_quick_registration.py).

One UPDATE asks everything that must hold under the lock of the session's row, and takes the seat or the number. The
text of the notice is written before, so that nobody waits for it: whether there is a seat is looked up first, and the
UPDATE finds nothing where that has changed. SQLite then gets one INSERT after the other; PostgreSQL gets all of it in
one message, and the lock is held for as long as the disk needs and no longer.
"""

import datetime
import uuid
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import IntegrityError, connection, transaction

from qixue.core.clock import SHANGHAI
from qixue.core.inserts import Insert
from qixue.core.models import audit_entry
from qixue.core.outbox import message_of
from qixue.core.together import Line
from qixue.participation.models import Registration, RegistrationTerms
from qixue.participation.notices import about_party
from qixue.people.callers import Caller, aware
from qixue.people.operations.notifications import letters_to, line_of
from qixue.people.operations.residents import is_child_in
from qixue.places.models import Venue
from qixue.programme.models import Activity, Programme, Session

State = Registration.State
LINE = Line()
# The terms that this way keeps; a session with any other goes the ordinary way.
KEPT_TERMS = ("session", "opens_at", "closes_at", "cancel_until", "place_limit", "offer_hours")
# What hangs on a session without a say in who signs up. Where there is anything else, a question, say, the ordinary way
# is asked, also for what was invented after this was written.
NO_SAY = (
    "registrations",
    "registration_terms",
    "listing",
    "room_booking",
    "registrant_messages",
    "door_devices",
    "wall_code",
    "scans",
    "attendances",
    "ledger_entries",
    "tally",
    "feedback",
    "feedback_invitations",
)
LOOK = """
SELECT s.state, s.starts_at, s.seat_count, s.taken_count, s.waiting_count, a.title, a.state, p.state, v.name,
    t.opens_at, t.closes_at, t.place_limit, {has_usual_terms}
FROM programme_session s
JOIN programme_activity a ON a.id = s.activity_id
JOIN programme_programme p ON p.id = a.programme_id
LEFT JOIN places_venue v ON v.id = s.venue_id
LEFT JOIN participation_registrationterms t ON t.session_id = s.id
WHERE s.id = %s
"""
LOCK = "SELECT 1 FROM programme_session WHERE id = %(session)s FOR NO KEY UPDATE"
TAKE = """
UPDATE programme_session SET taken_count = taken_count + %(seats)s, waiting_count = waiting_count + 1 - %(seats)s,
    last_waiting_number = last_waiting_number + 1 - %(seats)s
WHERE id = %(session)s AND state = 'planned'
    AND CASE WHEN waiting_count = 0 AND taken_count < seat_count THEN 1 ELSE 0 END = %(seats)s
    AND NOT EXISTS (SELECT 1 FROM participation_registration WHERE party = %(party)s)
    AND NOT EXISTS (SELECT 1 FROM participation_registration
        WHERE session_id = %(session)s AND resident_id = %(resident)s AND NOT (state = 'cancelled'))
    AND (SELECT COUNT(*) FROM participation_registration
        WHERE registered_by_id = %(user)s AND session_id = %(session)s AND NOT (state = 'cancelled')) < %(limit)s
RETURNING last_waiting_number, waiting_count
"""


@dataclass(frozen=True)
class Seen:
    """The session a moment before: enough to know whether this way is right for it, and what to write."""

    state: str
    starts_at: datetime.datetime | None
    seat_count: int | None
    taken_count: int
    waiting_count: int
    title: str
    activity_state: str
    programme_state: str
    venue: str | None
    opens_at: datetime.datetime | None
    closes_at: datetime.datetime | None
    place_limit: int | None
    has_usual_terms: bool

    def is_usual_at(self, at: datetime.datetime) -> bool:
        """Whether anybody can sign up now on the usual terms."""
        closes_at = self.closes_at or self.starts_at
        return (
            self.state == Session.State.PLANNED
            and self.activity_state == Activity.State.PUBLISHED
            and self.programme_state in Programme.PUBLIC_STATES
            and self.seat_count is not None
            and bool(self.has_usual_terms)
            and (closes_at is None or at < aware(closes_at))
            and (self.opens_at is None or at >= aware(self.opens_at))
        )

    @property
    def has_seat(self) -> bool:
        return self.waiting_count == 0 and self.taken_count < (self.seat_count or 0)


def register_alone(session: int, *, party: uuid.UUID, by: Caller, at: datetime.datetime) -> Registration | None:
    """The caller's own seat, or their place in the queue; None where the ordinary way has to look."""
    if by.resident is None or by.has_role:
        return None
    seen = seen_session(session)
    if seen is None or not seen.is_usual_at(at) or can_be_child(by, seen, at):
        return None
    row = Registration(
        session=shown(session, seen),
        resident=by.resident,
        party=party,
        state=State.CONFIRMED if seen.has_seat else State.WAITING,
        registered_at=at,
        registered_by=by.user,
    )
    limit = RegistrationTerms.place_limit.field.default if seen.place_limit is None else seen.place_limit
    values = {
        "session": session,
        "seats": int(seen.has_seat),
        "party": Registration._meta.get_field("party").get_db_prep_value(party, connection),
        "resident": by.resident.pk,
        "user": by.user.pk,
        "limit": limit,
    }
    try:
        return taken(row, values, others(row, by, at=at))
    except IntegrityError:  # somebody was there in between, or drew the same code: the ordinary way looks again
        return None


@cache
def look() -> str:
    """Made when all models are known."""
    terms = [f"(t.session_id IS NULL OR {usual(field)})" for field in other_terms()]
    hanging = [
        f"NOT EXISTS (SELECT 1 FROM {relation.field.model._meta.db_table} h WHERE h.{relation.field.column} = s.id)"  # noqa: S608 - from models
        for relation in Session._meta.related_objects
        if relation.get_accessor_name() not in NO_SAY
    ]
    return LOOK.format(has_usual_terms=" AND ".join([*terms, *hanging, "1 = 1"]))


def other_terms() -> list[Any]:
    return [field for field in RegistrationTerms._meta.concrete_fields if field.name not in KEPT_TERMS]


def usual(field: Any) -> str:
    """That a term is what it is where nobody has set it. Of what is never NULL only texts are known here."""
    return f"t.{field.column} IS NULL" if field.null else f"t.{field.column} = '{field.get_default()}'"


def seen_session(pk: int) -> Seen | None:
    with connection.cursor() as cursor:
        cursor.execute(look(), [pk])
        row = cursor.fetchone()
    return Seen(*row) if row else None


def can_be_child(by: Caller, seen: Seen, at: datetime.datetime) -> bool:
    """Whether a guardian has to be asked for: only the year of birth is known."""
    assert by.resident is not None  # noqa: S101 - its caller looked
    year = (aware(seen.starts_at) if seen.starts_at else at).astimezone(SHANGHAI).year
    return is_child_in(year, by.resident.birth_year)


def shown(pk: int, seen: Seen) -> Session:
    """The session as far as a notice tells of it."""
    starts_at = aware(seen.starts_at) if seen.starts_at else None
    venue = Venue(name=seen.venue) if seen.venue is not None else None
    return Session(pk=pk, activity=Activity(title=seen.title), venue=venue, starts_at=starts_at)


def others(row: Registration, by: Caller, *, at: datetime.datetime) -> list[Insert]:
    """What is written beside the registration: the audit entry, the line in the inbox, the letters."""
    kind = "registration_confirmed" if row.state == State.CONFIRMED else "registration_waiting"
    notice, details = about_party(kind, [row]), {"party": str(row.party), "places": 1}
    letters = letters_to(by.user, notice, by.wishes, scope="", at=at)
    records = [
        audit_entry("registration.made", row.session, by=by.user, at=at, details=details),
        line_of(by.user, notice, at=at),
        *[message_of(letter, at=at) for letter in letters],
    ]
    return [Insert.of(record) for record in records]


def taken(row: Registration, values: dict[str, Any], beside: list[Insert]) -> Registration | None:
    """Write all of it, or nothing; None where the session is not as it was seen."""
    own = Insert.of(row)
    if connection.vendor == "postgresql":
        found = in_one_message(own, values, beside)
    else:
        found = LINE.take_part(lambda: one_by_one(own, values, beside))
    if found is None:
        return None
    row.pk, number, place = found
    if row.state == State.WAITING:
        row.waiting_number, row.first_place = number, place
    return row


def one_by_one(own: Insert, values: dict[str, Any], beside: list[Insert]) -> tuple[int, int, int] | None:
    """Key of the registration, its number and its place in the queue."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values)
        if (found := cursor.fetchone()) is None:
            return None
        if own.values["state"] == State.WAITING:
            own.values["waiting_number"], own.values["first_place"] = found
        cursor.execute(own.statement(), own.parameters())
        key = cursor.lastrowid
        for insert in beside:
            cursor.execute(insert.statement(), insert.parameters())
    return key, *found


def in_one_message(own: Insert, values: dict[str, Any], beside: list[Insert]) -> tuple[int, int, int] | None:
    """The same. The statements of one message are one transaction, and each sees what was committed before it began:
    the lock comes first, so that what follows reads what the former holder of the lock has written.
    """
    is_waiting = own.values["state"] == State.WAITING
    computed = {"waiting_number": "taken.number", "first_place": "taken.place"} if is_waiting else {}
    whole = transaction.atomic() if connection.in_atomic_block else nullcontext()
    with whole, connection.cursor() as cursor:
        bound = cursor.mogrify
        written = [bound(own.from_row("taken", **computed), own.parameters(*computed))]
        written += [bound(insert.from_row("taken"), insert.parameters()) for insert in beside]
        named = [f"row_{number} AS ({text} RETURNING id)" for number, text in enumerate(written)]
        steps = ", ".join([f"taken (number, place) AS ({bound(TAKE, values)})", *named])
        message = f"{bound(LOCK, values)}; WITH {steps} SELECT row_0.id, number, place FROM taken, row_0"  # noqa: S608 - bound
        cursor.execute(message)
        cursor.nextset()  # the first is that of the lock
        found: tuple[int, int, int] | None = cursor.fetchone()
    return found
