"""Whoever does something for a session answers for it: the operation itself asks, whatever page or program calls it."""

from collections.abc import Callable

import pytest
from tests.counted import head_count
from tests.factories import NOON, DoorDeviceFactory, EvidenceFactory, RoleAssignmentFactory, SessionFactory, key
from tests.participation.signing_up import refusal

from qixue.core.models import AuditEntry
from qixue.core.quantity import Qualifier
from qixue.participation.models import DoorDevice, LedgerEntry, WallCode
from qixue.participation.operations.door_devices import revoke_device, set_up_device
from qixue.participation.operations.door_sync import Delivery, SentScan, receive_scans
from qixue.participation.operations.head_counts import CountReport, correct_head_count, report_head_count
from qixue.participation.operations.ledger import correct_entry, record_head_count, void_entry
from qixue.participation.operations.walls import close_wall, show_wall
from qixue.people.models import Role, RoleAssignment, User
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

Act = Callable[[Session, User], object]
NUMBER = {"count": 9, "qualifier": Qualifier.EXACT}


def report() -> CountReport:
    return CountReport(**NUMBER, client_uuid=key(), note="数过")


def counted(session: Session) -> LedgerEntry:
    return LedgerEntry.objects.get(session=session, kind=LedgerEntry.Kind.HEAD_COUNT)


RUN_THE_DOOR: dict[str, Act] = {
    "show the wall": lambda session, by: show_wall(session, by=by, at=NOON),
    "close the wall": lambda session, by: close_wall(session, by=by, at=NOON),
    "set up a device": lambda session, by: set_up_device([session], name="东门", by=by, at=NOON, client_uuid=key()),
    "revoke a device": lambda session, by: revoke_device(DoorDevice.objects.get(), by=by, at=NOON),
    "count heads": lambda session, by: record_head_count(
        session, **NUMBER, evidence=EvidenceFactory(), by=by, at=NOON, client_uuid=key()
    ),
    "report heads": lambda session, by: report_head_count(session, report(), by=by, at=NOON),
}
SET_RIGHT: dict[str, Act] = {
    "correct": lambda session, by: correct_entry(
        counted(session), **NUMBER, reason="漏数", evidence=None, by=by, at=NOON, client_uuid=key()
    ),
    "report a correction": lambda session, by: correct_head_count(
        counted(session), report(), reason="漏数", by=by, at=NOON
    ),
    "take back": lambda session, by: void_entry(counted(session), reason="误录", by=by, at=NOON, client_uuid=key()),
}


@pytest.fixture
def session() -> Session:
    """With a device, a wall and a head count of its own."""
    session = SessionFactory()
    device = DoorDeviceFactory(sessions=[session])
    show_wall(session, by=device.made_by, at=NOON)
    head_count(session, 12)
    return session


@pytest.mark.parametrize("act", [*RUN_THE_DOOR.values(), *SET_RIGHT.values()], ids=[*RUN_THE_DOOR, *SET_RIGHT])
def test_somebody_of_another_office_is_refused(session: Session, act: Act) -> None:
    stranger = RoleAssignmentFactory(role=Role.COORDINATOR).user
    before = AuditEntry.objects.count()

    assert refusal(act, session, stranger) == "not_in_charge"
    assert (AuditEntry.objects.count(), LedgerEntry.objects.count()) == (before, 1)
    assert WallCode.objects.get().closed_at is None


@pytest.mark.parametrize("act", SET_RIGHT.values(), ids=SET_RIGHT)
def test_whoever_runs_the_door_sets_nothing_right(session: Session, act: Act) -> None:
    volunteer = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.DOOR_VOLUNTEER).user

    assert refusal(act, session, volunteer) == "not_in_charge"
    assert LedgerEntry.objects.count() == 1


def test_head_count_of_a_device_counts_after_whoever_set_it_up_has_left(session: Session) -> None:
    other = SessionFactory(activity=session.activity)
    device = DoorDevice.objects.get()
    device.sessions.add(other)
    RoleAssignment.objects.filter(user=device.made_by).delete()
    sent = {"kind": "head_count", "session": other.pk, "occurred_at": other.ends_at, "digest": "0" * 64}
    scan = SentScan(uuid=key(), sequence=1, facts={"count": 5, "note": "数过"}, **sent)

    [answer] = receive_scans(device, Delivery(NOON, 1, [scan]), at=NOON).answers

    assert (answer.verdict, answer.reason) == ("counted", "")
