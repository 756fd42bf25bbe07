"""The door at the same moment: one ticket on two devices, one delivery twice, a device that is revoked meanwhile."""

import datetime

import pytest
from tests.at_once import at_once, while_it_lasts
from tests.door import ticket_of
from tests.factories import (
    NOON,
    DoorDeviceFactory,
    OpenSessionFactory,
    RegistrationFactory,
    RoleAssignmentFactory,
    key,
)

from qixue.core.quantity import Qualifier
from qixue.participation.models import Attendance, DoorDevice, LedgerEntry, Registration, Scan, Tally
from qixue.participation.operations.calling_off import call_off
from qixue.participation.operations.check_ins import check_in
from qixue.participation.operations.door_devices import revoke_device
from qixue.participation.operations.door_sync import Delivery, SentScan, receive_scans
from qixue.participation.operations.head_counts import CountReport, report_head_count
from qixue.participation.operations.quick_scan import LINES, arrival_of, receive_alone, write
from qixue.participation.queries import chain_faults
from qixue.participation.queries.attendances import attendance_faults
from qixue.participation.queries.door import device_of_token
from qixue.people.models import Resident
from qixue.people.operations.erasure import erase
from qixue.people.personal_data import Subject
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def session() -> Session:
    return OpenSessionFactory(starts_at=NOON - HOUR, ends_at=NOON + HOUR)


def scans_of(session: Session, people: list[Registration]) -> list[SentScan]:
    return [
        SentScan(
            uuid=key(),
            sequence=number,
            kind=Scan.Kind.TICKET,
            session=session.pk,
            occurred_at=NOON - datetime.timedelta(seconds=2 * number),
            digest=f"{number:064}",
            facts={"ticket": ticket_of(person)},
        )
        for number, person in enumerate(people, start=1)
    ]


def delivered(device: DoorDevice, scans: list[SentScan]) -> object:
    return receive_scans(device, Delivery(NOON, len(scans), scans), at=NOON)


def test_same_tickets_on_three_devices_and_by_hand_count_once(session: Session) -> None:
    people = RegistrationFactory.create_batch(10, session=session)
    clerk = RoleAssignmentFactory(organisation=session.activity.organisation).user
    devices = [DoorDeviceFactory(sessions=[session], digest=key().hex * 2) for _device in range(3)]

    outcomes = at_once(
        *[lambda device=device: delivered(device, scans_of(session, people)) for device in devices],
        *[
            lambda person=person: check_in(session, registration=person, by=clerk, at=NOON, client_uuid=key())
            for person in people[:3]
        ],
    )

    assert outcomes == ["done"] * 6
    assert Attendance.objects.filter(session=session).count() == 10
    assert LedgerEntry.objects.count() == 10
    assert Tally.objects.get(session=session).named_count == 10
    assert Scan.objects.filter(verdict__in=["counted", "already_in"]).count() == 30
    assert list(chain_faults()) == []


def test_single_scans_of_three_devices_at_once_count_once(session: Session) -> None:
    """One after the other on each device, by the quick way where it takes them, while a batch comes in."""
    people = RegistrationFactory.create_batch(8, session=session)
    devices = [DoorDeviceFactory(sessions=[session], digest=key().hex * 2) for _device in range(4)]
    answers = []

    def one_by_one(device: DoorDevice) -> None:
        for scan in scans_of(session, people):
            one = Delivery(NOON, scan.sequence, [scan])
            receipt = receive_alone(device, one, at=NOON) or receive_scans(device, one, at=NOON)
            answers.append(receipt.answers[0].verdict)

    outcomes = at_once(
        *[lambda device=device: one_by_one(device) for device in devices[:3]],
        lambda: delivered(devices[3], scans_of(session, people)),
    )

    assert outcomes == ["done"] * 4
    assert len(answers) == 24
    assert Attendance.objects.filter(session=session).count() == LedgerEntry.objects.count() == 8
    assert Tally.objects.get(session=session).named_count == 8
    assert Scan.objects.filter(verdict__in=["counted", "already_in"]).count() == 32
    assert list(chain_faults()) == list(attendance_faults()) == []


def test_second_of_two_devices_that_bring_one_walk_in_at_once_is_marked(session: Session) -> None:
    devices = [DoorDeviceFactory(sessions=[session], digest=key().hex * 2) for _device in range(2)]
    walk_ins = [
        SentScan(key(), 1, Scan.Kind.WALK_IN, session.pk, NOON, f"{number:064}", {"name": "李明"})
        for number in range(2)
    ]

    became = while_it_lasts(
        lambda: delivered(devices[0], walk_ins[:1]),
        lambda: delivered(devices[1], walk_ins[1:]),
    )

    assert became == "done"
    assert list(Scan.objects.order_by("pk").values_list("verdict", "marks")) == [
        ("counted", ""),
        ("counted", "namesake"),
    ]


def test_one_delivery_sent_four_times_at_once_is_stored_once(session: Session) -> None:
    device = DoorDeviceFactory(sessions=[session])
    scans = scans_of(session, RegistrationFactory.create_batch(5, session=session))

    outcomes = at_once(*[lambda: delivered(device, scans)] * 4)

    assert outcomes == ["done"] * 4
    assert Scan.objects.count() == LedgerEntry.objects.count() == 5


def test_people_who_are_forgotten_while_their_scans_arrive_are_counted_without_a_name(session: Session) -> None:
    people = RegistrationFactory.create_batch(6, session=session)
    device = DoorDeviceFactory(sessions=[session])
    forgotten = [Subject((row.resident,)) for row in people]

    outcomes = at_once(
        lambda: delivered(device, scans_of(session, people)),
        *[lambda subject=subject: erase(subject, at=NOON) for subject in forgotten],
    )

    assert outcomes == ["done"] * 7
    assert Attendance.objects.filter(session=session).count() == LedgerEntry.objects.count() == 6
    assert not Scan.objects.filter(verdict="review").exists()
    assert not Resident.objects.exclude(name=Resident.NOBODY).exists()


def test_whoever_is_being_forgotten_is_scanned_without_a_name(session: Session) -> None:
    """The quick way leaves them to the ordinary one, which waits until they are forgotten."""
    device = DoorDeviceFactory(sessions=[session])
    RegistrationFactory(session=session)
    person = RegistrationFactory(session=session)
    Session.objects.update(state=Session.State.HELD)
    (scan,) = scans_of(session, [person])
    one = Delivery(NOON, 1, [scan])
    quick = []

    became = while_it_lasts(
        lambda: erase(Subject((person.resident,)), at=NOON),
        lambda: quick.append(receive_alone(device, one, at=NOON)) or receive_scans(device, one, at=NOON),
    )

    assert (became, quick) == ("done", [None])
    assert Scan.objects.get().resident.name == Resident.NOBODY


def test_whoever_is_forgotten_while_they_are_scanned_leaves_no_trace_in_the_scan(session: Session) -> None:
    device = DoorDeviceFactory(sessions=[session])
    person, first = RegistrationFactory.create_batch(2, session=session)
    delivered(device, scans_of(session, [first]))
    (scan,) = scans_of(session, [person])
    arrival = arrival_of(device, Delivery(NOON, 2, [scan]), at=NOON)
    organisation = session.activity.organisation_id

    became = while_it_lasts(
        lambda: (LINES.lock_row(organisation), write(organisation, [arrival])),
        lambda: erase(Subject((person.resident,)), at=NOON),
    )

    assert became == "done"
    assert "ticket" not in Scan.objects.get(uuid=scan.uuid).sent


def test_revoked_device_leads_to_nobody_for_the_next_request(session: Session) -> None:
    device = DoorDeviceFactory(sessions=[session], digest=DoorDevice.digest_of("qx_door_x"))
    before = device_of_token("qx_door_x", at=NOON)

    at_once(lambda: revoke_device(device, by=device.made_by, at=NOON))

    assert before == device
    assert device_of_token("qx_door_x", at=NOON) is None


def test_head_count_of_a_session_that_is_called_off_meanwhile_is_refused(session: Session) -> None:
    clerk = RoleAssignmentFactory(organisation=session.activity.organisation).user
    count = CountReport(count=32, qualifier=Qualifier.EXACT, client_uuid=key(), note="签到表2页", confirmed=True)

    became = while_it_lasts(
        lambda: call_off(session, reason="停电", by=clerk, at=NOON),
        lambda: report_head_count(session, count, by=clerk, at=NOON),
    )

    session.refresh_from_db()
    assert (became, session.state) == ("session_cancelled", Session.State.CANCELLED)
    assert LedgerEntry.objects.count() == 0


def test_people_whose_scans_arrive_while_the_session_is_called_off_are_not_counted(session: Session) -> None:
    Session.objects.update(starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR)
    session.refresh_from_db()
    clerk = RoleAssignmentFactory(organisation=session.activity.organisation).user
    device = DoorDeviceFactory(sessions=[session])
    people = RegistrationFactory.create_batch(3, session=session)

    became = while_it_lasts(
        lambda: call_off(session, reason="停电", by=clerk, at=NOON),
        lambda: delivered(device, scans_of(session, people)),
    )

    assert became == "done"
    assert LedgerEntry.objects.count() == 0
    assert set(Scan.objects.values_list("verdict", "reason")) == {("review", "session_off")}
