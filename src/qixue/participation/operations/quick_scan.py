"""One scan of somebody who is expected, in few hand-written statements: what a door with a network sends all day.

For a single scan that leads to an active registration, is good by the rules of `merge.py` and brings in somebody who
is not in yet. Everything else is left to `door_sync.receive_scans`: None says that nothing was written and that it
should look. Both ways leave the same rows behind (tests/participation/test_quick_scan.py).

What the rules ask is read before anybody is locked. Under the lock of the chain only what others can change meanwhile
is asked again: how fast the device scans, whether the person is in already, and whether session and registration are as
they were seen. SQLite then gets one statement after the other, and whoever waits in this process shares the commit.
PostgreSQL gets all of it in one message; the hash is worked out there, because only the holder of the lock knows which
one it follows.
"""

import datetime
import uuid
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction

from qixue.core.digests import canonical_json
from qixue.core.inserts import Insert
from qixue.core.models import audit_entry
from qixue.core.signing_keys import verification_keys
from qixue.core.together import Line
from qixue.participation.chain import entry_content
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

LINE = Line()
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
LOCKS = """
SELECT 1 FROM participation_doordevice WHERE id = %(device)s FOR UPDATE;
SELECT 1 FROM participation_ledgerchain WHERE organisation_id = %(organisation)s FOR UPDATE;
"""
HEAD = """
SELECT c.length, c.head_hash, n.scans + 1 AS pace FROM participation_ledgerchain c,
    (SELECT COUNT(*) AS scans FROM participation_scan
    WHERE device_id = %(device)s AND corrected_at >= %(minute)s AND corrected_at < %(minute_after)s) n
WHERE c.organisation_id = %(organisation)s AND n.scans < %(highest_pace)s
    AND EXISTS (SELECT 1 FROM participation_registration WHERE id = %(registration)s AND state = %(state)s)
    AND EXISTS (SELECT 1 FROM participation_tally WHERE session_id = %(session)s AND head_count IS NULL)
    AND EXISTS (SELECT 1 FROM programme_session s JOIN programme_activity a ON a.id = s.activity_id
        WHERE s.id = %(session)s AND s.state = %(session_state)s AND a.organisation_id = %(organisation)s)
"""
NEXT = """
UPDATE participation_ledgerchain SET length = %(length)s, head_hash = %(hash)s
WHERE organisation_id = %(organisation)s
"""
NEXT_FROM_HEAD = """
UPDATE participation_ledgerchain c SET length = head.length + 1, head_hash = encode(sha256(
    convert_to(head.head_hash || chr(10) || %(before)s || (head.length + 1) || %(after)s, 'UTF8')), 'hex')
FROM head WHERE c.organisation_id = %(organisation)s
RETURNING c.length, head.head_hash AS previous_hash, c.head_hash AS hash, head.pace
"""
TALLY = """
UPDATE participation_tally SET named_count = named_count + 1, attendance_count = named_count + 1,
    attendance_qualifier = 'exact'
WHERE session_id = %(session)s
"""  # without a head count the names are all that counts, whatever the rule of the session
CONTACT = """
UPDATE participation_doordevice SET last_seen_at = %(at)s, clock_offset = %(offset)s,
    highest_sequence = CASE WHEN highest_sequence < %(highest)s THEN %(highest)s ELSE highest_sequence END
WHERE id = %(device)s
"""
IF_ENTERED = " AND EXISTS (SELECT 1 FROM entry)"


@dataclass(frozen=True)
class Seen:
    """What a scan points at, a moment before it is written."""

    session: Session
    registration: Registration
    token: uuid.UUID | None  # of the person in the programme; None for whoever comes for the first time
    list_from: datetime.datetime | None
    is_there: bool  # the scan was stored before, or the person is in


def receive_alone(device: DoorDevice, delivery: Delivery, *, at: datetime.datetime) -> Receipt | None:
    """Store and count the only scan of a delivery; None where the ordinary way has to look."""
    if len(delivery.scans) != 1 or delivery.scans[0].kind not in QUICK_KINDS:
        return None
    scan = scan_of(device, delivery.scans[0], offset=at - delivery.clock, at=at)
    seen = seen_by(scan)
    if seen is None or seen.is_there or is_to_be_held(seen.session, at) or not is_good(scan, seen, device):
        return None
    try:
        if not written(scan, seen, device, delivery, at=at):
            return None
    except IntegrityError:  # the scan or the person came another way in between: the ordinary way looks again
        return None
    device.highest_sequence = max(device.highest_sequence, highest_of(delivery))
    return Receipt([scan], gaps_of(device))


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
    with connection.cursor() as cursor:
        cursor.execute(LOOK.format(shown=shown), values)
        row = cursor.fetchone()
    return seen_in(row, scan.sent["session"]) if row else None


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
    organisation = Organisation(pk=keeper, code=keeper_code)
    of_programme = Programme(pk=programme, code=programme_code)
    session = Session(
        pk=pk,
        number=number,
        state=state,
        starts_at=starts_at and aware(starts_at),
        ends_at=ends_at and aware(ends_at),
        activity=Activity(pk=activity, code=code, organisation=organisation, programme=of_programme),
    )
    resident = Resident(pk=person, name=name)
    cancelled_at = cancelled_at and aware(cancelled_at)
    registration = Registration(pk=key, session=session, resident=resident, state=holds, cancelled_at=cancelled_at)
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


def written(scan: Scan, seen: Seen, device: DoorDevice, delivery: Delivery, *, at: datetime.datetime) -> bool:
    """Write all of it, or nothing; False where things are not as they were seen."""
    minute = minute_of(scan.corrected_at)
    values = {
        "device": scan.device_id,
        "organisation": seen.session.activity.organisation_id,
        "session": seen.session.pk,
        "session_state": seen.session.state,
        "registration": seen.registration.pk,
        "state": seen.registration.state,
        "minute": prepared(Scan, "corrected_at", minute),
        "minute_after": prepared(Scan, "corrected_at", minute + MINUTE),
        "highest_pace": HIGHEST_PACE,
        "at": prepared(DoorDevice, "last_seen_at", at),
        "offset": prepared(DoorDevice, "clock_offset", at - delivery.clock),
        "highest": highest_of(delivery),
    }
    token = seen.token or uuid.uuid4()
    beside = [Insert.of(audit_entry("door.received", device, by=None, at=at, details={str(scan.verdict): 1}))]
    if seen.token is None:
        programme = seen.session.activity.programme_id
        beside.append(
            Insert(Participant, resident_id=seen.registration.resident_id, programme_id=programme, token=token)
        )
    if connection.vendor == "postgresql":
        return in_one_message(scan, token, values, beside, at=at)
    return bool(LINE.take_part(lambda: one_by_one(scan, token, values, beside, at=at)))


def entry_after(chain: LedgerChain, scan: Scan, token: uuid.UUID, *, at: datetime.datetime) -> LedgerEntry:
    """The entry of the ordinary way: of its draft, with its hash."""
    assert scan.session is not None and scan.device is not None  # noqa: S101, PT018 - its callers gave both
    draft = draft_of(check_in_of(scan), token, by=None, device_name=scan.device.name, at=at)
    return built_entry(draft, scan.session.activity.organisation, chain)


def one_by_one(
    scan: Scan, token: uuid.UUID, values: dict[str, Any], beside: list[Insert], *, at: datetime.datetime
) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(HEAD, values)
        if (head := cursor.fetchone()) is None:
            return False
        length, head_hash, scan.pace = head
        entry = entry_after(LedgerChain(length=length, head_hash=head_hash), scan, token, at=at)
        own = Insert.of(entry)
        cursor.execute(own.statement(), own.parameters())
        entry.pk = scan.entry_id = cursor.lastrowid
        attendance = Insert(Attendance, session_id=scan.session_id, person_token=token, entry_id=entry.pk)
        for insert in (attendance, Insert.of(scan), *beside):
            cursor.execute(insert.statement(), insert.parameters())
        cursor.execute(NEXT, {**values, "length": entry.sequence, "hash": entry.hash})
        cursor.execute(TALLY, values)
        cursor.execute(CONTACT, values)
    return True


def in_one_message(
    scan: Scan, token: uuid.UUID, values: dict[str, Any], beside: list[Insert], *, at: datetime.datetime
) -> bool:
    """The same. The locks come first, so that what follows reads what their former holders have written."""
    entry = entry_after(LedgerChain(), scan, token, at=at)
    before, after = around_sequence(entry)
    attendance = Insert(Attendance, session_id=scan.session_id, person_token=token)
    of_head = {"sequence": "head_after.length", "previous_hash": "head_after.previous_hash", "hash": "head_after.hash"}
    of_entry = {"entry_id": "entry.id"}
    of_scan = {**of_entry, "pace": "entry.pace"}
    whole = transaction.atomic() if connection.in_atomic_block else nullcontext()
    with whole, connection.cursor() as cursor:

        def bound(insert: Insert, source: str, computed: dict[str, str]) -> str:
            text: str = cursor.mogrify(insert.from_row(source, **computed), insert.parameters(*computed))
            return text

        steps = {
            "head": cursor.mogrify(HEAD, values),
            "head_after": cursor.mogrify(NEXT_FROM_HEAD, {**values, "before": before, "after": after}),
            "made": f"{bound(Insert.of(entry), 'head_after', of_head)} RETURNING id",
            "entry": "SELECT made.id, head_after.pace FROM made, head_after",
            "attendance": bound(attendance, "entry", of_entry),
            "scan": bound(Insert.of(scan), "entry", of_scan),
            **{f"beside_{number}": bound(insert, "entry", {}) for number, insert in enumerate(beside)},
            "tally": cursor.mogrify(TALLY + IF_ENTERED, values),
            "contact": cursor.mogrify(CONTACT + IF_ENTERED, values),
        }
        named = ", ".join(f"{name} AS ({text})" for name, text in steps.items())
        cursor.execute(f"{cursor.mogrify(LOCKS, values)} WITH {named} SELECT id, pace FROM entry")  # noqa: S608 - bound
        cursor.nextset()  # past the two locks
        cursor.nextset()
        found = cursor.fetchone()
    if found:
        scan.entry_id, scan.pace = found
    return found is not None


def around_sequence(entry: LedgerEntry) -> tuple[str, str]:
    """The text that is hashed, before and after the entry's place in the chain. A quote inside of a text has a
    backslash, and only a name is followed by a colon, so that nothing is found that somebody wrote.
    """
    before, name, after = canonical_json(entry_content(entry)).decode().partition('"sequence":')
    return before + name, after.removeprefix(str(entry.sequence))


def prepared(model: Any, name: str, value: Any) -> Any:
    """The value of a column as the database of the connection takes it."""
    return model._meta.get_field(name).get_db_prep_value(value, connection)
