"""Random histories of a door against a model of a few lines: sets of people, minus those who were taken back.

Two devices scan offline and deliver in any order, twice, in parts, with clocks that are wrong; people are checked in
by hand, entries are taken back, scans that wait are accepted or not. After every step the figure must be what the
model's set says, the rows beside the ledger must be what its entries give, and the chain must hold.
"""

import datetime
import uuid
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.factories import NOON, DoorDeviceFactory, OpenSessionFactory, RegistrationFactory, RoleAssignmentFactory, key

from qixue.participation.merge import judge, missing_ranges
from qixue.participation.models import DoorDevice, LedgerEntry, Participant, Registration, Scan, Tally
from qixue.participation.operations.attendances import rebuild_attendances
from qixue.participation.operations.check_ins import check_in
from qixue.participation.operations.door_sync import Delivery, SentScan, receive_scans
from qixue.participation.operations.ledger import void_entry
from qixue.participation.operations.quick_scan import receive_alone
from qixue.participation.operations.scan_decisions import accept_scan, reject_scan
from qixue.participation.queries import chain_faults
from qixue.participation.queries.attendances import kept_attendances, recounted_attendances
from qixue.participation.queries.door import facts_of, gaps_of, known_to, sessions_of
from qixue.people.models import User
from qixue.programme.models import Session

pytestmark = [pytest.mark.django_db, pytest.mark.long(40)]

EXAMPLES, STEPS = 500, 8
SECOND = datetime.timedelta(seconds=1)


class DoorMachine(RuleBasedStateMachine):
    session: Session
    people: list[Registration]  # the last one waits for a seat
    devices: list[DoorDevice]
    of_devices: dict[int, Session]  # the one session of both, as they know it
    clerk: User

    @initialize(offsets=st.lists(st.integers(-90_000, 90_000), min_size=2, max_size=2))
    def begin(self, offsets: list[int]) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.at = NOON
        self.offsets = [offset * SECOND for offset in offsets]
        self.held: list[list[SentScan]] = [[], []]  # by device, everything that it ever scanned
        self.arrived: list[set[int]] = [set(), set()]  # numbers of scans
        self.inside: set[int | uuid.UUID] = set()  # places in `people`, and scans of nobody by name
        self.waits: dict[uuid.UUID, int | uuid.UUID] = {}
        self.answers: dict[uuid.UUID, str] = {}

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @rule(device=st.integers(0, 1), person=st.integers(0, 4), is_late=st.booleans())
    def scan_somebody(self, device: int, person: int, is_late: bool) -> None:
        """Offline: nobody is told. Person 4 stands for walk-ins without a name."""
        self.at += 7 * SECOND
        moment = self.at + 4 * datetime.timedelta(hours=1) if is_late else self.at
        number = len(self.held[device]) + 1
        registration = self.people[person] if person < 4 else None
        self.held[device].append(
            SentScan(
                uuid=uuid.uuid4(),
                sequence=number,
                kind=Scan.Kind.NAME if registration else Scan.Kind.WALK_IN,
                session=self.session.pk,
                occurred_at=moment - self.offsets[device],
                digest=f"{device}{number:063}",
                facts={"registration": registration.pk} if registration else {},
            )
        )

    @precondition(lambda self: any(self.held))
    @rule(device=st.integers(0, 1), data=st.data())
    def deliver(self, device: int, data: st.DataObject) -> None:
        """Any part of what the device holds, in any order, each scan once or twice."""
        held = self.held[device]
        if not held:
            return
        part = data.draw(st.lists(st.sampled_from(held), min_size=1, max_size=2 * len(held)))
        delivery = Delivery(self.at - self.offsets[device], len(held), part)
        receipt = receive_alone(self.devices[device], delivery, at=self.at)
        receipt = receipt or receive_scans(self.devices[device], delivery, at=self.at)
        first_time = {each.uuid: each for each in part if each.sequence not in self.arrived[device]}
        self.arrived[device] |= {each.sequence for each in part}
        for each in first_time.values():
            self.note(device, each)
        for sent, answer in zip(part, receipt.answers, strict=True):
            assert answer is not None
            assert self.answers.setdefault(sent.uuid, str(answer.verdict)) == answer.verdict
        assert receipt.gaps == missing_ranges(self.arrived[device], len(held))

    def note(self, device: int, sent: SentScan) -> None:
        """What the rules say, in the words of the model: late scans and those of who waits are put aside."""
        keys = [person.pk for person in self.people]
        who = keys.index(sent.facts["registration"]) if sent.facts else sent.uuid
        moment = sent.occurred_at + self.offsets[device]
        if who == 3 or moment > self.at + datetime.timedelta(minutes=5):
            self.waits[sent.uuid] = who
        else:
            self.inside.add(who)

    @rule(person=st.integers(0, 3))
    def by_hand(self, person: int) -> None:
        for _pressed_twice in range(2):
            check_in(self.session, registration=self.people[person], by=self.clerk, at=self.at, client_uuid=key())
        self.inside.add(person)

    @precondition(lambda self: any(isinstance(who, int) for who in self.inside))
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        person = data.draw(st.sampled_from(sorted(who for who in self.inside if isinstance(who, int))))
        token = Participant.objects.get(resident=self.people[person].resident).token
        entry = LedgerEntry.objects.effective().people().get(session=self.session, person_token=token)
        void_entry(entry, reason="认错了人", by=self.clerk, at=self.at, client_uuid=key())
        self.inside.discard(person)

    @precondition(lambda self: self.waits)
    @rule(data=st.data(), accepts=st.booleans())
    def decide(self, data: st.DataObject, accepts: bool) -> None:
        chosen = data.draw(st.sampled_from(sorted(self.waits)))
        scan, who = Scan.objects.get(uuid=chosen), self.waits.pop(chosen)
        values: dict[str, Any] = {"session": self.session, "reason": "在场", "by": self.clerk, "at": self.at}
        for _pressed_twice in range(2):
            if accepts:
                accept_scan(scan, **values)
            else:
                reject_scan(scan, **values)
        if accepts:
            self.inside.add(who)

    @invariant()
    def figure_is_what_the_model_counts(self) -> None:
        if not hasattr(self, "inside"):
            return
        tally = Tally.objects.filter(session=self.session).first()
        assert (tally.named_count if tally else 0) == len(self.inside)
        assert set(Scan.objects.undecided().values_list("uuid", flat=True)) == set(self.waits)

    @invariant()
    def rows_follow_from_the_ledger_and_the_chain_holds(self) -> None:
        if not hasattr(self, "inside"):
            return
        kept = kept_attendances(self.session)
        assert kept == recounted_attendances(self.session)
        assert len(kept) == len(self.inside)
        assert list(chain_faults()) == []

    @rule()
    def make_the_rows_anew(self) -> None:
        before = kept_attendances()
        rebuild_attendances()
        assert kept_attendances() == before

    @rule()
    def judge_again(self) -> None:
        """The verdicts follow from what is stored."""
        for device in self.devices:
            scans = list(Scan.objects.filter(device=device))
            known = known_to(device, scans, self.of_devices)
            for scan in scans:
                assert judge(facts_of(scan, known)[0]).reason == scan.reason

    @rule()
    def numbers_that_are_missing_are_shown(self) -> None:
        for device, arrived in zip(self.devices, self.arrived, strict=True):
            highest = DoorDevice.objects.get(pk=device.pk).highest_sequence
            assert gaps_of(DoorDevice.objects.get(pk=device.pk)) == missing_ranges(arrived, highest)


def test_random_histories_of_a_door_count_everybody_once() -> None:
    hour = datetime.timedelta(hours=1)
    session = OpenSessionFactory(starts_at=NOON - hour, ends_at=NOON + hour)
    DoorMachine.session = session
    DoorMachine.clerk = RoleAssignmentFactory(organisation=session.activity.organisation).user
    DoorMachine.people = [
        *RegistrationFactory.create_batch(3, session=session),
        RegistrationFactory(session=session, waiting_number=1),
    ]
    until = NOON + 9 * hour
    DoorMachine.devices = [
        DoorDeviceFactory(sessions=[session], digest=key().hex * 2, valid_until=until) for _device in range(2)
    ]
    DoorMachine.of_devices = {each.pk: each for each in sessions_of(DoorMachine.devices[0])}

    run_state_machine_as_test(
        DoorMachine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
