"""Random histories of one round: whatever people do, what stands are rings and chains of which nobody is the loser.

The machine only remembers who is still in the round and what each would take; all else it reads from the hand-overs.
"""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.factories import NOON, MemberFactory, RoleAssignmentFactory
from tests.factories_swap import ListingFactory, TownFactory, one_of, wish
from tests.factories_swap_rounds import SwapRoundFactory, entry

from qixue.core.refusal import Refused
from qixue.people.models import Resident, User
from qixue.places.models import Region, Venue
from qixue.programme.models import Programme
from qixue.swap.models import Handover, Listing, RoundEntry, SwapRound
from qixue.swap.operations.blocks import block_owner
from qixue.swap.operations.entries import leave_round
from qixue.swap.operations.handovers import agree, begin_handover, confirm_here, confirm_received
from qixue.swap.operations.listings import withdraw_listing
from qixue.swap.operations.no_shows import mark_missing, take_back_missing
from qixue.swap.operations.plans import ask_for_plans, choose_plan, keep_plans
from qixue.swap.queries.no_shows import no_shows, return_of

pytestmark = [pytest.mark.django_db, pytest.mark.long(90)]

EXAMPLES, STEPS, PEOPLE = 500, 10, 5
State = Handover.State
numbers = st.integers(0, 10_000)


@dataclass
class Remembered:
    gone: set[int] = field(default_factory=set)  # things whose owners said no, left or did not come
    wants: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    gifts: set[int] = field(default_factory=set)
    withdrawn: set[int] = field(default_factory=set)
    apart: set[frozenset[int]] = field(default_factory=set)  # two people each
    served: dict[int, int] = field(default_factory=dict)  # by hand-over: which "one of these" it serves


class RoundMachine(RuleBasedStateMachine):
    people: list[Resident]
    place: Region
    programme: Programme
    venue: Venue
    organiser: User

    @initialize(
        owners=st.lists(st.integers(0, PEOPLE - 1), min_size=4, max_size=7),
        pairs=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=5, max_size=16),
        gifts=st.sets(st.integers(0, 6), max_size=2),
        noes=st.sets(st.integers(0, 6), max_size=2),
        group=st.tuples(st.integers(0, 6), st.sets(st.integers(0, 6), min_size=2, max_size=3)),
        max_items=st.sampled_from([None, 2, 3]),
        objective=st.sampled_from(["people_at_max", "people"]),
    )
    def begin(
        self,
        owners: list[int],
        pairs: list[tuple[int, int]],
        gifts: set[int],
        noes: set[int],
        group: tuple[int, set[int]],
        max_items: int | None,
        objective: str,
    ) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.known = Remembered()
        self.at = NOON
        self.round = SwapRoundFactory(
            programme=self.programme, max_items=max_items, has_gifts=True, state="answering", venue=self.venue
        )
        self.things = [
            ListingFactory(
                programme=self.programme, owner=self.people[owner], place=self.place, is_gift=number in gifts
            )
            for number, owner in enumerate(owners)
        ]
        self.known.gifts = {thing.pk for thing in self.things if thing.is_gift}
        for number, thing in enumerate(self.things):
            entry(self.round, thing, "no" if number in noes else "yes")
        self.known.gone = {self.things[number].pk for number in noes if number < len(owners)}
        for one, other in pairs:
            self.let_want(one % len(owners), other % len(owners))
        self.let_want_one_of(group[0] % len(owners), {number % len(owners) for number in group[1]})
        ask_for_plans(self.round, by=self.organiser, at=NOON, confirmed=True)
        self.round.plans.exclude(objective=objective).delete()  # which saves a search
        keep_plans(at=NOON)
        choose_plan(self.round.plans.get(), by=self.organiser, at=NOON)
        self.read_handovers()

    def read_handovers(self) -> None:
        """Once after each step, for all that is asked of them before the next one."""
        people = {person.pk: person for person in self.people}
        self.handovers = list(self.round.handovers.order_by("exchange", "position", "pk"))
        self.standing: dict[int, list[Handover]] = defaultdict(list)
        for row in self.handovers:
            row.giver, row.receiver = people.get(row.giver_id), people.get(row.receiver_id)
            if row.state in Handover.STANDING_STATES:
                self.standing[row.exchange].append(row)

    def let_want(self, one: int, other: int) -> None:
        thing, wanted = self.things[one], self.things[other]
        if thing.owner_id != wanted.owner_id and not thing.is_gift and wanted.pk not in self.known.wants[thing.pk]:
            wish(thing, wanted)
            self.known.wants[thing.pk].add(wanted.pk)

    def let_want_one_of(self, one: int, others: set[int]) -> None:
        """For any of one's things any of these, but one only."""
        owner = self.things[one].owner
        given = [thing for thing in self.things if thing.owner_id == owner.pk and not thing.is_gift]
        wanted = [self.things[other] for other in others if self.things[other].owner_id != owner.pk]
        one_of(owner, offered=given, wanted=wanted)
        for thing in given:
            self.known.wants[thing.pk] |= {each.pk for each in wanted}

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def one_of_handovers(self, number: int) -> Handover | None:
        return self.handovers[number % len(self.handovers)] if self.handovers else None

    @rule(number=numbers, is_desk=st.booleans())
    def say_that_one_is_here(self, number: int, is_desk: bool) -> None:
        if (row := self.one_of_handovers(number)) and row.giver:
            self.attempt(confirm_here, row, by=self.organiser if is_desk else row.giver.user, at=self.later())

    @rule(number=numbers)
    def agree_to_it(self, number: int) -> None:
        if (row := self.one_of_handovers(number)) and row.giver:
            self.attempt(agree, row, by=row.giver.user, at=self.later())

    @rule(all_agree=st.booleans())
    def open_the_desk(self, all_agree: bool) -> None:
        planned = self.round.handovers.filter(state=State.PLANNED)
        if all_agree:
            planned.filter(agreed_at=None).update(agreed_at=NOON)
        silent = set(planned.filter(agreed_at=None).values_list("listing", flat=True))
        self.round.refresh_from_db()
        if self.round.state == SwapRound.State.PROPOSED:
            self.known.gone |= silent
        begin_handover(self.round, by=self.organiser, at=self.later(), confirmed=True)

    @rule(number=numbers)
    def bring_all_of_one_exchange(self, number: int) -> None:
        if row := self.one_of_handovers(number):
            for each in self.handovers:
                if each.exchange == row.exchange:
                    self.attempt(confirm_here, each, by=self.organiser, at=self.later())

    @rule(number=numbers, is_desk=st.booleans())
    def hand_over(self, number: int, is_desk: bool) -> None:
        if row := self.one_of_handovers(number):
            by = self.organiser if is_desk or row.giver is None else row.giver.user
            for _sent_twice in range(2):
                self.attempt(confirm_received, row, code=row.code, by=by, at=self.later())

    @rule(number=numbers)
    def leave(self, number: int) -> None:
        thing = self.things[number % len(self.things)]
        before = self.standing
        own = next((key for key, rows in before.items() if thing.pk in {row.listing_id for row in rows}), None)
        row = RoundEntry.objects.get(round=self.round, listing=thing)
        if self.attempt(leave_round, row, by=thing.owner.user, at=self.later()):
            self.known.gone.add(thing.pk)
            self.others_stand(before, {own})

    @rule(number=numbers)
    def miss(self, number: int) -> None:
        row = self.one_of_handovers(number)
        if row is None or row.state != State.PLANNED or row.giver is None:
            return
        before = self.standing
        own = [each for rows in before.values() for each in rows if each.giver_id == row.giver_id]
        waited = {each.exchange for each in own if not each.giver_confirmed_at}
        here = {each.listing_id for each in own if each.giver_confirmed_at}
        if self.attempt(mark_missing, row, by=self.organiser, at=self.later()):
            self.known.gone |= {thing.pk for thing in self.things if thing.owner_id == row.giver_id} - here
            self.others_stand(before, waited)

    @rule(number=numbers)
    def come_after_all(self, number: int) -> None:
        """A no-show is taken back; nobody who relies on another exchange by now loses it."""
        rows = list(no_shows(self.round).order_by("pk"))
        if not rows:
            return
        row, before = rows[number % len(rows)], self.standing
        expected = return_of(row)
        done = take_back_missing(row, by=self.organiser, at=self.later())
        self.known.gone -= set(self.round.entries.filter(state="in").values_list("listing", flat=True))
        self.others_stand(before, set(expected.instead))
        assert set(done.again) <= set(expected.again)
        assert set(done.again) | set(done.lost) == set(expected.again) | set(expected.lost)
        assert set(done.again) <= set(self.standing)
        for each in (each for number in expected.instead for each in before[number]):
            assert each.state == State.PLANNED
            assert each.giver is None or each.agreed_at is None
            assert each.giver_confirmed_at is None or each.giver_confirmed_at <= each.planned_at

    @rule(number=numbers)
    def withdraw(self, number: int) -> None:
        thing = self.things[number % len(self.things)]
        before = self.standing
        if self.attempt(withdraw_listing, thing, by=thing.owner.user, at=self.later()):
            self.known.gone.add(thing.pk)
            self.known.withdrawn.add(thing.pk)
            self.others_stand(before, set())

    @rule(number=numbers)
    def keep_apart(self, number: int) -> None:
        row = self.one_of_handovers(number)
        if row is None or row.giver is None or row.receiver is None:
            return
        before = self.standing
        pair = frozenset((row.giver_id, row.receiver_id))
        hit = {
            key
            for key, rows in before.items()
            if any(frozenset((each.giver_id, each.receiver_id)) == pair for each in rows)
            and all(each.state == State.PLANNED for each in rows)
        }
        if self.attempt(block_owner, row.listing, person=row.receiver, by=row.receiver.user, at=self.later()):
            self.known.apart.add(pair)
            self.others_stand(before, hit)

    def later(self) -> datetime.datetime:
        """No two acts are of one moment."""
        self.at += datetime.timedelta(seconds=1)
        return self.at

    def attempt(self, act: object, *args: object, **kwargs: object) -> bool:
        try:
            act(*args, **kwargs)  # type: ignore[operator]
        except Refused:
            return False
        return True

    def others_stand(self, before: dict[int, list[Handover]], gone: set[int | None]) -> None:
        """Exactly these exchanges are off."""
        self.read_handovers()
        assert not gone & set(self.standing)
        for key, rows in before.items():
            if key not in gone:
                assert [row.pk for row in self.standing[key]] == [row.pk for row in rows]

    @invariant()
    def set_of_exchanges_holds(self) -> None:
        if hasattr(self, "round"):
            self.read_handovers()
            self.what_stands_are_rings_and_chains()
            self.nobody_swaps_with_whom_they_are_kept_apart_from()
            self.one_of_these_is_one()
            self.the_state_of_each_thing_says_the_same()

    def what_stands_are_rings_and_chains(self) -> None:
        given: list[int] = []
        for rows in self.standing.values():
            given += [row.listing_id for row in rows]
            received_for = [row.in_return_for_id for row in rows if row.way != Handover.Way.TO_TABLE]
            to_table = [row.listing_id for row in rows if row.way == Handover.Way.TO_TABLE]
            gifts = {row.listing_id for row in rows} - set(received_for)
            assert len(to_table) == len(gifts) <= 1
            assert gifts <= self.known.gifts
            assert {row.listing_id for row in rows} == set(received_for) | gifts
            assert all(row.giver_confirmed_at for row in rows) or all(row.state == State.PLANNED for row in rows)
            if self.round.max_items:
                assert len(rows) <= self.round.max_items
            for row in rows:
                assert row.way == Handover.Way.TO_TABLE or row.listing_id in self.known.wants[row.in_return_for_id]
        assert len(given) == len(set(given))
        assert not set(given) & self.known.gone

    def nobody_swaps_with_whom_they_are_kept_apart_from(self) -> None:
        for rows in self.standing.values():
            if all(row.state == State.PLANNED for row in rows):
                assert not {frozenset((row.giver_id, row.receiver_id)) for row in rows} & self.known.apart

    def one_of_these_is_one(self) -> None:
        """Its row is gone once the thing was received, so the machine remembers what each hand-over serves."""
        self.known.served.update({row.pk: row.one_of_id for row in self.handovers if row.one_of_id})
        there = [row.pk for rows in self.standing.values() for row in rows]
        groups = [self.known.served[key] for key in there if key in self.known.served]
        assert len(groups) == len(set(groups))

    def the_state_of_each_thing_says_the_same(self) -> None:
        rows = {row.listing_id: row for key in self.standing.values() for row in key}
        states = Listing.objects.filter(pk__in=[each.pk for each in self.things]).values_list("pk", "state")
        for pk, state in states:
            row = rows.get(pk)
            done = Listing.State.ON_TABLE if row and row.way == Handover.Way.TO_TABLE else Listing.State.EXCHANGED
            expected = {State.PLANNED: Listing.State.IN_EXCHANGE, State.DONE: done}
            free = Listing.State.WITHDRAWN if pk in self.known.withdrawn else Listing.State.LISTED
            assert state == expected.get(row.state if row else None, free)


def test_random_histories_never_break_the_set_of_exchanges() -> None:
    RoundMachine.people = MemberFactory.create_batch(PEOPLE)
    RoundMachine.place = TownFactory()
    round_ = SwapRoundFactory()
    RoundMachine.programme, RoundMachine.venue = round_.programme, round_.venue
    RoundMachine.organiser = RoleAssignmentFactory(organisation=round_.organisation).user

    run_state_machine_as_test(
        RoundMachine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
