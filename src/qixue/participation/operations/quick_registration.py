"""Signing up alone in few hand-written statements: the way that thousands go in the same minute.

For whoever signs up themselves and nobody else, at a session with the usual terms. Everything else, and everything that
is to be refused, is left to `registrations.register`: None says that nothing was written and that it should look. Both
ways leave the same rows behind (tests/participation/test_quick_registration.py).

Those who ask for the same session while its row is locked are signed up together by whoever comes next: three questions
under the lock say what all of them need to know, beginning with who they are, they are placed one after the other in
the order in which they came, and one INSERT for each table writes what belongs to all of them.
"""

import datetime
import uuid
from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from typing import Any

from django.db import IntegrityError

from qixue.core.clock import SHANGHAI
from qixue.core.inserts import insert_all, made, prepared
from qixue.core.models import AuditEntry, OutboxMessage, audit_entry
from qixue.core.outbox import message_of
from qixue.core.statements import PLANNED_ONCE, Statement, among, answers_to, listed, vendor
from qixue.core.together import Lines
from qixue.participation.models import Registration, RegistrationTerms
from qixue.participation.models.registrations import random_door_code
from qixue.participation.notices import Event, about_event, place_of, told_at_once
from qixue.participation.operations.asked_again import first_rows, is_same_request
from qixue.people.callers import Caller, asking_for, aware, callers_in
from qixue.people.models import ApiToken, Notification, Resident
from qixue.people.operations.notifications import letters_to, line_of
from qixue.people.operations.residents import is_child_in
from qixue.programme.models import Activity, Programme, Session
from qixue.programme.models.activities import titled, titled_in_english

State = Registration.State
MOST_DRAWS = 10  # of door codes, before it is left to who looks at all of them
USUAL_LIMIT = RegistrationTerms.place_limit.field.default
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
    "calling_off",
    "door_devices",
    "wall_code",
    "scans",
    "attendances",
    "ledger_entries",
    "tally",
    "feedback",
    "feedback_invitations",
)
LINES = Lines(  # by session
    f"SELECT {PLANNED_ONCE} FROM programme_session WHERE id = %s FOR NO KEY UPDATE",  # noqa: S608 - of our own
    lambda session, calls: register_all(made(Session, id=session), calls),
)
LOOK = """
SELECT s.state, s.starts_at, s.seat_count, s.taken_count, s.waiting_count, s.last_waiting_number, a.title, a.title_en,
    s.topic, s.topic_en, s.is_online, a.state, p.state, v.name, v.name_en, t.opens_at, t.closes_at, t.place_limit,
    t.offer_hours,
    CASE WHEN s.waiting_count = 0 OR s.taken_count >= s.seat_count THEN 0 WHEN EXISTS ({fitting}) THEN 1 ELSE 0 END,
    {has_usual_terms}
FROM programme_session s
JOIN programme_activity a ON a.id = s.activity_id
JOIN programme_programme p ON p.id = a.programme_id
LEFT JOIN places_venue v ON v.id = s.venue_id
LEFT JOIN participation_registrationterms t ON t.session_id = s.id
WHERE s.id = %s
"""
KNOWN = "SELECT id, party, session_id, resident_id, registered_by_id, state FROM participation_registration"
FITTING = """
SELECT 1 FROM participation_registration w WHERE w.session_id = s.id AND w.state = 'waiting' AND s.seat_count >= (
    SELECT COUNT(*) FROM participation_registration m
    WHERE m.party = w.party AND m.session_id = w.session_id AND m.state = 'waiting')
"""  # who waits in a party that is not larger than the room, as in `queries.queue`
ACTIVE = "NOT (state = 'cancelled')"
COUNT = "UPDATE programme_session SET taken_count = %s, waiting_count = %s, last_waiting_number = %s WHERE id = %s"


@dataclass(frozen=True)
class Call:
    """What was sent, by whoever the token belongs to; `people` are keys of residents, None for the caller alone."""

    party: uuid.UUID
    token: str  # its digest
    people: list[int] | None
    at: datetime.datetime


@dataclass(frozen=True)
class Ask:
    """What one person asks for."""

    party: uuid.UUID
    resident: Resident
    by: Caller
    at: datetime.datetime
    stored_party: Any  # as the database gives it back


@dataclass
class Seen:
    """The session under its lock: enough to know whether this way is right for it, and what to write. Its counts go on
    with each who is placed.
    """

    state: str
    starts_at: datetime.datetime | None
    seat_count: int | None
    taken_count: int
    waiting_count: int
    last_waiting_number: int
    title: str
    title_en: str
    topic: str
    topic_en: str
    is_online: bool
    activity_state: str
    programme_state: str
    venue: str | None
    venue_en: str | None
    opens_at: datetime.datetime | None
    closes_at: datetime.datetime | None
    place_limit: int | None
    offer_hours: int | None
    is_queue_ahead: bool  # a seat is free, and somebody waits whom it can still go to
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

    @cached_property
    def event(self) -> Event:
        venue = (self.venue, self.venue_en or "") if self.venue else None
        place = place_of(venue, is_online=bool(self.is_online))
        title_en = titled_in_english(self.title, self.title_en, self.topic, self.topic_en)
        starts_at = aware(self.starts_at) if self.starts_at else None
        return Event(titled(self.title, self.topic), title_en, starts_at, *place)

    @property
    def has_seat(self) -> bool:
        """As `has_seats_for` says of one; of those who ask here the first to wait leaves no seat behind."""
        return not self.is_queue_ahead and self.taken_count < (self.seat_count or 0)


def register_alone(
    session: int, *, party: uuid.UUID, token: str, people: list[int] | None = None, at: datetime.datetime
) -> Registration | None:
    """The seat of whoever the token belongs to, or their place in the queue, also when asked for again under the same
    key; None where the ordinary way has to look, as it has where `people` are not the caller alone.
    """
    call = Call(party, ApiToken.digest_of(token), people, at)
    try:
        row: Registration | None = LINES.at(session).take_part(call)
    except IntegrityError:  # somebody or something went away in between: the ordinary way looks again
        return None
    return row


def register_all(session: Session, calls: list[Call]) -> list[Registration | None]:
    """Place those who call one after the other, in the order in which they lined up, under the lock of the session."""
    looked, rows = answers_to((look(), [session.pk]), asking_for(call.token for call in calls))
    callers = callers_in(rows)
    asks = [ask_of(call, callers.get(call.token)) for call in calls]
    usual = [ask for ask in asks if ask]
    if not (looked and usual):
        return [None] * len(calls)
    [known] = answers_to(known_of(session, usual))
    placing = Placing(session, Seen(*looked[0]), known)
    answers = [placing.answer(ask) if ask else None for ask in asks]
    if placing.made:
        write(placing)
    return answers


def ask_of(call: Call, by: Caller | None) -> Ask | None:
    """None for whoever may not call, is no resident, has or had a role, or asks for others."""
    if by is None or by.resident is None or by.has_role or not by.may_call_at(call.at):
        return None
    if call.people not in (None, [by.resident.pk]):
        return None
    return Ask(call.party, by.resident, by, call.at, prepared(Registration, "party", call.party))


@cache
def look() -> str:
    """Made when all models are known."""
    terms = [f"(t.session_id IS NULL OR {usual(field)})" for field in other_terms()]
    hanging = [
        f"NOT EXISTS (SELECT 1 FROM {relation.field.model._meta.db_table} h WHERE h.{relation.field.column} = s.id)"  # noqa: S608 - from models
        for relation in Session._meta.related_objects
        if relation.get_accessor_name() not in NO_SAY
    ]
    return LOOK.format(fitting=FITTING, has_usual_terms=" AND ".join([*terms, *hanging, "1 = 1"]))


def other_terms() -> list[Any]:
    return [field for field in RegistrationTerms._meta.concrete_fields if field.name not in KEPT_TERMS]


def usual(field: Any) -> str:
    """That a term is what it is where nobody has set it. Of what is never NULL only texts are known here."""
    return f"t.{field.column} IS NULL" if field.null else f"t.{field.column} = '{field.get_default()}'"


def known_of(session: Session, asks: list[Ask]) -> Statement:
    """What asks for the registrations that have a say in the answers."""
    parties = listed(ask.stored_party for ask in asks)
    residents, users = listed(ask.resident.pk for ask in asks), listed(ask.by.user.pk for ask in asks)
    return finding(vendor()), [parties, session.pk, residents, session.pk, users]


@cache
def finding(_vendor: str) -> str:
    """By key, resident and account, each of which has few; whether they are active is seen from the rows.

    The plus keeps the indexes of the session away, at which thousands are signed up. They must not even fit: PostgreSQL
    keeps the plan that it made while the table was small and all of them seemed to be the same.
    """
    arms = [
        among("party", "uuid"),
        f"+session_id = %s AND {among('resident_id', 'bigint')}",
        f"+session_id = %s AND {among('registered_by_id', 'bigint')}",
    ]
    return " UNION ALL ".join(f"{KNOWN} WHERE {arm}" for arm in arms)


class Placing:
    """Those who asked together: who is there already, and who is given what."""

    def __init__(self, session: Session, seen: Seen, known: list[tuple]) -> None:
        """`known` are rows of KNOWN, some of them twice."""
        self.session, self.seen = session, seen
        there = {row[0]: row[3:5] for row in known if row[2] == session.pk and row[5] != State.CANCELLED}
        self.residents = {resident for resident, _user in there.values()}
        self.held = Counter(user for _resident, user in there.values())
        self.used = {row[1] for row in known}
        self.made: dict[Any, tuple[Registration, Ask]] = {}  # by party

    def answer(self, ask: Ask) -> Registration | None:
        party = ask.stored_party
        if not self.seen.has_usual_terms:
            return None
        if party in self.made:
            return self.answered_first([self.made[party][0]], ask)
        if party in self.used:
            return self.answered_first(list(Registration.objects.filter(party=ask.party).order_by("pk")), ask)
        if not self.is_usual(ask):
            return None
        row = self.placed(ask)
        self.made[party] = row, ask
        self.residents.add(ask.resident.pk)
        self.held[ask.by.user.pk] += 1
        return row

    def answered_first(self, rows: list[Registration], ask: Ask) -> Registration | None:
        """From all rows of the party; the ordinary way refuses who asks for something else under its key. Nobody is
        asked anything at a session that this way knows: there are no answers to compare.
        """
        first, source = first_rows(rows), Registration.Source.SELF
        if not is_same_request(first, self.session, [ask.resident.pk], by=ask.by.user, source=source):
            return None
        return first[0] if first[0].state != State.ENTERED else None

    def is_usual(self, ask: Ask) -> bool:
        """Whether this way is right for them."""
        limit = self.seen.place_limit
        return (
            self.seen.is_usual_at(ask.at)
            and not can_be_child(ask.resident, self.seen, ask.at)
            and ask.resident.pk not in self.residents
            and self.held[ask.by.user.pk] < (USUAL_LIMIT if limit is None else limit)
        )

    def placed(self, ask: Ask) -> Registration:
        """With a seat, or behind all who wait; counted."""
        seen = self.seen
        row = made(
            Registration,
            {"session": self.session, "resident": ask.resident, "registered_by": ask.by.user},
            party=ask.party,
            state=State.CONFIRMED,
            registered_at=ask.at,
        )
        if seen.has_seat:
            seen.taken_count += 1
            return row
        seen.waiting_count += 1
        seen.last_waiting_number += 1
        row.state, row.waiting_number, row.first_place = State.WAITING, seen.last_waiting_number, seen.waiting_count
        return row


def can_be_child(resident: Resident, seen: Seen, at: datetime.datetime) -> bool:
    """Whether a guardian has to be asked for: only the year of birth is known."""
    year = (aware(seen.starts_at) if seen.starts_at else at).astimezone(SHANGHAI).year
    return is_child_in(year, resident.birth_year)


def write(placing: Placing) -> None:
    """The counts of the session and all rows that belong to those who were placed, whose keys are set."""
    seen, placed = placing.seen, list(placing.made.values())
    counts = seen.taken_count, seen.waiting_count, seen.last_waiting_number
    audit, inbox, letters = zip(*(beside(row, seen, ask) for row, ask in placed), strict=True)
    others = [audit, inbox, list(chain.from_iterable(letters))]
    _counted, keys, *_others = answers_to(
        (COUNT, [*counts, placing.session.pk]),
        with_free_codes([row for row, _ask in placed]),
        *(insert_all(records) for records in others if records),
    )
    for _time in range(MOST_DRAWS):
        for party, key in keys:
            placing.made[party][0].pk = key
        if not (without := [row for row, _ask in placed if row.pk is None]):
            return
        for row in without:
            row.door_code = random_door_code()
        [keys] = answers_to(with_free_codes(without))
    raise IntegrityError("No door code is free.")


def with_free_codes(rows: list[Registration]) -> Statement:
    """What writes those whose door code nobody has at the session, and returns which."""
    statement, values = insert_all(rows)
    return f"{statement} ON CONFLICT (session_id, door_code) WHERE {ACTIVE} DO NOTHING RETURNING party, id", values


def beside(row: Registration, seen: Seen, ask: Ask) -> tuple[AuditEntry, Notification, list[OutboxMessage]]:
    """What is written with the registration: the audit entry, the line in the inbox, the letters."""
    user = ask.by.user
    kind, more = told_at_once([row], seen.offer_hours)
    notice, details = about_event(kind, seen.event, [row], **more), {"party": str(row.party), "places": 1}
    letters = letters_to(user, notice, ask.by.wishes, scope="", at=ask.at)
    return (
        audit_entry("registration.made", row.session, by=user, at=ask.at, details=details),
        line_of(user, notice, at=ask.at),
        [message_of(letter, at=ask.at) for letter in letters],
    )
