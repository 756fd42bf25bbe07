"""Somebody who was let in is forgotten, and another phone delivers the same ticket only then."""

import datetime
import uuid
from collections.abc import Callable

import pytest
from tests.door import ticket_of
from tests.factories import NOON, DoorDeviceFactory, MemberFactory, OpenSessionFactory, RegistrationFactory
from tests.participation.signing_up import refusal

from qixue.api.schemas.door import ScanIn
from qixue.core.refusal import Refused
from qixue.participation.models import DoorDevice, LedgerEntry, Registration, Scan, Tally
from qixue.participation.operations.check_ins import check_in, checked_registration
from qixue.participation.operations.door_sync import Delivery, receive_scans
from qixue.participation.operations.ledger import void_entry
from qixue.participation.operations.quick_scan import receive_alone
from qixue.participation.operations.scan_decisions import accept_scan, decide_together
from qixue.participation.queries.door_state import DoorFigures, door_figures, expected_people
from qixue.participation.queries.registered import missed_at
from qixue.participation.queries.walk_ins import walk_ins_at
from qixue.participation.queries.wall import places_for_walk_ins
from qixue.people.models import Resident, User
from qixue.people.operations.erasure import erase_account
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


def either_way(device: DoorDevice, delivery: Delivery, *, at: datetime.datetime) -> Scan:
    """As a phone with a network brings one scan: the quick way first."""
    assert receive_alone(device, delivery, at=at) or receive_scans(device, delivery, at=at)
    return Scan.objects.get(device=device)


def ordinary_way(device: DoorDevice, delivery: Delivery, *, at: datetime.datetime) -> Scan:
    receive_scans(device, delivery, at=at)
    return Scan.objects.get(device=device)


def one_scan(registration: Registration, at: datetime.datetime) -> Delivery:
    values = {"session": registration.session_id, "kind": "ticket", "ticket": ticket_of(registration)}
    scan = ScanIn(uuid=uuid.uuid4(), sequence=1, occurred_at=at.isoformat(), **values)
    return Delivery(at, 1, [scan.sent()])


@pytest.fixture
def session() -> Session:
    return OpenSessionFactory(starts_at=NOON, ends_at=NOON + 2 * HOUR, seat_count=20)


@pytest.fixture
def doors(session: Session) -> list[DoorDevice]:
    values = {"sessions": [session], "valid_until": NOON + 4 * HOUR}
    first = DoorDeviceFactory(**values)
    return [first, DoorDeviceFactory(digest="x" * 64, organisation=first.organisation, **values)]


@pytest.fixture
def registration(session: Session) -> Registration:
    return RegistrationFactory(session=session, resident=MemberFactory())


@pytest.mark.parametrize("receive", [either_way, ordinary_way])
def test_whoever_came_and_was_forgotten_is_counted_once_and_has_not_missed_it(
    receive: Callable[..., Scan], session: Session, doors: list[DoorDevice], registration: Registration
) -> None:
    receive(doors[0], one_scan(registration, NOON), at=NOON)
    late = one_scan(registration, NOON + HOUR)  # they came back by the other door, which had no network

    erase_account(registration.resident.user, at=NOON + 6 * HOUR)
    scan = receive(doors[1], Delivery(NOON + 24 * HOUR, 1, late.scans), at=NOON + 24 * HOUR)

    assert (scan.verdict, scan.reason) == (Scan.Verdict.REVIEW, "forgotten")
    assert Tally.objects.get(session=session).named_count == 1
    assert missed_at(session, at=NOON + 25 * HOUR).keys == frozenset()
    assert (figures_of(session).inside, figures_of(session).walk_ins) == (1, 0)


def test_whoever_came_and_was_forgotten_is_not_checked_in_by_hand(
    session: Session, doors: list[DoorDevice], registration: Registration
) -> None:
    ordinary_way(doors[0], one_scan(registration, NOON), at=NOON)
    erase_account(registration.resident.user, at=NOON + HOUR)

    with pytest.raises(Refused) as refused:
        checked_registration(Registration.objects.get(pk=registration.pk), session)

    assert refused.value.code == "forgotten"


def test_whoever_had_not_come_when_they_were_forgotten_is_counted_by_their_late_scan(
    session: Session, doors: list[DoorDevice], registration: Registration
) -> None:
    late = one_scan(registration, NOON + HOUR)
    erase_account(registration.resident.user, at=NOON + 6 * HOUR)

    assert not Registration.objects.get(pk=registration.pk).was_there
    scan = either_way(doors[1], Delivery(NOON + HOUR, 1, late.scans), at=NOON + HOUR)

    assert (scan.verdict, Tally.objects.get(session=session).named_count) == (Scan.Verdict.COUNTED, 1)


def figures_of(session: Session) -> DoorFigures:
    return door_figures(session, expected_people(session), 0)


def walk_ins_of(session: Session) -> list[LedgerEntry]:
    return [each.entry for each in walk_ins_at(session, expected_people(session))]


def let_in_by_hand(session: Session, by: User, *, name: str = "", seat: Registration | None = None) -> LedgerEntry:
    return check_in(session, registration=seat, name=name, by=by, at=NOON, client_uuid=uuid.uuid4())


def test_whoever_is_forgotten_is_a_walk_in_nowhere_or_everywhere(
    session: Session, organiser: User, registration: Registration
) -> None:
    """Two are forgotten: one had a seat, the other had walked in. A third one walked in and is known."""
    seat = let_in_by_hand(session, organiser, seat=registration)
    walked_in, known = [let_in_by_hand(session, organiser, name=name) for name in ("王芳", "李明")]
    before = places_for_walk_ins(Session.objects.get(pk=session.pk))

    erase_account(registration.resident.user, at=NOON + HOUR)
    Resident.objects.get(name="王芳").delete()

    figures = figures_of(session)
    assert (figures.inside, figures.walk_ins) == (3, 2)
    assert walk_ins_of(session) == [known, walked_in]
    assert places_for_walk_ins(Session.objects.get(pk=session.pk)) == before

    for entry, left in ((seat, [known]), (walked_in, [known]), (known, [])):
        void_entry(entry, reason="误录", by=organiser, at=NOON + HOUR, client_uuid=uuid.uuid4())
        figures = figures_of(session)
        assert (walk_ins_of(session), figures.walk_ins) == (left, len(left))
        assert figures.inside == figures.expected_inside + figures.walk_ins


def test_put_aside_scan_of_whoever_is_forgotten_counts_for_somebody_else_alone(
    session: Session, doors: list[DoorDevice], registration: Registration, organiser: User
) -> None:
    ordinary_way(doors[0], one_scan(registration, NOON), at=NOON)
    late = one_scan(registration, NOON + HOUR)
    erase_account(registration.resident.user, at=NOON + HOUR)
    scan = ordinary_way(doors[1], Delivery(NOON + HOUR, 1, late.scans), at=NOON + HOUR)
    said = {"session": session, "reason": "在场", "by": organiser, "at": NOON + HOUR}
    place = Registration.objects.get(pk=registration.pk)

    codes = [
        refusal(accept_scan, scan, **said),
        refusal(accept_scan, scan, registration=place, **said),
        refusal(decide_together, keys=[scan.pk], decision=Scan.Decision.ACCEPTED, **said),
    ]

    assert (codes, Tally.objects.get(session=session).named_count) == (["forgotten"] * 3, 1)
    assert accept_scan(scan, name="王芳", **said).resident.name == "王芳"
