"""One scan of somebody who is expected, in few hand-written statements: what a door with a network sends all day.

For a single scan that leads to an active registration, is good by the rules of `merge.py` and brings in somebody who
is not in yet. Everything else is left to `door_sync.receive_scans`: None says that nothing was written and that it
should look. Both ways leave the same rows behind (tests/participation/test_quick_scan.py).

Those who wait for the same chain are looked at and written together by whoever comes next, under the lock of the
chain: a few statements, the same ones for one as for all of them, and one commit. Who is held by somebody else, as by
an erasure, goes the ordinary way, which waits. That nobody is in twice is left to the constraints: where one of them
speaks up, nothing of the set is written; each is tried again by itself, and who then still hears of it goes the
ordinary way.
"""

import datetime
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import IntegrityError, connection, models

from qixue.core.inserts import insert_all, made, prepared
from qixue.core.models import AuditEntry, audit_entry
from qixue.core.signing_keys import verification_keys
from qixue.core.statements import PLANNED_ONCE, answers_to, given
from qixue.core.together import Lines
from qixue.participation.merge import HIGHEST_PACE, MINUTE, Facts, Holder, arrived_with, judge, minute_of
from qixue.participation.models import Attendance, DoorDevice, LedgerChain, LedgerEntry, Participant, Scan
from qixue.participation.operations.check_ins import draft_of
from qixue.participation.operations.door_sync import (
    Delivery,
    Receipt,
    answer_to,
    check_in_of,
    highest_of,
    missing_from,
    scan_of,
)
from qixue.participation.operations.ledger import built_entry
from qixue.participation.queries.door import Shown, window_of
from qixue.participation.tickets import BadTicket, decode
from qixue.people.callers import aware
from qixue.people.models import Organisation
from qixue.programme.models import Activity, Programme, Session

LINES = Lines(  # by organisation: each keeps a chain of its own
    f"SELECT {PLANNED_ONCE} FROM participation_ledgerchain WHERE organisation_id = %s FOR UPDATE",  # noqa: S608 - of our own
    lambda organisation, arrivals: write(organisation, arrivals),
)
QUICK_KINDS = (Scan.Kind.TICKET, Scan.Kind.CODE, Scan.Kind.NAME)
ASKED = {  # of each scan, with the types of PostgreSQL
    "place": "bigint",
    "device": "bigint",
    "uuid": "uuid",
    "session": "bigint",
    "registration": "bigint",
    "code": "varchar",
    "corrected_at": "timestamptz",
    "minute": "timestamptz",
    "next_minute": "timestamptz",
}
SHOWN = """
participation_registration r ON r.session_id = given.session AND r.id = COALESCE(given.registration, (
    SELECT id FROM participation_registration
    WHERE session_id = given.session AND door_code = given.code AND NOT (state = 'cancelled')))
"""
HOLD = f"""
SELECT given.place, h.id FROM {{given}}
JOIN participation_doordevice d ON d.id = given.device
JOIN {SHOWN}
JOIN people_resident h ON h.id = r.resident_id
FOR NO KEY UPDATE OF d, h SKIP LOCKED
"""  # noqa: S608 - SQL of our own
LOOK = f"""
SELECT given.place, s.id, s.number, s.state, s.starts_at, s.ends_at, a.id, a.code, o.id, o.code, p.id, p.code,
    c.length, c.head_hash, r.id, r.session_id, r.door_code, r.state, r.cancelled_at, h.id, h.name, t.token,
    (SELECT at FROM participation_bundlefetch WHERE device_id = given.device AND at <= given.corrected_at
        ORDER BY at DESC LIMIT 1),
    (SELECT COUNT(*) FROM (SELECT 1 FROM participation_scan WHERE device_id = given.device
        AND corrected_at >= given.minute AND corrected_at < given.next_minute
        ORDER BY corrected_at LIMIT {HIGHEST_PACE}) of_minute),
    COALESCE((SELECT uuid FROM participation_scan WHERE device_id = given.device AND uuid >= given.uuid
        ORDER BY uuid LIMIT 1) = given.uuid, FALSE)
    OR EXISTS (SELECT 1 FROM participation_attendance WHERE session_id = s.id AND person_token = t.token),
    d.highest_sequence, d.arrived_to
FROM {{given}}
JOIN participation_doordevice d ON d.id = given.device
JOIN participation_doordevice_sessions m ON m.doordevice_id = given.device AND m.session_id = given.session
JOIN programme_session s ON s.id = m.session_id
JOIN programme_activity a ON a.id = s.activity_id
JOIN people_organisation o ON o.id = a.organisation_id
JOIN programme_programme p ON p.id = a.programme_id
JOIN participation_ledgerchain c ON c.organisation_id = o.id
JOIN participation_tally y ON y.session_id = s.id AND y.head_count IS NULL
JOIN {SHOWN}    AND NOT (r.state = 'cancelled') AND NOT r.was_there
JOIN people_resident h ON h.id = r.resident_id
LEFT JOIN participation_participant t ON t.resident_id = h.id AND t.programme_id = p.id
WHERE o.id = %s
"""  # noqa: S608 - SQL of our own; of the scans of a device in an order that only the right index has (decision 39)
NEXT = "UPDATE participation_ledgerchain SET length = %s, head_hash = %s WHERE organisation_id = %s"
COUNTED = {"session": "bigint", "people": "bigint"}
TALLY = """
UPDATE participation_tally SET named_count = named_count + given.people,
    attendance_count = named_count + unnamed_count + given.people, attendance_qualifier = 'exact',
    is_merged = FALSE
FROM {given} WHERE session_id = given.session
"""  # without a head count those counted one by one are all, whatever the rule of the session
CONTACTS = {
    "device": "bigint",
    "at": "timestamptz",
    "clock_offset": "interval",
    "highest": "bigint",
    "arrived_to": "bigint",
}
CONTACT = """
UPDATE participation_doordevice SET last_seen_at = given.at, clock_offset = given.clock_offset,
    highest_sequence = given.highest, arrived_to = given.arrived_to
FROM {given} WHERE participation_doordevice.id = given.device
"""


@dataclass(frozen=True)
class Arrival:
    """The only scan of a delivery, and how it came. `registration` or `code` says whom it shows."""

    scan: Scan
    registration: int | None
    code: str | None
    device: DoorDevice
    delivery: Delivery
    at: datetime.datetime


class Seen(NamedTuple):
    """What a scan points at, under the lock of the chain."""

    session: Session
    chain: LedgerChain
    shown: Shown
    token: uuid.UUID | None  # of the person in the programme; None for whoever comes for the first time
    list_from: datetime.datetime | None
    scans_in_minute: int  # that the device has sent
    is_there: bool  # the scan was stored before, or the person is in
    numbers: "Numbers"


class Numbers(NamedTuple):
    """Of a device's scans: the last one that it gave, and the one up to which all have arrived."""

    highest: int
    arrived_to: int

    def after(self, arrivals: Sequence[Arrival]) -> "Numbers":
        """Once these scans of the device are there, too."""
        highest = max(self.highest, *(highest_of(each.delivery) for each in arrivals))
        return Numbers(highest, arrived_with([each.scan.sequence for each in arrivals], self.arrived_to))


class Written(NamedTuple):
    """A scan that counts: whom it let in, and how far its device has come."""

    shown: Shown
    numbers: Numbers


def receive_alone(device: DoorDevice, delivery: Delivery, *, at: datetime.datetime) -> Receipt | None:
    """Store and count the only scan of a delivery; None where the ordinary way has to look."""
    arrival = arrival_of(device, delivery, at=at)
    if arrival is None:
        return None
    try:
        written: Written | None = LINES.at(device.organisation_id).take_part(arrival)
    except IntegrityError:  # a scan or a person came another way in between: the ordinary way looks again
        return None
    if written is None:
        return None
    device.highest_sequence, device.arrived_to = written.numbers
    return Receipt([answer_to(arrival.scan, written.shown)], missing_from(device))


def arrival_of(device: DoorDevice, delivery: Delivery, *, at: datetime.datetime) -> Arrival | None:
    """The only scan of a delivery, if it is one for this way and leads to somebody."""
    if len(delivery.scans) != 1 or delivery.scans[0].kind not in QUICK_KINDS:
        return None
    scan = scan_of(device, delivery.scans[0], offset=at - delivery.clock, at=at)
    registration, code = shown_by(scan)
    return Arrival(scan, registration, code, device, delivery, at) if registration or code else None


def shown_by(scan: Scan) -> tuple[int | None, str | None]:
    """The registration, or the door code at the session, that a scan shows."""
    if scan.kind == Scan.Kind.CODE:
        return None, scan.sent.get("code")
    if scan.kind == Scan.Kind.NAME:
        return scan.sent.get("registration"), None
    try:
        ticket = decode(scan.sent.get("ticket", ""), verification_keys("ticket"), at=scan.corrected_at)
    except BadTicket:
        return None, None
    return ticket.registration if ticket.session == scan.sent["session"] else None, None


def write(organisation: int, arrivals: list[Arrival]) -> list[Written | None]:
    """Write the scans that are for this way, under the lock of the organisation's chain; None for the others."""
    seen = looked_at(organisation, arrivals)
    going = list(usual_ones(arrivals, seen))
    if not going:
        return [None] * len(arrivals)
    numbers = write_rows([(arrivals[place], seen[place]) for place in going])
    written = {place: Written(seen[place].shown, numbers[arrivals[place].device.pk]) for place in going}
    return [written.get(place) for place in range(len(arrivals))]


def usual_ones(arrivals: Sequence[Arrival], seen: dict[int, Seen]) -> Iterator[int]:
    """The places of those that are for this way: each scan and each person once, in the order in which they came."""
    taken: set[object] = set()
    before: Counter[tuple[int, datetime.datetime]] = Counter()  # of those, by device and minute
    for place, each in enumerate(arrivals):
        if place not in seen:
            continue
        once = {seen[place].shown.resident_id, (each.device.pk, each.scan.uuid)}
        minute = each.device.pk, minute_of(each.scan.corrected_at)
        if not taken & once and is_usual(each, seen[place], before[minute]):
            taken |= once
            before[minute] += 1
            yield place


def looked_at(organisation: int, arrivals: Sequence[Arrival]) -> dict[int, Seen]:
    """What the scans point at, by their place; without those whose device or person somebody else holds.

    Whoever holds the chain must wait for nothing else: a delivery holds its device and its people and waits for the
    chain, an erasure holds whoever is forgotten. Only afterwards is looked, so that nobody changes what is seen.
    """
    table, values = given(ASKED, [(place, *asked(each)) for place, each in enumerate(arrivals)])
    look = LOOK.format(given=table), [*values, organisation]
    if connection.vendor != "postgresql":
        [rows] = answers_to(look)
        return dict(seen_in(rows))
    held, rows = answers_to((HOLD.format(given=table), values), look)
    return {place: seen for place, seen in seen_in(rows) if (place, seen.shown.resident_id) in held}


def asked(arrival: Arrival) -> tuple[Any, ...]:
    """The values of ASKED after the place."""
    scan = arrival.scan
    minute = minute_of(scan.corrected_at)
    moments = [prepared(Scan, "corrected_at", moment) for moment in (scan.corrected_at, minute, minute + MINUTE)]
    shown = arrival.registration, arrival.code
    return arrival.device.pk, prepared(Scan, "uuid", scan.uuid), scan.sent["session"], *shown, *moments


def seen_in(rows: Sequence[tuple]) -> Iterator[tuple[int, Seen]]:
    """The rows of LOOK by place, as far as scan, entry and answer tell of them."""
    sessions: dict[int, tuple[Session, LedgerChain]] = {}
    for row in rows:
        place, pk = row[:2]
        if pk not in sessions:
            sessions[pk] = session_in(row[1:14])
        shown = Shown(*row[14:21])
        shown = shown._replace(cancelled_at=aware_or_none(shown.cancelled_at))
        token, list_from, scans, is_there, *numbers = row[21:]
        token = uuid.UUID(str(token)) if token else None
        since = aware_or_none(list_from)
        yield place, Seen(*sessions[pk], shown, token, since, scans, bool(is_there), Numbers(*numbers))


def session_in(row: tuple) -> tuple[Session, LedgerChain]:
    pk, number, state, starts_at, ends_at, activity, code, keeper, keeper_code, programme, programme_code = row[:11]
    length, head_hash = row[11:]
    organisation = made(Organisation, id=keeper, code=keeper_code)
    programme = made(Programme, id=programme, code=programme_code)
    activity = made(Activity, {"organisation": organisation, "programme": programme}, id=activity, code=code)
    times = {"starts_at": aware_or_none(starts_at), "ends_at": aware_or_none(ends_at)}
    session = made(Session, {"activity": activity}, id=pk, number=number, state=state, **times)
    return session, made(LedgerChain, organisation_id=keeper, length=length, head_hash=head_hash)


def aware_or_none(moment: datetime.datetime | None) -> datetime.datetime | None:
    return aware(moment) if moment else None


def is_usual(arrival: Arrival, seen: Seen, before: int) -> bool:
    """Whether the scan is for this way: it counts by the rules, and brings in somebody who is not in yet.

    `before` are the scans of the device's minute that are written together with it.
    """
    if seen.is_there or is_to_be_held(seen.session, arrival.at):
        return False
    arrival.scan.pace = seen.scans_in_minute + before + 1
    return is_good(arrival, seen)


def is_to_be_held(session: Session, at: datetime.datetime) -> bool:
    """Whether this is the first who comes in after the start: that marks the session as held."""
    return session.state == Session.State.PLANNED and session.starts_at is not None and session.starts_at <= at


def is_good(arrival: Arrival, seen: Seen) -> bool:
    """Whether it counts by the rules; the scan is filled with what they say."""
    scan = arrival.scan
    facts = Facts(
        occurred_at=scan.occurred_at,
        corrected_at=scan.corrected_at,
        received_at=scan.received_at,
        hours_end=arrival.device.valid_until,
        session=window_of(seen.session),
        holder=Holder(seen.shown.state, True, seen.shown.cancelled_at),
        list_from=seen.list_from,
        pace=scan.pace,
        shown=scan.sent.get("shown", ""),
    )
    judgement = judge(facts)
    scan.session, scan.registration_id, scan.resident_id = seen.session, seen.shown.pk, seen.shown.resident_id
    scan.verdict, scan.marks = Scan.Verdict.COUNTED, " ".join(judgement.marks)
    return judgement.counts


def write_rows(going: Sequence[tuple[Arrival, Seen]]) -> dict[int, Numbers]:
    """Everything that follows from scans that count. Returns how far each device has come."""
    scans, entries = [each.scan for each, _seen in going], entries_after(going)
    chain = [entries[-1].sequence, entries[-1].hash, entries[-1].organisation_id]
    text, values = insert_all(entries)
    keys, _next = answers_to((f"{text} RETURNING sequence, id", values), (NEXT, chain))
    found = dict(keys)
    for scan, entry in zip(scans, entries, strict=True):
        scan.entry_id = found[entry.sequence]
    records: list[Sequence[models.Model]] = [
        [attendance_of(scan, entry) for scan, entry in zip(scans, entries, strict=True)],
        scans,
        [audit_of(each) for each, _seen in going],
        [newcomer(each.scan, entry) for (each, seen), entry in zip(going, entries, strict=True) if seen.token is None],
    ]
    tallies, people = given(COUNTED, list(Counter(scan.session_id for scan in scans).items()))
    numbers = numbers_after(going)
    devices, contacts = given(CONTACTS, contacts_of([each for each, _seen in going], numbers))
    answers_to(
        *(insert_all(rows) for rows in records if rows),
        (TALLY.format(given=tallies), people),
        (CONTACT.format(given=devices), contacts),
    )
    return numbers


def entries_after(going: Sequence[tuple[Arrival, Seen]]) -> list[LedgerEntry]:
    """The entries of the ordinary way, one after the other in their chain, with their hashes."""
    entries, chain = [], going[0][1].chain
    for each, seen in going:
        token = seen.token or uuid.uuid4()
        draft = draft_of(check_in_of(each.scan), token, by=None, device_name=each.device.name, at=each.at)
        entries.append(built_entry(draft, seen.session.activity.organisation, chain))
        chain.length, chain.head_hash = entries[-1].sequence, entries[-1].hash
    return entries


def attendance_of(scan: Scan, entry: LedgerEntry) -> Attendance:
    return made(Attendance, session_id=scan.session_id, person_token=entry.person_token, entry_id=scan.entry_id)


def audit_of(arrival: Arrival) -> AuditEntry:
    return audit_entry("door.received", arrival.device, by=None, at=arrival.at, details={str(arrival.scan.verdict): 1})


def newcomer(scan: Scan, entry: LedgerEntry) -> Participant:
    """Somebody who comes for the first time in the programme."""
    programme = entry.activity.programme_id
    return made(Participant, resident_id=scan.resident_id, programme_id=programme, token=entry.person_token)


def numbers_after(going: Sequence[tuple[Arrival, Seen]]) -> dict[int, Numbers]:
    """How far each device has come with these scans."""
    by_device: dict[int, list[Arrival]] = defaultdict(list)
    for each, _seen in going:
        by_device[each.device.pk].append(each)
    before = {each.device.pk: seen.numbers for each, seen in going}
    return {pk: before[pk].after(arrivals) for pk, arrivals in by_device.items()}


def contacts_of(arrivals: Sequence[Arrival], numbers: dict[int, Numbers]) -> list[tuple[Any, ...]]:
    """The values of CONTACTS; of several scans of one device the last one tells of its clock."""
    last = {each.device.pk: each for each in arrivals}
    return [
        (
            pk,
            prepared(DoorDevice, "last_seen_at", each.at),
            prepared(DoorDevice, "clock_offset", each.at - each.delivery.clock),
            *numbers[pk],
        )
        for pk, each in last.items()
    ]
