"""The doors of the city: phones and what they sent, scans that wait for a person, and a phone that holds some back."""

import datetime
import hashlib
import random
from collections import defaultdict
from collections.abc import Sequence

from qixue.demo.city.chance import drawn_uuid, stream
from qixue.demo.city.week import DAYS_BEHIND, Week
from qixue.participation.merge import AROUND_SESSION
from qixue.participation.models import DoorDevice, LedgerEntry, Participant, Registration, Scan
from qixue.people.models import User
from qixue.programme.models import Programme, Session

SESSIONS = 8  # that had phones at the door
HELD = 3  # scans that one phone has not sent yet
NAMES = ("东门1号", "西门2号")
HOURS = datetime.timedelta(hours=1)
# Reason, kind and what was sent: one of each, spread over the sessions.
PUT_ASIDE: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("unknown_code", Scan.Kind.CODE, {"code": "000000"}),
    ("bad_ticket", Scan.Kind.TICKET, {"ticket": "QX1"}),
    ("outside_hours", Scan.Kind.WALK_IN, {"name": "罗美玲"}),
    ("unknown_session", Scan.Kind.WALK_IN, {}),
    ("too_fast", Scan.Kind.WALK_IN, {}),
    ("evidence_missing", Scan.Kind.HEAD_COUNT, {"count": 36, "qualifier": "exact"}),
    ("waiting", Scan.Kind.NAME, {}),
    ("cancelled", Scan.Kind.NAME, {}),
    ("wrong_session", Scan.Kind.NAME, {}),
)
OF_STATE = {"waiting": Registration.State.WAITING, "cancelled": Registration.State.CANCELLED}


def door_token(seed: int) -> str:
    """The token of the phone for today, derived again where it is shown: the database keeps its digest only."""
    return f"{DoorDevice.PREFIX}{stream(seed, 'token/door').getrandbits(160):040x}"


def create_doors(seed: int, week: Week, programme: Programme, staff: dict[str, User]) -> None:
    """Phones at some sessions that were held, and one for a session of today."""
    chance = stream(seed, "door")
    public = Session.objects.filter(activity__programme=programme).select_related("activity__organisation")
    entries = door_entries(programme)
    held = [session for session in public.filter(pk__in=entries).order_by("starts_at", "pk") if session.seat_count]
    chosen = sorted(chance.sample(held, min(SESSIONS, len(held))), key=lambda session: session.pk)
    for session in chosen:
        devices = [device_at(chance, session, name, staff, seed=seed) for name in NAMES[: 1 + chance.randrange(2)]]
        scans = [scan_of(chance, entry, chance.choice(devices)) for entry in entries[session.pk]]
        Scan.objects.bulk_create([*scans, *put_aside(chance, session, devices[0], chosen)])
        number_scans(devices, holds=HELD if session is chosen[0] else 0)
    today = week.moment(DAYS_BEHIND + 1, 0)
    later = public.filter(starts_at__gte=today, starts_at__lt=today + 24 * HOURS, state=Session.State.PLANNED)
    for session in later.filter(seat_count__gt=0, activity__organisation__code="city-library").order_by("pk")[:1]:
        device_at(chance, session, NAMES[0], staff, seed=seed, token=door_token(seed))


def door_entries(programme: Programme) -> dict[int, list[LedgerEntry]]:
    """By session, who came in at the door and counts today."""
    found: dict[int, list[LedgerEntry]] = defaultdict(list)
    entries = LedgerEntry.objects.effective().people().filter(activity__programme=programme)
    for entry in entries.filter(source=LedgerEntry.Source.DOOR).order_by("occurred_at", "pk"):
        found[entry.session_id or 0].append(entry)
    return found


def device_at(
    chance: random.Random, session: Session, name: str, staff: dict[str, User], *, seed: int, token: str = ""
) -> DoorDevice:
    organisation = session.activity.organisation
    starts_at, ends_at = session.starts_at, session.ends_at
    if starts_at is None or ends_at is None:
        raise ValueError("The sessions of the city have times.")
    key = drawn_uuid(chance)
    device = DoorDevice.objects.create(
        organisation=organisation,
        name=name,
        digest=DoorDevice.digest_of(token or f"{seed}/{key}"),
        valid_until=ends_at + AROUND_SESSION,
        made_by=staff[organisation.code],
        made_at=starts_at - 20 * HOURS,
        last_seen_at=None if token else ends_at,
        clock_offset=None if token else datetime.timedelta(seconds=chance.choice([-2, 1, 3, 400])),
        client_uuid=key,
    )
    device.sessions.add(session)
    device.fetches.create(at=starts_at - HOURS)
    return device


def scan_of(chance: random.Random, entry: LedgerEntry, device: DoorDevice) -> Scan:
    """The scan behind an entry: of a ticket, as it was delivered some seconds later."""
    moment, offset = entry.occurred_at or entry.recorded_at, device.clock_offset or datetime.timedelta()
    return Scan(
        device=device,
        uuid=drawn_uuid(chance),
        digest=hashlib.sha256(entry.hash.encode()).hexdigest(),
        kind=Scan.Kind.NAME,
        session=entry.session,
        registration=registration_of(entry),
        sent={"session": entry.session_id},
        occurred_at=moment - offset,
        corrected_at=moment,
        received_at=moment + datetime.timedelta(seconds=chance.randint(1, 90)),
        verdict=Scan.Verdict.COUNTED,
        marks="clock_off" if abs(offset) > datetime.timedelta(minutes=5) else "",
        entry=entry,
    )


def registration_of(entry: LedgerEntry) -> Registration | None:
    people = Participant.objects.filter(token__in=[entry.person_token]).values("resident")
    return Registration.objects.active().filter(session=entry.session, resident__in=people).first()


def put_aside(chance: random.Random, session: Session, device: DoorDevice, chosen: Sequence[Session]) -> list[Scan]:
    """The scans of this session that wait for a person: each reason comes up at one of the sessions."""
    rows = [row for at, row in enumerate(PUT_ASIDE) if at % len(chosen) == chosen.index(session)]
    scans = []
    for reason, kind, sent in rows:
        moment = (session.starts_at or device.made_at) - (3 * HOURS if reason == "outside_hours" else HOURS / 10)
        registration = shown_registration(reason, session)
        scans.append(
            Scan(
                device=device,
                uuid=drawn_uuid(chance),
                digest=hashlib.sha256(reason.encode()).hexdigest(),
                kind=kind,
                session=None if reason == "unknown_session" else session,
                registration=registration,
                resident=registration.resident if registration else None,
                sent={**sent, "session": session.pk},
                occurred_at=moment,
                corrected_at=moment,
                received_at=moment + datetime.timedelta(minutes=2),
                verdict=Scan.Verdict.REVIEW,
                reason=reason,
            )
        )
    return scans


def shown_registration(reason: str, session: Session) -> Registration | None:
    """Of somebody who waits, who cancelled, or who is signed up elsewhere."""
    rows = Registration.objects.select_related("resident").order_by("pk")
    if reason in OF_STATE:
        return rows.filter(session=session, state=OF_STATE[reason]).first()
    if reason == "wrong_session":
        other = rows.exclude(session=session).filter(session__activity__programme=session.activity.programme)
        return other.filter(state=Registration.State.CONFIRMED).first()
    return None


def number_scans(devices: Sequence[DoorDevice], *, holds: int) -> None:
    """Number what each phone sent in the order in which it happened; the first one holds some numbers back."""
    for device in devices:
        scans = list(device.scans.order_by("corrected_at", "pk"))
        skipped = holds if device is devices[0] else 0
        for number, scan in enumerate(scans, start=1):
            scan.sequence = number + (skipped if number > len(scans) // 2 else 0)
        Scan.objects.bulk_update(scans, ["sequence"], batch_size=500)
        device.highest_sequence, device.arrived_to = len(scans) + skipped, 0
        device.save(update_fields=["highest_sequence", "arrived_to"])
