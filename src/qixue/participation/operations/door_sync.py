"""What a door device delivers: every scan is stored, and the people in them are counted as a set.

The same scan again gives the same answer, in whatever order and however often. One delivery takes a constant number of
questions to the database, one lock of the chain and one append, however many scans it holds.
"""

import datetime
import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection, transaction

from qixue.core.fields import cleaned_person_name
from qixue.core.inserts import insert_many, made
from qixue.core.models import record_audit
from qixue.participation.merge import NAMESAKE, arrived_with, judge, minute_of
from qixue.participation.models import DoorDevice, Evidence, Registration, Scan
from qixue.participation.operations.check_ins import CheckIn, Source, enter
from qixue.participation.operations.door_counts import count_heads, keep_count_evidence
from qixue.participation.operations.evidence import removed_on_failure
from qixue.participation.operations.ledger import lock_chain
from qixue.participation.queries.door import SHOWN, Shown, facts_of, gaps_of, known_to, sessions_of
from qixue.participation.queries.walk_ins import names_at
from qixue.people.models import Organisation, Resident
from qixue.people.namesakes import name_to_compare
from qixue.people.operations.locks import held_people
from qixue.programme.models import Session

Kind, Verdict = Scan.Kind, Scan.Verdict
ALREADY_IN = Verdict.ALREADY_IN
ANSWERED = (  # what the answer tells of a scan, and what it follows from
    *("uuid", "digest", "verdict", "reason", "marks", "entry__occurred_at"),
    *("kind", "session_id", "resident__name", "registration__session_id", "registration__resident__name"),
)
HIGHEST_NUMBER = 10**12  # no device counts so far: what is above is a fault, and would make a gap that nothing closes
CONFLICT = "conflict"  # another scan came under the same uuid before; that one stays


@dataclass(slots=True)  # frozen it would take three times as long to make
class SentScan:
    """A scan as it came, its types checked. `facts` are the optional parts of the body, without the photo."""

    uuid: uuid.UUID
    sequence: int
    kind: str
    session: int
    occurred_at: datetime.datetime
    digest: str
    facts: dict[str, object] = field(default_factory=dict)
    photo: bytes | None = None


@dataclass(frozen=True)
class Delivery:
    """`clock` is what the device's clock says now, `highest_sequence` the last number that it gave."""

    clock: datetime.datetime
    highest_sequence: int
    scans: Sequence[SentScan]


class Answer(NamedTuple):
    """What the device is told of a scan. `since` is when somebody who is in already came in."""

    verdict: str
    reason: str
    marks: str
    name: str
    since: datetime.datetime | None


@dataclass(frozen=True)
class Receipt:
    """The answer to each scan that was sent, None where its uuid is taken; and the numbers that are still missing."""

    answers: list[Answer | None]
    gaps: list[tuple[int, int]]


def receive_scans(device: DoorDevice, delivery: Delivery, *, at: datetime.datetime) -> Receipt:
    """Store what a device sends, judge it and count the people. Nothing is refused: what is odd waits for a person."""
    photos: list[Evidence] = []
    with removed_on_failure(photos):
        return received(device, delivery, photos, at=at)


@transaction.atomic
def received(device: DoorDevice, delivery: Delivery, photos: list[Evidence], *, at: datetime.datetime) -> Receipt:
    """The same; the files of the evidence in `photos` go when it fails."""
    device = locked_device(device)
    offset = at - delivery.clock
    answers = stored_answers(device, delivery.scans)
    sessions = {session.pk: session for session in sessions_of(device)}
    unknown = [each for each in delivery.scans if each.uuid not in answers]
    fresh = fresh_scans(device, unknown, sessions, photos, offset=offset, at=at)
    if fresh:
        shown = judge_all(device, fresh, sessions)
        # Whoever a merge leads to is held out of order: should two deliveries block each other, one is sent again.
        while has_other_writers() and (not hold_people(fresh) or have_changed(shown.values())):
            shown = judge_all(device, fresh, sessions)
        count_people(device, [scan for scan in fresh if scan.kind != Kind.HEAD_COUNT], at=at)
        count_heads(device, [scan for scan in fresh if scan.kind == Kind.HEAD_COUNT], at=at)
        insert_many(fresh)
        answers |= {scan.uuid: (scan.digest, answer_to(scan, shown.get(scan.uuid))) for scan in fresh}
        verdicts = Counter(str(scan.verdict) for scan in fresh)
        record_audit("door.received", device, by=None, at=at, details=dict(verdicts))
    device.arrived_to = arrived_with([scan.sequence for scan in fresh], device.arrived_to)
    note_contact(device, delivery, offset=offset, at=at)
    found = [(each.digest, *answers[each.uuid]) for each in delivery.scans]
    answered = [answer if stored in ("", sent) else None for sent, stored, answer in found]
    return Receipt(answered, missing_from(device))


def locked_device(device: DoorDevice) -> DoorDevice:
    """Two deliveries of one device at once wait for each other."""
    rows = DoorDevice.objects.select_for_update(of=("self",)).select_related("organisation", "made_by")
    return rows.get(pk=device.pk)


def stored_answers(device: DoorDevice, scans: Sequence[SentScan]) -> dict[uuid.UUID, tuple[str, Answer]]:
    """The digest of each scan that was here before, empty where none is kept, and what its device was told."""
    rows = Scan.objects.filter(device=device, uuid__among={each.uuid for each in scans}).values_list(*ANSWERED)
    return {
        key: (digest, Answer(verdict, reason, marks, told_name(*facts) or "", at if verdict == ALREADY_IN else None))
        for key, digest, verdict, reason, marks, at, *facts in rows
    }


def answer_to(scan: Scan, shown: Shown | None) -> Answer:
    """The same for a scan that was just judged and counted."""
    facts = (scan.kind, scan.session_id, scan.resident.name if scan.kind == Kind.WALK_IN and scan.resident else "")
    registration = (shown.session_id, shown.name) if shown else (None, "")
    since = scan.entry.occurred_at if scan.verdict == ALREADY_IN and scan.entry else None
    return Answer(scan.verdict, scan.reason, scan.marks, told_name(*facts, *registration), since)


def told_name(kind: str, session: int | None, walk_in: str, registered_for: int | None, registered: str) -> str:
    """Whom the device may be told: people of its own session only."""
    if session is not None and registered_for == session:
        return registered
    return walk_in if kind == Kind.WALK_IN else ""


def fresh_scans(
    device: DoorDevice,
    scans: Sequence[SentScan],
    sessions: dict[int, Session],
    photos: list[Evidence],
    *,
    offset: datetime.timedelta,
    at: datetime.datetime,
) -> list[Scan]:
    """Scans that were never here, each once, in the order in which they happened. What is kept goes to `photos`.

    `sessions` are those of the device.
    """
    fresh: dict[uuid.UUID, Scan] = {}
    for each in scans:
        if each.uuid in fresh:
            continue
        scan = fresh[each.uuid] = scan_of(device, each, sessions.get(each.session), offset=offset, at=at)
        if each.kind == Kind.HEAD_COUNT:
            keep_count_evidence(scan, each.photo, at=at)
            photos += [scan.evidence] if scan.evidence else []
    ordered = sorted(fresh.values(), key=lambda scan: (scan.corrected_at, scan.sequence))
    set_pace(device, ordered)
    return ordered


def scan_of(
    device: DoorDevice,
    sent: SentScan,
    session: Session | None = None,
    *,
    offset: datetime.timedelta,
    at: datetime.datetime,
) -> Scan:
    """The scan as it is stored, before it is judged. `session` is the one of the device that it names.

    Of a typed name only what is one is kept: nothing is refused for it.
    """
    facts = {**sent.facts, "session": sent.session}
    if "name" in facts:
        facts["name"] = cleaned_person_name(str(facts["name"]))
    return made(
        Scan,
        {"device": device, "session": session},
        uuid=sent.uuid,
        sequence=sent.sequence,
        digest=sent.digest,
        kind=sent.kind,
        sent=facts,
        occurred_at=sent.occurred_at,
        corrected_at=sent.occurred_at + offset,
        received_at=at,
    )


def set_pace(device: DoorDevice, scans: Sequence[Scan]) -> None:
    """Number the scans of each minute, after those of the same minute that came before."""
    if not scans:
        return
    minutes = [minute_of(scan.corrected_at) for scan in scans]
    span = (minutes[0], minutes[-1] + datetime.timedelta(minutes=1))
    earlier = Scan.objects.filter(device=device, corrected_at__gte=span[0], corrected_at__lt=span[1])
    counts = Counter(minute_of(moment) for moment in earlier.values_list("corrected_at", flat=True))
    for scan, minute in zip(scans, minutes, strict=True):
        counts[minute] += 1
        scan.pace = counts[minute]


def judge_all(device: DoorDevice, scans: Sequence[Scan], sessions: dict[int, Session]) -> dict[uuid.UUID, Shown]:
    """Give each scan its verdict as far as it follows from the scan itself. `sessions` are those of the device.

    Returns the registrations to which the scans lead.
    """
    known, all_shown = known_to(device, scans, sessions), {}
    for scan in scans:
        facts, shown = facts_of(scan, known)
        judgement = judge(facts)
        scan.registration_id, scan.resident_id = (shown.pk, shown.resident_id) if shown else (None, None)
        if shown:
            all_shown[scan.uuid] = shown
        scan.verdict = Verdict.COUNTED if judgement.counts else Verdict.REVIEW
        scan.reason, scan.marks = judgement.reason, " ".join(judgement.marks)
    return all_shown


def has_other_writers() -> bool:
    """Whether others can change registrations and people meanwhile. SQLite lets nobody else write."""
    return connection.features.has_select_for_update


def hold_people(scans: Sequence[Scan]) -> bool:
    """Lock those to whom the scans lead: nobody is forgotten while they are counted. Whether all are still there."""
    keys = {scan.resident_id for scan in scans if scan.resident_id}
    return held_people(keys) == keys


def have_changed(shown: Collection[Shown]) -> bool:
    """Whether registrations are other by now than they were when scans were judged by them: given up, or moved."""
    rows = Registration.objects.filter(pk__among={row.pk for row in shown}).values_list(*SHOWN)
    return bool(shown) and set(map(Shown._make, rows)) != set(shown)


def count_people(device: DoorDevice, scans: Sequence[Scan], *, at: datetime.datetime) -> None:
    """Enter the people of the scans that count; whoever is in already makes the scan one of those."""
    groups: dict[tuple[int, int], list[Scan]] = defaultdict(list)  # by the chain and by whose tokens they are
    for scan in scans:
        if scan.verdict == Verdict.COUNTED and (session := scan.session):
            activity = session.activity
            groups[activity.organisation_id, activity.programme_id].append(scan)
    for _key, counting in sorted(groups.items()):
        organisation = next(scan.session.activity.organisation for scan in counting if scan.session)
        mark_namesakes(organisation, counting)
        name_walk_ins(counting)
        check_ins = [check_in_of(scan) for scan in counting]
        entered = enter(organisation, check_ins, by=None, device_name=device.name, at=at)
        for scan, result in zip(counting, entered, strict=True):
            scan.entry_id = result.entry.pk
            if not result.is_new:
                scan.entry, scan.verdict = result.entry, ALREADY_IN


def mark_namesakes(organisation: Organisation, scans: Sequence[Scan]) -> None:
    """Mark walk-ins with the name of somebody who is signed up or in at the session; they are counted all the same.

    Under the lock of the organisation's chain: of one name that two devices bring at once the second is marked.
    """
    named = [scan for scan in scans if scan.kind == Kind.WALK_IN and name_in(scan)]
    if not named:
        return
    lock_chain(organisation)
    known = names_at({scan.session for scan in named if scan.session})
    for scan in named:
        called = (scan.session_id or 0, name_to_compare(name_in(scan)))
        if called in known:
            scan.marks = f"{scan.marks} {NAMESAKE}".strip()
        known.add(called)


def name_in(scan: Scan) -> str:
    return str(scan.sent.get("name") or "")


def name_walk_ins(scans: Sequence[Scan]) -> None:
    """A walk-in who gave a name is a resident from now on; the name is then kept there and no longer in the scan."""
    named = [scan for scan in scans if scan.kind == Kind.WALK_IN and scan.sent.get("name")]
    made = Resident.objects.bulk_create([Resident(name=scan.sent.pop("name")) for scan in named], batch_size=500)
    for scan, resident in zip(named, made, strict=True):
        scan.resident = resident


def check_in_of(scan: Scan) -> CheckIn:
    """Raises ValueError for a scan without a session of its device."""
    session = scan.session
    if session is None:
        raise ValueError("Only a scan at a known session can be counted.")
    source = Source.WALK_IN if scan.kind == Kind.WALK_IN else Source.DOOR
    return CheckIn(session, source, scan.corrected_at, scan.entry_key, scan.resident_id)


def note_contact(device: DoorDevice, delivery: Delivery, *, offset: datetime.timedelta, at: datetime.datetime) -> None:
    device.last_seen_at, device.clock_offset = at, offset
    device.highest_sequence = max(device.highest_sequence, highest_of(delivery))
    device.save(update_fields=["last_seen_at", "clock_offset", "highest_sequence", "arrived_to"])


def missing_from(device: DoorDevice) -> list[tuple[int, int]]:
    """Which numbers of the device have not arrived. How far none is missing is kept with it: it only ever grows."""
    gaps = gaps_of(device)
    arrived_to = gaps[0][0] - 1 if gaps else device.highest_sequence
    if arrived_to > device.arrived_to:
        DoorDevice.objects.filter(pk=device.pk, arrived_to__lt=arrived_to).update(arrived_to=arrived_to)
    return gaps


def highest_of(delivery: Delivery) -> int:
    """The last number that the device says it gave, or that it shows by giving it; without impossible ones."""
    numbers = (delivery.highest_sequence, *(each.sequence for each in delivery.scans))
    return max((number for number in numbers if number <= HIGHEST_NUMBER), default=0)
