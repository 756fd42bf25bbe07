"""What the door needs to know: devices and what they hold, who is expected, and what a scan points at."""

import bisect
import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Case, Q, Value, When

from qixue.core.names import by_name
from qixue.core.signing_keys import verification_keys
from qixue.core.statements import answers_to
from qixue.participation.merge import Facts, Holder, Window, judge, missing_ranges
from qixue.participation.models import (
    BundleFetch,
    DoorDevice,
    LedgerEntry,
    Registration,
    RegistrationQuerySet,
    Scan,
    ScanQuerySet,
)
from qixue.participation.tickets import BadTicket, decode
from qixue.people.callers import aware
from qixue.programme.models import Session

DEVICE = ("id", "organisation_id", "name", "valid_until", "revoked_at", "highest_sequence", "arrived_to")
BY_TOKEN = f"SELECT {', '.join(DEVICE)} FROM participation_doordevice WHERE digest = %s"  # noqa: S608 - from above
SHOWN = ("pk", "session_id", "door_code", "state", "cancelled_at", "resident_id", "resident__name", "was_there")
NEEDS_HOLDER = (Scan.Kind.TICKET, Scan.Kind.CODE, Scan.Kind.NAME)


def device_of_token(token: str, *, at: datetime.datetime) -> DoorDevice | None:
    """The device behind a token while it may deliver; None when the token is unknown, over or revoked.

    Read by hand, since it is asked with every scan; what else is to be known of the device is fetched when asked for.
    """
    [rows] = answers_to((BY_TOKEN, [DoorDevice.digest_of(token)]))
    if not rows:
        return None
    device = DoorDevice.from_db(connection.alias, DEVICE, [aware_or_same(value) for value in rows[0]])
    return device if device.may_deliver_at(at) else None


def aware_or_same(value: Any) -> Any:
    return aware(value) if isinstance(value, datetime.datetime) else value


def sessions_of(device: DoorDevice) -> list[Session]:
    """The sessions that the device is for, by their start."""
    related = ("activity__organisation", "activity__programme", "venue")
    return list(device.sessions.select_related(*related).order_by("starts_at", "pk"))


def scans_at(session: Session) -> ScanQuerySet:
    """What was scanned for a session, and what its devices sent for sessions that are not theirs."""
    foreign = Q(session=None, device__in=DoorDevice.objects.filter(sessions=session))
    return Scan.objects.filter(Q(session=session) | foreign)


def names_nobody(scan: Scan) -> bool:
    """Whether it leads to nobody, so that it can only count for somebody whom a person names."""
    return scan.kind in NEEDS_HOLDER and scan.resident_id is None and not scan.sent.get("name")


def expected_at(sessions: Iterable[Session]) -> list[Registration]:
    """Whoever has a seat or waits at the sessions, by name."""
    rows = Registration.objects.active().filter(session__in=list(sessions)).select_related("resident")
    named = by_name(rows.order_by("pk"), lambda row: row.resident.name)
    return sorted(named, key=lambda row: row.session_id)


def cancelled_keys(sessions: Iterable[Session]) -> list[int]:
    """Keys of the registrations whose tickets are good no more."""
    is_off = Q(state=Registration.State.CANCELLED) | Q(session__state=Session.State.CANCELLED)
    rows = Registration.objects.filter(is_off, session__in=list(sessions))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def decisions_about(device: DoorDevice) -> dict[UUID, str]:
    """What people have decided about scans of the device since it was told their verdicts, by the uuids that it gave
    them: those that were put aside, and those that counted, or led to who was in, and were taken back.
    """
    is_taken_back = Q(entry__successor__kind=LedgerEntry.Kind.VOID)
    rows = Scan.objects.filter(~Q(decision="") | is_taken_back, device=device)
    told = Case(When(is_taken_back, then=Value(Scan.Decision.REJECTED)), default="decision")
    return dict(rows.values_list("uuid", told))


def gaps_of(device: DoorDevice) -> list[tuple[int, int]]:
    """Which of the numbers that the device gave have not arrived: it still holds those scans."""
    if device.arrived_to == device.highest_sequence:
        return []
    since = Scan.objects.filter(device=device, sequence__gt=device.arrived_to).order_by()
    return missing_ranges(since.values_list("sequence", flat=True), device.highest_sequence, device.arrived_to)


class Shown(NamedTuple):
    """What is to be known of a registration that a scan shows; as plain values, since a delivery asks for hundreds."""

    pk: int
    session_id: int
    door_code: str
    state: str
    cancelled_at: datetime.datetime | None
    resident_id: int
    name: str
    was_there: bool = False


@dataclass
class Known:
    """Everything that a batch of scans points at, read in a constant number of questions."""

    hours_end: datetime.datetime | None
    sessions: dict[int, Session]
    windows: dict[int, Window] = field(init=False)
    keys: dict[str, bytes] = field(default_factory=dict)
    registrations: dict[int, Shown] = field(default_factory=dict)
    by_code: dict[tuple[int, str], Shown] = field(default_factory=dict)
    fetched_at: list[datetime.datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.windows = {key: window_of(session) for key, session in self.sessions.items()}

    def list_from(self, moment: datetime.datetime) -> datetime.datetime | None:
        """When the list was fetched with which the device worked at the moment."""
        position = bisect.bisect_right(self.fetched_at, moment)
        return self.fetched_at[position - 1] if position else None

    def pointed_at(self, scan: Scan) -> tuple[Shown | None, str]:
        """The registration that a scan shows, or why there is none."""
        if scan.kind == Scan.Kind.TICKET:
            return self.of_ticket(scan)
        if scan.kind == Scan.Kind.CODE:
            found = self.by_code.get(shown_code(scan))
            return found, "" if found else "unknown_code"
        if scan.kind == Scan.Kind.NAME:
            return self.registrations.get(scan.sent.get("registration") or 0), "unknown_person"
        return None, ""

    def of_ticket(self, scan: Scan) -> tuple[Shown | None, str]:
        try:
            ticket = decode(scan.sent.get("ticket", ""), self.keys, at=scan.corrected_at)
        except BadTicket as bad:
            return None, "ticket_over" if bad.code == "expired" else "bad_ticket"
        found = self.registrations.get(ticket.registration)
        is_same = found is not None and found.session_id == ticket.session
        return (found, "") if is_same else (None, "unknown_person")


def known_to(device: DoorDevice | None, scans: Sequence[Scan], sessions: dict[int, Session]) -> Known:
    """What the scans of a device point at. `sessions` are those of the device, by their keys."""
    known = Known(device.valid_until if device else None, sessions)
    if any(scan.kind == Scan.Kind.TICKET for scan in scans):
        known.keys = verification_keys("ticket")
    rows = Registration.objects.values_list(*SHOWN)
    if keys := {key for scan in scans if (key := shown_key(scan, known.keys))}:
        known.registrations = {row.pk: row for row in map(Shown._make, rows.filter(pk__among=keys))}
    if codes := {shown_code(scan) for scan in scans if scan.kind == Scan.Kind.CODE}:
        known.by_code = shown_by_code(known.sessions, codes)
    if device:
        fetches = BundleFetch.objects.filter(device=device).order_by("at", "pk")
        known.fetched_at = list(fetches.values_list("at", flat=True))
    return known


def shown_code(scan: Scan) -> tuple[int, str]:
    """The session at which a code was scanned, and the code."""
    return scan.session_id or 0, scan.sent.get("code", "")


def shown_by_code(sessions: Iterable[int], codes: set[tuple[int, str]]) -> dict[tuple[int, str], Shown]:
    """The registrations with these codes: of several with one code the active one, else the last that was cancelled.

    The database finds active ones by their codes. Those that were cancelled it looks for among all of the session, so
    that they are asked for only where a code has no active one.
    """
    rows = Registration.objects.filter(session__in=sessions)
    active = rows.active().filter(door_code__among={code for _session, code in codes})
    found = by_code(active)
    if missing := codes - found.keys():
        cancelled = rows.filter(
            state=Registration.State.CANCELLED, door_code__among={code for _session, code in missing}
        )
        found = by_code(cancelled.order_by("pk")) | found
    return found


def by_code(rows: RegistrationQuerySet) -> dict[tuple[int, str], Shown]:
    return {(row.session_id, row.door_code): row for row in map(Shown._make, rows.values_list(*SHOWN))}


def shown_key(scan: Scan, keys: dict[str, bytes]) -> int | None:
    """The registration that a ticket or a line of the list names; whether it is good is looked at later."""
    if scan.kind == Scan.Kind.NAME:
        return scan.sent.get("registration")
    if scan.kind == Scan.Kind.TICKET:
        try:
            return decode(scan.sent.get("ticket", ""), keys, at=scan.corrected_at).registration
        except BadTicket:
            return None
    return None


def facts_of(scan: Scan, known: Known) -> tuple[Facts, Shown | None]:
    """What decides about a scan, and whose it is."""
    window = known.windows.get(scan.session_id or 0)
    shown, problem = known.pointed_at(scan)
    holder = None
    if shown:
        is_here = window is not None and shown.session_id == scan.session_id
        holder = Holder(shown.state, is_here, shown.cancelled_at, shown.was_there)
    facts = Facts(
        occurred_at=scan.occurred_at,
        corrected_at=scan.corrected_at,
        received_at=scan.received_at,
        hours_end=known.hours_end,
        session=window,
        holder=holder,
        needs_holder=scan.kind in NEEDS_HOLDER,
        problem=problem,
        list_from=known.list_from(scan.corrected_at),
        pace=scan.pace,
        shown=scan.sent.get("shown", ""),
    )
    return facts, shown


def reasons_today(session: Session, scans: Sequence[Scan]) -> dict[Scan, str]:
    """Why the rules would put each scan at the session aside as things are now: somebody who waited can have a seat
    meanwhile. Empty where they would let it count.
    """
    by_device: dict[DoorDevice | None, list[Scan]] = defaultdict(list)
    for scan in scans:
        by_device[scan.device].append(scan)
    reasons: dict[Scan, str] = {}
    for device, group in by_device.items():
        sessions = sessions_of(device) if device else [session]
        known = known_to(device, group, {each.pk: each for each in sessions})
        reasons |= {scan: judge(facts_of(scan, known)[0]).reason for scan in group}
    return reasons


def window_of(session: Session) -> Window:
    return Window(session.starts_at, session.ends_at, session.state in Session.OFF_STATES)
