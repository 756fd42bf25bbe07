"""The quick way of one scan: the same rows as the ordinary one, and nothing where it is not right."""

import datetime
import hashlib
import itertools
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from tests.door import ticket_of
from tests.factories import (
    NOON,
    DoorDeviceFactory,
    OpenSessionFactory,
    OrganisationFactory,
    RegistrationFactory,
    key,
)

from qixue.core.models import AuditEntry
from qixue.participation.merge import HIGHEST_PACE
from qixue.participation.models import (
    Attendance,
    BundleFetch,
    DoorDevice,
    LedgerEntry,
    Participant,
    Registration,
    Scan,
    Tally,
)
from qixue.participation.operations.door_sync import Delivery, SentScan, missing_from, receive_scans
from qixue.participation.operations.quick_scan import Arrival, arrival_of, receive_alone, write
from qixue.participation.queries import chain_faults
from qixue.participation.queries.attendances import attendance_faults
from qixue.people.models import Resident
from qixue.people.operations.erasure import erase
from qixue.people.personal_data import Subject
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

HOUR, MINUTE = datetime.timedelta(hours=1), datetime.timedelta(minutes=1)
NUMBERS = itertools.count(2)
WRITTEN = (LedgerEntry, Attendance, Tally, Scan, Participant, AuditEntry, DoorDevice, Session, Registration)
KINDS = {
    "ticket": lambda row: {"ticket": ticket_of(row)},
    "code": lambda row: {"code": row.door_code},
    "name": lambda row: {"registration": row.pk},
}


class Door:
    """A door where one person is in already, and one is expected."""

    def __init__(self, number: int, **changes: Any) -> None:
        organisation = OrganisationFactory(code=f"D{number}", name=f"街道{number}")
        times = {"starts_at": NOON - HOUR, "ends_at": NOON + HOUR, "state": Session.State.HELD}
        self.session = OpenSessionFactory(activity__organisation=organisation, **{**times, **changes})
        self.device = DoorDeviceFactory(digest=f"{number}", sessions=[self.session])
        first, self.registration = RegistrationFactory.create_batch(2, session=self.session)
        receive_scans(self.device, self.delivery(1, "name", registration=first.pk), at=NOON - 9 * MINUTE)

    def delivery(self, number: int, kind: str, at: datetime.datetime = NOON - 9 * MINUTE, **facts: Any) -> Delivery:
        name = f"{self.session.pk} {number} {kind}"
        scan = SentScan(
            uuid=uuid.uuid5(uuid.NAMESPACE_OID, name),
            sequence=number,
            kind=kind,
            session=self.session.pk,
            occurred_at=at - MINUTE,
            digest=hashlib.sha256(name.encode()).hexdigest(),
            facts=facts,
        )
        return Delivery(clock=at, highest_sequence=number, scans=[scan])


def rows() -> dict[str, list[dict[str, Any]]]:
    """Everything that a scan may change."""
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in WRITTEN}  # type: ignore[attr-defined]


def without_keys(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Which numbers a database gives to rows that are undone is its own affair."""
    return [{name: value for name, value in row.items() if name not in ("id", "entry_id")} for row in values]


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_known", [True, False], ids=["known", "new"])
@pytest.mark.parametrize("offset", [datetime.timedelta(0), HOUR / 2], ids=["clock right", "clock wrong"])
def test_both_ways_leave_the_same_rows(kind: str, is_known: bool, offset: datetime.timedelta, monkeypatch: Any) -> None:
    """The same scan twice: the first is undone, so that even keys and hashes must be the same."""
    door = Door(1)
    token = uuid.UUID(int=7)
    monkeypatch.setattr(uuid, "uuid4", lambda: token)
    monkeypatch.setattr(Participant._meta.get_field("token"), "_get_default", lambda: token)
    if is_known:
        programme = door.session.activity.programme
        Participant.objects.create(resident=door.registration.resident, programme=programme, token=token)
    BundleFetch.objects.create(device=door.device, at=NOON - HOUR)
    sent = door.delivery(2, kind, NOON - offset, **KINDS[kind](door.registration))

    found = []
    for way in (receive_scans, receive_alone):
        with undone():
            receipt = way(DoorDevice.objects.get(), sent, at=NOON)
            assert receipt is not None
            found.append((receipt, {label: without_keys(values) for label, values in rows().items()}))
            assert list(chain_faults()) == list(attendance_faults()) == []

    assert found[0] == found[1]
    [answer] = found[0][0].answers
    assert (answer.verdict, answer.reason, answer.name) == ("counted", "", door.registration.resident.name)


def of_the_session(**values: Any) -> Callable[[Door], object]:
    return lambda door: Session.objects.filter(pk=door.session.pk).update(**values)


def of_the_registration(**values: Any) -> Callable[[Door], object]:
    return lambda door: Registration.objects.filter(pk=door.registration.pk).update(**values)


def of_the_device(**values: Any) -> Callable[[Door], object]:
    return lambda door: DoorDevice.objects.update(**values)


def fill_the_minute(door: Door) -> None:
    [first] = Scan.objects.all()
    rest = {"device": door.device, "kind": first.kind, "verdict": "review", "sent": {}}
    moment = NOON - MINUTE
    times = {"occurred_at": moment, "corrected_at": moment, "received_at": moment}
    Scan.objects.bulk_create(Scan(uuid=key(), digest="", **rest, **times) for _scan in range(HIGHEST_PACE))


STEPS_ASIDE: dict[str, Callable[[Door], object]] = {
    "cancelled session": of_the_session(state=Session.State.CANCELLED),
    "first after the start": of_the_session(state=Session.State.PLANNED),
    "outside hours": of_the_session(starts_at=NOON + 5 * HOUR, ends_at=NOON + 6 * HOUR),
    "hours of the device over": of_the_device(valid_until=NOON - HOUR),
    "waits": of_the_registration(state="waiting", waiting_number=1),
    "cancelled": of_the_registration(state="cancelled", cancelled_at=NOON - HOUR, cancel_reason="withdrawn"),
    "another code": of_the_registration(door_code="000000"),
    "another session": lambda door: of_the_registration(session=OpenSessionFactory())(door),
    "not of the device": lambda door: door.device.sessions.clear(),
    "too fast": fill_the_minute,
    "first of the session": lambda door: Tally.objects.all().delete(),
    "head count": lambda door: Tally.objects.update(head_count=7, head_qualifier="exact"),
    "in already": lambda door: receive_scans(
        door.device, door.delivery(5, "name", registration=door.registration.pk), at=NOON
    ),
    "sent before": lambda door: receive_scans(door.device, door.delivery(2, "code", NOON, code="999999"), at=NOON),
}


@pytest.mark.parametrize("case", STEPS_ASIDE)
def test_what_is_not_usual_goes_the_ordinary_way(case: str) -> None:
    door = Door(1)
    sent = door.delivery(2, "code", NOON, code=door.registration.door_code)
    STEPS_ASIDE[case](door)
    before = rows()

    assert receive_alone(DoorDevice.objects.get(), sent, at=NOON) is None

    assert rows() == before


@pytest.mark.parametrize(
    ("kind", "facts"),
    [("walk_in", {}), ("head_count", {"count": 3}), ("ticket", {"ticket": "QX1"}), ("code", {}), ("name", {})],
)
def test_what_leads_to_nobody_goes_the_ordinary_way(kind: str, facts: dict[str, Any]) -> None:
    door = Door(1)
    before = rows()

    assert receive_alone(door.device, door.delivery(2, kind, NOON, **facts), at=NOON) is None

    assert rows() == before


def test_whoever_was_turned_away_goes_the_ordinary_way() -> None:
    door = Door(1)
    before = rows()
    sent = door.delivery(2, "code", NOON, code=door.registration.door_code, shown="unknown_code")

    assert receive_alone(door.device, sent, at=NOON) is None

    assert rows() == before


def test_several_scans_go_the_ordinary_way() -> None:
    door = Door(1)
    [one], [other] = (door.delivery(number, "code", NOON, code="000000").scans for number in (2, 3))

    assert receive_alone(door.device, Delivery(NOON, 3, [one, other]), at=NOON) is None


def test_gaps_are_told() -> None:
    door = Door(1)

    receipt = receive_alone(door.device, door.delivery(4, "code", NOON, code=door.registration.door_code), at=NOON)

    assert receipt is not None
    assert receipt.gaps == [(2, 3)]


def test_a_number_that_comes_late_closes_the_gap() -> None:
    door = Door(1)
    later, late = (expected(door, door.device, number=number) for number in (3, 2))

    [[(_shown, ahead)], [(_shown, closed)]] = (
        write(door.session.activity.organisation_id, [each]) for each in (later, late)
    )
    assert (ahead, closed) == ((3, 1), (3, 2))  # that 3 is there is not looked up
    device = DoorDevice.objects.get()
    assert missing_from(device) == []
    assert DoorDevice.objects.get().arrived_to == 3


@pytest.mark.parametrize("reason", ['","sequence":1,"', '\\","sequence":1', '"sequence":'])
def test_hash_holds_whatever_the_device_is_called(reason: str) -> None:
    """On PostgreSQL the place in the chain is put into the text by the database."""
    door = Door(1)
    of_the_device(name=reason)(door)

    sent = door.delivery(2, "code", NOON, code=door.registration.door_code)

    assert receive_alone(DoorDevice.objects.get(), sent, at=NOON) is not None
    assert list(chain_faults()) == []


@pytest.mark.parametrize("count", [1, 3])
def test_doors_that_wait_together_share_their_statements(count: int, django_assert_num_queries: Any) -> None:
    door = Door(1)
    devices = [DoorDeviceFactory(digest=f"door {number}", sessions=[door.session]) for number in range(count)]
    arrivals = [expected(door, device) for device in devices]

    with django_assert_num_queries(10 if connection.vendor == "postgresql" else 9):  # which holds devices and people
        assert None not in write(door.session.activity.organisation_id, arrivals)

    assert Attendance.objects.count() == Tally.objects.get().named_count == 1 + count
    assert list(chain_faults()) == list(attendance_faults()) == []


def test_of_those_who_wait_together_each_person_and_each_scan_is_written_once() -> None:
    door = Door(1)
    other = DoorDeviceFactory(digest="other", sessions=[door.session])
    first = expected(door, door.device, door.registration)
    of_the_same_person = expected(door, other, door.registration)
    of_the_same_name = expected(door, door.device)
    of_the_same_name.scan.uuid = first.scan.uuid

    written = write(door.session.activity.organisation_id, [first, of_the_same_person, of_the_same_name])

    assert [each and each.numbers for each in written] == [(first.delivery.highest_sequence, 1), None, None]
    assert list(chain_faults()) == list(attendance_faults()) == []


def test_two_scans_of_one_device_that_wait_together_come_one_after_the_other() -> None:
    door = Door(1)
    later, earlier = expected(door, door.device), expected(door, door.device)
    highest = max(each.delivery.highest_sequence for each in (later, earlier))

    written = write(door.session.activity.organisation_id, [earlier, later])

    assert [each and each.numbers for each in written] == [(highest, 1)] * 2
    assert list(Scan.objects.order_by("pk").values_list("uuid", "pace"))[1:] == [
        (earlier.scan.uuid, 1),
        (later.scan.uuid, 2),
    ]
    assert DoorDevice.objects.get().highest_sequence == highest
    assert list(chain_faults()) == list(attendance_faults()) == []


def test_two_scans_of_one_device_that_wait_together_are_too_fast_for_a_full_minute() -> None:
    door = Door(1)
    fill_the_minute(door)
    Scan.objects.order_by("-pk")[:1].get().delete()

    written = write(door.session.activity.organisation_id, [expected(door, door.device) for _scan in range(2)])

    assert [each is not None for each in written] == [True, False]


def test_whoever_was_forgotten_since_is_counted_without_a_name() -> None:
    door = Door(1)
    arrival = expected(door, door.device, door.registration)
    erase(Subject((door.registration.resident,)), at=NOON)

    [written] = write(door.session.activity.organisation_id, [arrival])

    assert written is not None
    assert written.shown.name == Resident.NOBODY
    assert list(attendance_faults()) == []


def test_whoever_was_cancelled_since_goes_the_ordinary_way() -> None:
    door = Door(1)
    arrival = expected(door, door.device, door.registration)
    STEPS_ASIDE["cancelled"](door)

    assert write(door.session.activity.organisation_id, [arrival]) == [None]


def expected(door: Door, device: DoorDevice, registration: Registration | None = None, number: int = 0) -> Arrival:
    """Somebody who is expected arrives at one of the doors. `number` is that of the scan."""
    registration = registration or RegistrationFactory(session=door.session)
    sent = door.delivery(number or next(NUMBERS), "code", NOON, code=registration.door_code)
    arrival = arrival_of(device, sent, at=NOON)
    assert arrival is not None
    return arrival


def test_question_count_is_small(django_assert_max_num_queries: Any) -> None:
    door = Door(1)
    sent = door.delivery(2, "code", NOON, code=door.registration.door_code)
    device = DoorDevice.objects.get()

    with django_assert_max_num_queries(14 if connection.vendor == "postgresql" else 12):  # which locks the chain
        assert receive_alone(device, sent, at=NOON) is not None
