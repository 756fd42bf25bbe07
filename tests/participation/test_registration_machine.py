"""Random histories of one session against a model of a few lines: seats, offers, queue and draw as plain lists.

The machine knows nothing of the database. After every step each person's state must be the model's, the counters must
be what is counted, and nobody may sit while somebody waits who came earlier. Only a party that is larger than the room
holds up nobody.
"""

import datetime
import hashlib
import secrets
import uuid
from dataclasses import dataclass, field
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
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, RoleAssignmentFactory
from tests.participation.ways import by_any_way

from qixue.core.clock import SHANGHAI
from qixue.core.refusal import Refused
from qixue.participation.lottery import entry_number
from qixue.participation.models import Lottery, Registration, RegistrationTerms
from qixue.participation.operations.lotteries import enter_public_value, keep_lotteries
from qixue.participation.operations.offers import accept_offer
from qixue.participation.operations.organiser import move_registrations
from qixue.participation.operations.registrations import (
    cancel_registrations,
    keep_queues,
    register,
)
from qixue.participation.operations.transfers import hand_over_place
from qixue.people.models import Resident, User
from qixue.programme.models import Session

pytestmark = [pytest.mark.django_db, pytest.mark.long(80)]

EXAMPLES, BY_LOT, STEPS = 500, 200, 8
HOUR = datetime.timedelta(hours=1)
OFFER_HOURS = 3
CLOSES_AT, DRAW_AT = NOON + HOUR, NOON + 2 * HOUR  # where seats are given by lot
VALUE = "3391.76"


def after_hours_by_day(at: datetime.datetime, hours: int) -> datetime.datetime:
    """So many of the hours from 8 to 21 later; everything here happens on the hour."""
    local = at.astimezone(SHANGHAI)
    while hours or not 8 <= local.hour <= 21:
        hours -= 8 <= local.hour < 21
        local += HOUR
    return local


@dataclass
class Party:
    key: uuid.UUID
    household: int
    members: list[int]
    state: str
    until: datetime.datetime | None = None


@dataclass
class Model:
    """What should be there. Parties in the order in which they came or were drawn; a party is in one state."""

    seats: int
    has_offers: bool
    lot: str = ""  # where seats are given by lot: open, closed, drawn
    parties: list[Party] = field(default_factory=list)
    entries: list[tuple[str, int]] = field(default_factory=list)  # when the list was closed: number, people

    def taken(self) -> int:
        return sum(len(party.members) for party in self.parties if party.state in ("confirmed", "offered"))

    def next_up(self) -> list[Party]:
        """The queue without parties that are larger than the room."""
        waiting = [party for party in self.parties if party.state == "waiting"]
        return [party for party in waiting if len(party.members) <= self.seats]

    def join(self, party: Party) -> None:
        if self.lot == "open":
            party.state = "entered"
            self.parties.append(party)
            return
        fits = not self.next_up() and self.taken() + len(party.members) <= self.seats
        party.state = "confirmed" if fits else "waiting"
        self.parties.append(party)

    def promote(self, at: datetime.datetime) -> None:
        while (queue := self.next_up()) and self.taken() + len(queue[0].members) <= self.seats:
            queue[0].state = "offered" if self.has_offers else "confirmed"
            queue[0].until = after_hours_by_day(at, OFFER_HOURS) if self.has_offers else None

    def close(self) -> None:
        self.lot = "closed"
        self.entries = sorted((entry_number(party.key), len(party.members)) for party in self.parties)

    def draw(self, seed: bytes, value: str, at: datetime.datetime) -> None:
        """As docs/reference/lottery.md tells everybody to recompute it; who has left since is drawn, and not seated."""
        digest = hashlib.sha256("".join(f"{number} {people}\n" for number, people in self.entries).encode()).digest()
        start = seed + value.encode() + digest
        there, free = {entry_number(party.key): party for party in self.parties}, self.seats
        self.lot, self.parties = "drawn", []
        for number, people in sorted(
            self.entries, key=lambda entry: hashlib.sha256(start + entry[0].encode()).digest()
        ):
            has_seats = people <= free
            free -= people if has_seats else 0
            if party := there.get(number):
                party.state = "confirmed" if has_seats else "waiting"
                self.parties.append(party)
        self.promote(at)

    def expire(self, at: datetime.datetime) -> None:
        self.parties = [party for party in self.parties if not (party.state == "offered" and party.until <= at)]
        self.promote(at)

    def states(self) -> dict[int, str]:
        return {member: party.state for party in self.parties for member in party.members}


class RegistrationMachine(RuleBasedStateMachine):
    households: list[list[Resident]]
    session: Session
    other: Session
    organiser: User
    is_by_lot = False
    value: str | None

    @initialize(
        seats=st.integers(1, 4),
        has_offers=st.booleans(),
        has_number=st.booleans(),
        phase=st.sampled_from(["open", "closed", "drawn"]),
        first=st.lists(st.tuples(st.integers(0, 4), st.integers(1, 3)), min_size=2, max_size=5),
    )
    def begin(self, seats: int, has_offers: bool, has_number: bool, phase: str, first: list[tuple[int, int]]) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.at, self.key_count = NOON, 0
        self.model = Model(seats, has_offers, "open" if self.is_by_lot else "")
        Session.objects.filter(pk=self.session.pk).update(seat_count=seats)
        terms: dict[str, Any] = {"offer_hours": OFFER_HOURS if has_offers else None, "place_limit": 10}
        if self.is_by_lot:
            terms |= {"allotment": "lottery", "opens_at": NOON, "closes_at": CLOSES_AT, "draw_at": DRAW_AT}
            terms |= {"public_number": "上证指数" if has_number else ""}
        RegistrationTerms.objects.create(session=self.session, **terms)
        self.value = "" if self.is_by_lot and has_number else None  # what a draw waits for
        keep_lotteries(at=self.at)
        for household, size in first:
            self.sign_up(household, size)
        if self.is_by_lot and phase != "open":
            self.let_time_pass(CLOSES_AT)
        if self.is_by_lot and phase == "drawn":
            self.publish_number()
            self.let_time_pass(DRAW_AT)

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def away(self, household: int) -> list[Resident]:
        there = self.model.states()
        return [person for person in self.households[household] if person.pk not in there]

    @rule(household=st.integers(0, 4), size=st.integers(1, 3))
    def join(self, household: int, size: int) -> None:
        self.sign_up(household, size)

    def next_key(self) -> uuid.UUID:
        """The same in each run of a history, for a draw goes by it."""
        self.key_count += 1
        return uuid.UUID(int=self.key_count)

    def sign_up(self, household: int, size: int) -> None:
        people = self.away(household)[:size]
        if not people:
            return
        party = Party(self.next_key(), household, [person.pk for person in people], "")
        is_by_staff = self.model.lot == "drawn"  # after its close
        user = self.organiser if is_by_staff else self.households[household][0].user
        how = {"by": user, "source": "staff" if is_by_staff else "self"}
        if len(people) > self.model.seats or self.model.lot == "closed":
            with pytest.raises(Refused):
                register(self.session, people=people, party=party.key, at=self.at, **how)
            return
        for _sent_twice in range(2):
            by_any_way(self.session, people=people, party=party.key, at=self.at, **how)
        self.model.join(party)

    @precondition(lambda self: self.model.parties)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        party = data.draw(st.sampled_from(self.model.parties))
        gone = data.draw(st.sets(st.sampled_from(party.members), min_size=1))
        rows = Registration.objects.filter(party=party.key, resident__in=gone)
        user = self.households[party.household][0].user
        for _sent_twice in range(2):
            cancel_registrations(self.session, keys=[row.pk for row in rows], by=user, at=self.at)
        party.members = [member for member in party.members if member not in gone]
        self.model.parties = [party for party in self.model.parties if party.members]
        self.model.promote(self.at)

    @precondition(lambda self: self.model.parties)
    @rule(data=st.data())
    def hand_over(self, data: st.DataObject) -> None:
        party = data.draw(st.sampled_from(self.model.parties))
        free = self.away(party.household)
        if not free:
            return
        old, new = data.draw(st.sampled_from(party.members)), data.draw(st.sampled_from(free))
        row = Registration.objects.active().get(session=self.session, resident=old)
        user = self.households[party.household][0].user
        for _sent_twice in range(2):
            hand_over_place(row, to=new, by=user, at=self.at)
        party.members[party.members.index(old)] = new.pk

    @precondition(lambda self: self.model.parties)
    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        party = data.draw(st.sampled_from(self.model.parties))
        gone = data.draw(st.sets(st.sampled_from(party.members), min_size=1))
        rows = Registration.objects.active().filter(session=self.session, resident__in=gone)
        keys, there = [row.pk for row in rows], Registration.objects.active().filter(session=self.other)
        if there.filter(resident__in=gone).exists():
            with pytest.raises(Refused):
                move_registrations(self.session, keys=keys, to=self.other, by=self.organiser, at=self.at)
            return
        for _sent_twice in range(2):
            move_registrations(self.session, keys=keys, to=self.other, by=self.organiser, at=self.at)
        party.members = [member for member in party.members if member not in gone]
        self.model.parties = [party for party in self.model.parties if party.members]
        self.model.promote(self.at)

    @precondition(lambda self: any(party.state == "offered" for party in self.model.parties))
    @rule(data=st.data())
    def accept(self, data: st.DataObject) -> None:
        party = data.draw(st.sampled_from([party for party in self.model.parties if party.state == "offered"]))
        accept_offer(self.session, party=party.key, by=self.households[party.household][0].user, at=self.at)
        party.state, party.until = "confirmed", None

    @rule(hours=st.integers(1, 4))
    def wait(self, hours: int) -> None:
        self.let_time_pass(self.at + hours * HOUR)

    def let_time_pass(self, until: datetime.datetime) -> None:
        self.at = until
        for _twice in range(2):
            keep_queues(at=self.at)
            keep_lotteries(at=self.at)
        self.model.expire(self.at)
        if self.model.lot == "open" and self.at >= CLOSES_AT:
            self.model.close()
        if self.model.lot == "closed" and self.at >= DRAW_AT and self.value != "":
            seed = bytes.fromhex(Lottery.objects.get(session=self.session).seed)
            self.model.draw(seed, self.value or "", self.at)

    @precondition(lambda self: self.model.lot == "closed")
    @rule()
    def enter_number(self) -> None:
        self.publish_number()

    def publish_number(self) -> None:
        if self.value is None:
            return
        self.value = VALUE
        source = "https://example.cn/index"
        for _sent_twice in range(2):
            enter_public_value(self.session, value=VALUE, source=source, by=self.organiser, at=self.at)

    @rule(more=st.integers(1, 2))
    def add_seats(self, more: int) -> None:
        self.model.seats += more
        Session.objects.filter(pk=self.session.pk).update(seat_count=self.model.seats)
        keep_queues(at=self.at)
        self.model.promote(self.at)

    @precondition(lambda self: self.model.seats > max(1, self.model.taken()))
    @rule()
    def take_seats_away(self) -> None:
        """As many as nobody sits on: a party that waits can be larger than the room after that."""
        self.model.seats = max(1, self.model.taken())
        Session.objects.filter(pk=self.session.pk).update(seat_count=self.model.seats)
        keep_queues(at=self.at)
        self.model.promote(self.at)

    @invariant()
    def database_says_what_the_model_says(self) -> None:
        """Who is in which state; the counters are what is counted; nothing is oversold."""
        if not hasattr(self, "model"):
            return
        sessions = Session.objects.only("taken_count", "waiting_count", "last_waiting_number")
        found = sessions.in_bulk([self.session.pk, self.other.pk])
        rows = list(Registration.objects.active().filter(session__in=found))
        here = {row.resident_id: str(row.state) for row in rows if row.session_id == self.session.pk}
        assert here == self.model.states()
        assert found[self.session.pk].taken_count <= self.model.seats
        for session in found.values():
            of_session = [row for row in rows if row.session_id == session.pk]
            waiting = [row.waiting_number for row in of_session if row.state == Registration.State.WAITING]
            seated = [row for row in of_session if row.state in Registration.SEATED_STATES]
            assert (session.taken_count, session.waiting_count) == (len(seated), len(waiting))
            assert all(number <= session.last_waiting_number for number in waiting)


class LotteryMachine(RegistrationMachine):
    """The same where seats are given by lot: before the list is closed, between that and the draw, and after it."""

    is_by_lot = True


@pytest.mark.parametrize(
    ("machine", "examples"), [(RegistrationMachine, EXAMPLES - BY_LOT), (LotteryMachine, BY_LOT)], ids=["queue", "lot"]
)
def test_random_histories_keep_seats_and_queue_in_order(
    machine: type[RegistrationMachine], examples: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "token_bytes", bytes)  # a history that is run again draws the same lots
    households = []
    for _number in range(5):
        member = MemberFactory()
        households.append([member, *ResidentFactory.create_batch(2, guardian=member)])
    machine.households = households
    session = OpenSessionFactory(starts_at=NOON + 90 * HOUR, ends_at=NOON + 92 * HOUR)
    machine.session = session
    machine.other = OpenSessionFactory(
        activity=session.activity, seat_count=3, starts_at=NOON + 95 * HOUR, ends_at=NOON + 96 * HOUR
    )
    machine.organiser = RoleAssignmentFactory(organisation=session.activity.organisation).user

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
