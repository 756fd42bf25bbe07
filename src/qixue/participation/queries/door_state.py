"""How it stands at the door of a session: who is in, what its devices still hold, what waits for a person."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from qixue.core.clock import day_bounds, local_day
from qixue.core.names import is_called
from qixue.core.typed import digits_of
from qixue.participation.merge import AROUND_SESSION, CANCELLED_LATER, CLOCK_LIMIT, missing_ranges, size_of
from qixue.participation.models import DoorDevice, LedgerEntry, Registration, Scan, Tally
from qixue.participation.queries.attendances import CameIn, came_in
from qixue.participation.queries.door import expected_at
from qixue.participation.queries.forgotten import forgotten_here
from qixue.people.models import User
from qixue.programme.models import Programme, Session

TAKEN_BACK_WITHIN = datetime.timedelta(minutes=15)  # by whoever let somebody in by mistake


@dataclass(frozen=True)
class Expected:
    """Somebody who is signed up, whether they are in, and how they came in, which nobody knows of who is forgotten."""

    registration: Registration
    came_in: CameIn | None
    is_in: bool


def expected_people(session: Session, *, search: str = "") -> list[Expected]:
    """Whoever has a seat or waits, by name; `search` is a part of it, pinyin or initials, or the whole door code."""
    came, code = came_in([session]), digits_of(search)
    rows = [row for row in expected_at([session]) if is_called(row.resident.name, search) or code == row.door_code]
    here = [came.get((session.pk, row.resident_id)) for row in rows]
    forgotten = forgotten_here(session) if any(row.was_there for row in rows) else set()
    return [
        Expected(row, came_in, came_in is not None or row.pk in forgotten)
        for row, came_in in zip(rows, here, strict=True)
    ]


@dataclass(frozen=True)
class DeviceState:
    """A device with the numbers that it gave and that have not arrived."""

    device: DoorDevice
    gaps: tuple[tuple[int, int], ...]
    scan_count: int
    is_working: bool

    @property
    def held_count(self) -> int:
        return size_of(self.gaps)

    @property
    def is_clock_off(self) -> bool:
        return self.device.clock_offset is not None and abs(self.device.clock_offset) > CLOCK_LIMIT


def devices_of(session: Session, *, at: datetime.datetime) -> list[DeviceState]:
    """The devices of a session with what they still hold, those set up first on top."""
    return states_of(DoorDevice.objects.filter(sessions=session).order_by("made_at", "pk"), at=at)


def devices_in(programme: Programme, *, at: datetime.datetime) -> list[DeviceState]:
    """The devices of all sessions of a programme, those set up first on top."""
    devices = DoorDevice.objects.filter(sessions__activity__programme=programme).distinct()
    return states_of(devices.order_by("made_at", "pk"), at=at)


def undecided_by_session(condition: Q) -> list[tuple[Session, int]]:
    """How many scans wait for a person, for each session with such, by its start. `condition` is one of sessions.

    What a device sent for a session that is not one of its own counts at its first: it stands on the pages of all.
    """
    found, waiting = Session.objects.filter(condition), Scan.objects.undecided().order_by()
    counts = Counter(dict(waiting.filter(session__in=found).values_list("session_id").annotate(Count("pk"))))
    devices = DoorDevice.objects.filter(sessions__in=found)
    foreign = dict(waiting.filter(session=None, device__in=devices).values_list("device").annotate(Count("pk")))
    links = DoorDevice.sessions.through.objects.filter(doordevice__in=foreign, session__in=found)
    for device, session in links.order_by("session__starts_at", "session").values_list("doordevice", "session"):
        counts[session] += foreign.pop(device, 0)
    sessions = Session.objects.filter(pk__in=+counts).select_related("activity__organisation")
    return [(session, counts[session.pk]) for session in sessions.order_by("starts_at", "pk")]


def states_of(found: QuerySet[DoorDevice], *, at: datetime.datetime) -> list[DeviceState]:
    devices = list(found)
    numbers: dict[int, list[int]] = defaultdict(list)
    scans = Scan.objects.filter(device__in=devices).order_by().values_list("device_id", "sequence")
    for device, sequence in scans:
        numbers[device or 0].append(sequence)
    return [
        DeviceState(
            device,
            tuple(missing_ranges(numbers[device.pk], device.highest_sequence)),
            len(numbers[device.pk]),
            device.may_read_at(at),
        )
        for device in devices
    ]


def held_scans(states: Sequence[DeviceState]) -> int:
    return sum(state.held_count for state in states)


@dataclass(frozen=True)
class DoorFigures:
    """Of the people who are in, how many were signed up; and how many scans wait for a person."""

    inside: int
    expected_inside: int
    expected: int
    undecided: int

    @property
    def walk_ins(self) -> int:
        return self.inside - self.expected_inside


def door_figures(session: Session, people: Sequence[Expected], undecided: int) -> DoorFigures:
    tally = Tally.objects.filter(session=session).first()
    inside = tally.one_by_one_count if tally else 0
    came = sum(each.is_in for each in people)
    seated = [each for each in people if each.registration.state in Registration.SEATED_STATES]
    return DoorFigures(inside, came, len(seated), undecided)


def seats_twice(session: Session) -> int:
    """How many people count whose registration was cancelled before their scan arrived, and who have no other one:
    the device could not know, and somebody else may have come with the seat.
    """
    seated = Registration.objects.filter(session=session, state__in=Registration.SEATED_STATES)
    scans = Scan.objects.filter(session=session, verdict=Scan.Verdict.COUNTED, marks__contains=CANCELLED_LATER)
    gone = scans.exclude(resident__in=seated.order_by().values("resident")).order_by()
    return LedgerEntry.objects.effective().filter(pk__in=gone.values("entry")).count()


def own_entries(session: Session, user: User, *, at: datetime.datetime) -> set[int]:
    """Keys of the entries by which the user has just let people in, and which they can take back themselves."""
    entries = LedgerEntry.objects.effective().one_by_one().filter(session=session, actor_id=user.pk)
    return set(entries.filter(recorded_at__gte=at - TAKEN_BACK_WITHIN).values_list("pk", flat=True))


def can_have_device(session: Session, *, at: datetime.datetime) -> bool:
    """Whether a device that is set up now would work at the session for a while."""
    end = session.ends_at or session.starts_at
    return end is not None and end + AROUND_SESSION > at


def sessions_for_a_device(session: Session, *, at: datetime.datetime) -> list[Session]:
    """The session and the others that its organisation holds on the same day: one phone can stand at all of them.

    None where the session is over, for a device would not work any more, or has no time.
    """
    if not can_have_device(session, at=at) or session.starts_at is None:
        return []
    start, end = day_bounds(local_day(session.starts_at), local_day(session.starts_at))
    same_day = Session.objects.filter(
        activity__organisation=session.activity.organisation,
        starts_at__gte=start,
        starts_at__lt=end,
        state__in=[Session.State.PLANNED, Session.State.HELD],
    )
    found = same_day.select_related("activity__organisation", "venue").order_by("starts_at", "pk")
    return [each for each in found if can_have_device(each, at=at)]
