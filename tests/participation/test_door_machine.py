"""Random histories of a door against a model of a few lines: sets of people, minus those who were taken back.

Two devices scan offline and deliver in any order, twice, in parts, with clocks that are wrong; meanwhile whoever waits
gets the seat and people give theirs up, which a device learns with its next list. The first device says what it showed,
the second has an app from before that. People are checked in by hand, entries are taken back, scans that wait are
accepted or not. After every step the figure must be what the
model's set says, the rows beside the ledger must be what its entries give, and the chain must hold.
"""

import datetime
import sys
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
from qixue.participation.operations.door_devices import note_fetch
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

EXAMPLES, STEPS = 300, 8
SECOND = datetime.timedelta(seconds=1)
SHOWN = {"confirmed": "in", "waiting": "waiting", "cancelled": "cancelled", "": "walked_in"}


class DoorMachine(RuleBasedStateMachine):
    session: Session
    people: list[Registration]  # the last two wait for a seat in the beginning
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
        self.states = [str(person.state) for person in self.people]
        self.lists = [list(self.states), list(self.states)]  # by device, as it fetched them
        self.listed: dict[uuid.UUID, str] = {}  # the state of the person in the list when the scan was made
        self.judged: dict[uuid.UUID, str] = {}  # and in truth when it arrived
        for device in self.devices:
            note_fetch(device, at=self.at)

    def teardown(self) -> None:
        if not hasattr(self, "atomic"):
            return
        try:
            if sys.exc_info()[0] is None:  # nothing has failed so far
                self.end()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def end(self) -> None:
        """In the end everything has arrived, whatever was under way."""
        self.judge_again()
        self.numbers_that_are_missing_are_shown()
        for device, held in enumerate(self.held):
            if held:
                self.send(device, held)
        self.figure_is_what_the_model_counts()
        self.rows_follow_from_the_ledger_and_the_chain_holds()
        self.judge_again()

    @rule(
        device=st.integers(0, 1),
        people=st.lists(st.integers(0, 4), min_size=1, max_size=4),
        is_late=st.sampled_from([False, False, True]),
    )
    def scan_people(self, device: int, people: list[int], is_late: bool) -> None:
        """Offline: nobody is told. Person 4 stands for walk-ins without a name."""
        for person in people:
            self.scan_somebody(device, person, is_late)

    def scan_somebody(self, device: int, person: int, is_late: bool) -> None:
        self.at += 7 * SECOND
        moment = self.at + 4 * datetime.timedelta(hours=1) if is_late else self.at
        number = len(self.held[device]) + 1
        registration = self.people[person] if person < 4 else None
        scan, listed = uuid.uuid4(), self.lists[device][person] if registration else ""
        self.listed[scan] = listed
        facts: dict[str, object] = {"registration": registration.pk} if registration else {}
        self.held[device].append(
            SentScan(
                uuid=scan,
                sequence=number,
                kind=Scan.Kind.NAME if registration else Scan.Kind.WALK_IN,
                session=self.session.pk,
                occurred_at=moment - self.offsets[device],
                digest=f"{device}{number:063}",
                facts=facts if device else {**facts, "shown": SHOWN[listed]},
            )
        )

    @rule(device=st.integers(0, 1))
    def fetch_the_list(self, device: int) -> None:
        self.at += SECOND
        note_fetch(self.devices[device], at=self.at)
        self.lists[device] = list(self.states)

    @precondition(lambda self: "waiting" in self.states)
    @rule(data=st.data())
    def promote(self, data: st.DataObject) -> None:
        waiting = [person for person, state in enumerate(self.states) if state == "waiting"]
        self.become(data.draw(st.sampled_from(waiting)), state="confirmed", waiting_number=None)

    @precondition(lambda self: set(self.states) != {"cancelled"})
    @rule(data=st.data())
    def give_up(self, data: st.DataObject) -> None:
        """A seat, or the place in the queue."""
        self.at += SECOND
        cancelled = {"state": "cancelled", "cancelled_at": self.at, "cancel_reason": "withdrawn"}
        self.become(data.draw(st.sampled_from(self.registered())), waiting_number=None, **cancelled)

    def become(self, person: int, **values: Any) -> None:
        Registration.objects.filter(pk=self.people[person].pk).update(**values)
        self.states[person] = values["state"]

    def registered(self) -> list[int]:
        return [person for person, state in enumerate(self.states) if state != "cancelled"]

    @precondition(lambda self: any(self.held))
    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        """Any part of what a device holds, in any order, each scan once or twice."""
        device = data.draw(st.sampled_from([device for device in (0, 1) if self.held[device]]))
        held = self.held[device]
        self.send(device, data.draw(st.lists(st.sampled_from(held), min_size=1, max_size=2 * len(held))))

    def send(self, device: int, part: list[SentScan]) -> None:
        held = self.held[device]
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
        """What the rules say, in the words of the model: put aside are late scans, those of who waits, of whoever the
        device knew to be gone, and, where it says so, of whoever it sent away.
        """
        who = self.of_scan(sent)
        state, listed = self.states[who] if isinstance(who, int) else "", self.listed[sent.uuid]
        self.judged[sent.uuid] = state
        is_late = sent.occurred_at + self.offsets[device] > self.at + datetime.timedelta(minutes=5)
        is_sent_away = device == 0 and listed in ("waiting", "cancelled")
        if is_late or state == "waiting" or state == listed == "cancelled" or is_sent_away:
            self.waits[sent.uuid] = who
        else:
            self.inside.add(who)

    def of_scan(self, sent: SentScan) -> int | uuid.UUID:
        """The place in `people`, or the scan itself for nobody by name."""
        keys = [person.pk for person in self.people]
        return keys.index(sent.facts["registration"]) if "registration" in sent.facts else sent.uuid

    @precondition(lambda self: set(self.states) != {"cancelled"})
    @rule(data=st.data())
    def by_hand(self, data: st.DataObject) -> None:
        person = data.draw(st.sampled_from(self.registered()))
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
        assert (tally.one_by_one_count if tally else 0) == len(self.inside)
        assert set(Scan.objects.undecided().values_list("uuid", flat=True)) == set(self.waits)

    @invariant()
    def rows_follow_from_the_ledger_and_the_chain_holds(self) -> None:
        if not hasattr(self, "inside"):
            return
        kept = kept_attendances(self.session)
        assert kept == recounted_attendances(self.session)
        assert len(kept) == sum(isinstance(who, int) for who in self.inside)
        assert list(chain_faults()) == []

    @rule()
    def make_the_rows_anew(self) -> None:
        before = kept_attendances()
        rebuild_attendances()
        assert kept_attendances() == before

    def judge_again(self) -> None:
        """The verdicts follow from what is stored, as long as the person's registration is what it was."""
        for device, held in zip(self.devices, self.held, strict=True):
            whose = {sent.uuid: self.of_scan(sent) for sent in held}
            scans = list(Scan.objects.filter(device=device))
            known = known_to(device, scans, self.of_devices)
            for scan in scans:
                who = whose[scan.uuid]
                if not isinstance(who, int) or self.states[who] == self.judged[scan.uuid]:
                    assert judge(facts_of(scan, known)[0]).reason == scan.reason

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
        *(RegistrationFactory(session=session, resident__name=name) for name in ("李明", "王芳")),
        *(
            RegistrationFactory(session=session, resident__name=name, waiting_number=number)
            for number, name in enumerate(("陈强", "刘英"), start=1)
        ),
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
