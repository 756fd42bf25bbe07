"""One scan of somebody who is expected, in few hand-written statements: what a door with a network sends all day.

For a single scan that leads to an active registration, is good by the rules of `merge.py` and brings in somebody who
is not in yet. Everything else is left to `door_sync.receive_scans`: None says that nothing was written and that it
should look. Both ways leave the same rows behind (tests/participation/test_quick_scan.py).

What the rules ask is read before anybody is locked. Those who wait for the same chain are then written together: a
few statements for all of them, one commit. Under the lock only what others can change meanwhile is asked again: how
fast each device scans, whether session and registration are as they were seen, and whether somebody else holds the
device or the person, as an erasure does. That nobody is in twice is left to the constraints: where one of them speaks
up, nothing of the set is written; each is tried again by itself, and who then still hears of it goes the ordinary way.
"""

import datetime
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, models

from qixue.core.inserts import insert_all, made
from qixue.core.models import AuditEntry, audit_entry
from qixue.core.signing_keys import verification_keys
from qixue.core.statements import Statement, answers_to
from qixue.core.together import Lines
from qixue.participation.merge import HIGHEST_PACE, MINUTE, Facts, Holder, judge, minute_of
from qixue.participation.models import Attendance, DoorDevice, LedgerChain, LedgerEntry, Participant, Registration, Scan
from qixue.participation.operations.check_ins import draft_of
from qixue.participation.operations.door_sync import Delivery, Receipt, check_in_of, highest_of, scan_of
from qixue.participation.operations.ledger import built_entry
from qixue.participation.queries.door import gaps_of, window_of
from qixue.participation.tickets import BadTicket, decode
from qixue.people.callers import aware
from qixue.people.models import Organisation, Resident
from qixue.programme.models import Activity, Programme, Session

LINES = Lines(  # by organisation: each keeps a chain of its own
    "SELECT 1 FROM participation_ledgerchain WHERE organisation_id = %s FOR UPDATE",
    lambda organisation, arrivals: write(organisation, arrivals),
)
QUICK_KINDS = (Scan.Kind.TICKET, Scan.Kind.CODE, Scan.Kind.NAME)
BY_KEY, BY_CODE = "r.id = %(shown)s", "r.door_code = %(shown)s"
LOOK = """
SELECT s.number, s.state, s.starts_at, s.ends_at, a.id, a.code, o.id, o.code, p.id, p.code,
    r.id, r.state, r.cancelled_at, h.id, h.name, t.token, f.at,
    EXISTS (SELECT 1 FROM participation_scan WHERE device_id = %(device)s AND uuid = %(uuid)s)
    OR EXISTS (SELECT 1 FROM participation_attendance WHERE session_id = s.id AND person_token = t.token)
FROM participation_doordevice_sessions d
JOIN programme_session s ON s.id = d.session_id
JOIN programme_activity a ON a.id = s.activity_id
JOIN people_organisation o ON o.id = a.organisation_id
JOIN programme_programme p ON p.id = a.programme_id
JOIN participation_registration r ON r.session_id = s.id AND NOT (r.state = 'cancelled') AND {shown}
JOIN people_resident h ON h.id = r.resident_id
LEFT JOIN participation_participant t ON t.resident_id = h.id AND t.programme_id = p.id
LEFT JOIN participation_bundlefetch f ON f.id = (SELECT id FROM participation_bundlefetch
    WHERE device_id = %(device)s AND at <= %(corrected_at)s ORDER BY at DESC, id DESC LIMIT 1)
WHERE d.doordevice_id = %(device)s AND d.session_id = %(session)s
"""
HEAD = "SELECT length, head_hash FROM participation_ledgerchain WHERE organisation_id = %s"
DEVICES = "SELECT id FROM participation_doordevice WHERE id IN ({holes})"
PEOPLE = "SELECT id FROM people_resident WHERE id IN ({holes})"
FITS = """
SELECT d.id, n.scans + 1 FROM participation_doordevice d,
    (SELECT COUNT(*) AS scans FROM participation_scan
    WHERE device_id = %s AND corrected_at >= %s AND corrected_at < %s) n
WHERE d.id = %s AND n.scans < %s
    AND EXISTS (SELECT 1 FROM participation_registration WHERE id = %s AND state = %s)
    AND EXISTS (SELECT 1 FROM participation_tally WHERE session_id = %s AND head_count IS NULL)
    AND EXISTS (SELECT 1 FROM programme_session s JOIN programme_activity a ON a.id = s.activity_id
        WHERE s.id = %s AND s.state = %s AND a.organisation_id = %s)
"""
NEXT = "UPDATE participation_ledgerchain SET length = %s, head_hash = %s WHERE organisation_id = %s"
TALLY = """
UPDATE participation_tally SET named_count = named_count + %(count)s, attendance_count = named_count + %(count)s,
    attendance_qualifier = 'exact', is_merged = FALSE
WHERE session_id = %(session)s
"""  # without a head count the names are all that counts, whatever the rule of the session
CONTACT = """
UPDATE participation_doordevice SET last_seen_at = %(at)s, clock_offset = %(offset)s,
    highest_sequence = CASE WHEN highest_sequence < %(highest)s THEN %(highest)s ELSE highest_sequence END
WHERE id = %(device)s
"""


@dataclass(frozen=True)
class Seen:
    """What a scan points at, a moment before it is written."""

    session: Session
    registration: Registration
    token: uuid.UUID | None  # of the person in the programme; None for whoever comes for the first time
    list_from: datetime.datetime | None
    is_there: bool  # the scan was stored before, or the person is in


@dataclass(frozen=True)
class Arrival:
    """A scan that counts, with what it points at and how it came."""

    scan: Scan
    seen: Seen
    device: DoorDevice
    delivery: Delivery
    at: datetime.datetime


def receive_alone(device: DoorDevice, delivery: Delivery, *, at: datetime.datetime) -> Receipt | None:
    """Store and count the only scan of a delivery; None where the ordinary way has to look."""
    arrival = arrival_of(device, delivery, at=at)
    if arrival is None:
        return None
    try:
        if not LINES.at(arrival.seen.session.activity.organisation_id).take_part(arrival):
            return None
    except IntegrityError:  # a scan or a person came another way in between: the ordinary way looks again
        return None
    device.highest_sequence = max(device.highest_sequence, highest_of(delivery))
    return Receipt([arrival.scan], gaps_of(device))


def arrival_of(device: DoorDevice, delivery: Delivery, *, at: datetime.datetime) -> Arrival | None:
    """The only scan of a delivery, if it is one for this way."""
    if len(delivery.scans) != 1 or delivery.scans[0].kind not in QUICK_KINDS:
        return None
    scan = scan_of(device, delivery.scans[0], offset=at - delivery.clock, at=at)
    seen = seen_by(scan)
    if seen is None or seen.is_there or is_to_be_held(seen.session, at) or not is_good(scan, seen, device):
        return None
    return Arrival(scan, seen, device, delivery, at)


def seen_by(scan: Scan) -> Seen | None:
    shown, value = shown_by(scan)
    if value is None:
        return None
    values = {
        "device": scan.device_id,
        "session": scan.sent["session"],
        "shown": value,
        "uuid": prepared(Scan, "uuid", scan.uuid),
        "corrected_at": prepared(Scan, "corrected_at", scan.corrected_at),
    }
    [rows] = answers_to((LOOK.format(shown=shown), values))
    return seen_in(rows[0], scan.sent["session"]) if rows else None


def shown_by(scan: Scan) -> tuple[str, Any]:
    """How the registration is found, and by what; None where the scan itself leads to nobody."""
    if scan.kind == Scan.Kind.CODE:
        return BY_CODE, scan.sent.get("code")
    if scan.kind == Scan.Kind.NAME:
        return BY_KEY, scan.sent.get("registration")
    try:
        ticket = decode(scan.sent.get("ticket", ""), verification_keys("ticket"), at=scan.corrected_at)
    except BadTicket:
        return BY_KEY, None
    return BY_KEY, ticket.registration if ticket.session == scan.sent["session"] else None


def seen_in(row: tuple, pk: int) -> Seen:
    """The rows as far as scan, entry and answer tell of them."""
    number, state, starts_at, ends_at, activity, code, keeper, keeper_code, programme, programme_code = row[:10]
    key, holds, cancelled_at, person, name, token, list_from, is_there = row[10:]
    activity = made(Activity, id=activity, code=code)
    activity.organisation = made(Organisation, id=keeper, code=keeper_code)
    activity.programme = made(Programme, id=programme, code=programme_code)
    starts_at, ends_at = starts_at and aware(starts_at), ends_at and aware(ends_at)
    session = made(Session, id=pk, number=number, state=state, starts_at=starts_at, ends_at=ends_at)
    session.activity = activity
    registration = made(Registration, id=key, state=holds, cancelled_at=cancelled_at and aware(cancelled_at))
    registration.session, registration.resident = session, made(Resident, id=person, name=name)
    token = uuid.UUID(str(token)) if token else None
    return Seen(session, registration, token, list_from and aware(list_from), bool(is_there))


def is_to_be_held(session: Session, at: datetime.datetime) -> bool:
    """Whether this is the first who comes in after the start: that marks the session as held."""
    return session.state == Session.State.PLANNED and session.starts_at is not None and session.starts_at <= at


def is_good(scan: Scan, seen: Seen, device: DoorDevice) -> bool:
    """Whether it counts by the rules, apart from the pace; the scan is filled with what they say."""
    facts = Facts(
        occurred_at=scan.occurred_at,
        corrected_at=scan.corrected_at,
        received_at=scan.received_at,
        hours_end=device.valid_until,
        session=window_of(seen.session),
        holder=Holder(str(seen.registration.state), True, seen.registration.cancelled_at),
        list_from=seen.list_from,
    )
    judgement = judge(facts)
    scan.session, scan.registration, scan.resident = seen.session, seen.registration, seen.registration.resident
    scan.verdict, scan.marks = Scan.Verdict.COUNTED, " ".join(judgement.marks)
    return judgement.counts


def write(organisation: int, arrivals: list[Arrival]) -> list[bool]:
    """Write the scans that are still as they were seen. Returns which of them were written."""
    apart = first_of_each(arrivals)
    devices, people = [each.device.pk for each in apart], [each.scan.resident_id for each in apart]
    heads, free_devices, free_people, fitting = answers_to(
        (HEAD, [organisation]), locked(DEVICES, devices), locked(PEOPLE, people), fits(apart)
    )
    paces = {pk: pace for pk, pace in fitting if (pk,) in free_devices}
    going = [each for each in apart if each.device.pk in paces and (each.scan.resident_id,) in free_people]
    going = going if heads else []
    if going:
        for each in going:
            each.scan.pace = paces[each.device.pk]
        [head] = heads
        write_rows(LedgerChain(organisation_id=organisation, length=head[0], head_hash=head[1]), going)
    written = {id(each) for each in going}
    return [id(each) in written for each in arrivals]


def first_of_each(arrivals: list[Arrival]) -> list[Arrival]:
    """One of each device and of each person: what a second one is follows from the first."""
    known: set[tuple[str, int | None]] = set()
    apart = []
    for each in arrivals:
        keys = {("device", each.device.pk), ("person", each.scan.resident_id)}
        if known.isdisjoint(keys):
            known |= keys
            apart.append(each)
    return apart


def locked(rows: str, keys: Sequence[int | None]) -> Statement:
    """Those of the rows that are there and that nobody holds: whoever holds the chain must wait for nothing else.

    A delivery holds its device and its people and waits for the chain; an erasure holds whoever is forgotten.
    """
    text = rows.format(holes=", ".join(["%s"] * len(keys)))
    if connection.vendor == "postgresql":
        text += " FOR NO KEY UPDATE SKIP LOCKED"
    return text, list(keys)


def fits(arrivals: Sequence[Arrival]) -> Statement:
    """What asks for the device and the pace of those that are as they were seen."""
    values: list[Any] = []
    for each in arrivals:
        session, registration, minute = each.seen.session, each.seen.registration, minute_of(each.scan.corrected_at)
        span = [prepared(Scan, "corrected_at", moment) for moment in (minute, minute + MINUTE)]
        values += [each.device.pk, *span, each.device.pk, HIGHEST_PACE, registration.pk, registration.state]
        values += [session.pk, session.pk, session.state, session.activity.organisation_id]
    return " UNION ALL ".join([FITS] * len(arrivals)), values


def write_rows(chain: LedgerChain, arrivals: Sequence[Arrival]) -> None:
    """Everything that follows from scans that count; the chain is as it was found under the lock."""
    entries = entries_after(chain, arrivals)
    text, values = insert_all(entries)
    keys, _next = answers_to(
        (f"{text} RETURNING sequence, id", values), (NEXT, [chain.length, chain.head_hash, chain.organisation_id])
    )
    found = dict(keys)
    for each, entry in zip(arrivals, entries, strict=True):
        each.scan.entry_id = found[entry.sequence]
    records: list[Sequence[models.Model]] = [
        [attendance_of(each.scan, entry) for each, entry in zip(arrivals, entries, strict=True)],
        [each.scan for each in arrivals],
        [audit_of(each) for each in arrivals],
        [newcomer(each, entry) for each, entry in zip(arrivals, entries, strict=True) if each.seen.token is None],
    ]
    people = Counter(each.scan.session_id for each in arrivals)
    answers_to(
        *(insert_all(rows) for rows in records if rows),
        *((TALLY, {"session": session, "count": count}) for session, count in people.items()),
        *(contact_of(each) for each in arrivals),
    )


def entries_after(chain: LedgerChain, arrivals: Sequence[Arrival]) -> list[LedgerEntry]:
    """The entries of the ordinary way, with their hashes; the chain then ends with the last of them."""
    entries = []
    for each in arrivals:
        token = each.seen.token or uuid.uuid4()
        draft = draft_of(check_in_of(each.scan), token, by=None, device_name=each.device.name, at=each.at)
        entries.append(built_entry(draft, each.seen.session.activity.organisation, chain))
        chain.length, chain.head_hash = entries[-1].sequence, entries[-1].hash
    return entries


def attendance_of(scan: Scan, entry: LedgerEntry) -> Attendance:
    return made(Attendance, session_id=scan.session_id, person_token=entry.person_token, entry_id=scan.entry_id)


def audit_of(arrival: Arrival) -> AuditEntry:
    return audit_entry("door.received", arrival.device, by=None, at=arrival.at, details={str(arrival.scan.verdict): 1})


def newcomer(arrival: Arrival, entry: LedgerEntry) -> Participant:
    """Somebody who comes for the first time in the programme."""
    programme = arrival.seen.session.activity.programme_id
    return made(Participant, resident_id=arrival.scan.resident_id, programme_id=programme, token=entry.person_token)


def contact_of(arrival: Arrival) -> Statement:
    offset = arrival.at - arrival.delivery.clock
    values = {
        "at": prepared(DoorDevice, "last_seen_at", arrival.at),
        "offset": prepared(DoorDevice, "clock_offset", offset),
        "highest": highest_of(arrival.delivery),
        "device": arrival.device.pk,
    }
    return CONTACT, values


def prepared(model: Any, name: str, value: Any) -> Any:
    """The value of a column as the database of the connection takes it."""
    return model._meta.get_field(name).get_db_prep_value(value, connection)
