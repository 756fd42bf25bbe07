"""What goes on by itself: plans that cannot be made, rounds that nobody closes, two that open at once."""

import datetime

import pytest
from tests.factories import NOON
from tests.factories_swap import ListingFactory
from tests.factories_swap_rounds import SwapRoundFactory, planned_ring, ring

from qixue.people.models import Notification
from qixue.swap.models import Handover, Listing, RoundEntry, RoundPlan, SwapRound
from qixue.swap.operations.entries import enter_table
from qixue.swap.operations.plans import LEASE, keep_plans
from qixue.swap.operations.rounds import FORGOTTEN_AFTER, keep_rounds

pytestmark = pytest.mark.django_db


def test_a_plan_that_kills_its_worker_is_given_up_after_two_tries(
    round_: SwapRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring(round_, 2)
    plan = RoundPlan.objects.create(round=round_, objective="people", asked_at=NOON)

    def dies(*_args: object) -> None:
        raise SystemExit

    monkeypatch.setattr("qixue.swap.operations.plans.finish", dies)
    for number in range(2):
        with pytest.raises(SystemExit):
            keep_plans(at=NOON + number * (LEASE + datetime.timedelta(seconds=1)))
    keep_plans(at=NOON + 3 * LEASE)

    plan.refresh_from_db()
    assert (plan.state, plan.tries) == ("failed", 2)


@pytest.mark.parametrize(
    ("state", "end"), [("answering", "cancelled"), ("proposed", "cancelled"), ("handing_over", "closed")]
)
def test_a_round_that_is_forgotten_ends_and_frees_its_things(round_: SwapRound, state: str, end: str) -> None:
    things = ring(round_, 2)
    if state != "answering":
        planned_ring(round_, things)
    SwapRound.objects.filter(pk=round_.pk).update(state=state)
    round_.refresh_from_db()

    keep_rounds(at=round_.ends_at + FORGOTTEN_AFTER - datetime.timedelta(seconds=1))
    round_.refresh_from_db()
    before = round_.state
    for _twice in range(2):
        keep_rounds(at=round_.ends_at + FORGOTTEN_AFTER)

    round_.refresh_from_db()
    assert (before, round_.state) == (state, end)
    assert set(Listing.objects.values_list("state", flat=True)) == {"listed"}
    assert set(round_.entries.values_list("state", flat=True)) == {"over"}
    told = Notification.objects.filter(kind="swap_ended").values_list("user", flat=True)
    assert sorted(told) == sorted(thing.owner.user_id for thing in things)


def test_a_forgotten_exchange_that_is_half_done_gives_nothing_twice(round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="handing_over")
    given, kept = ring(round_, 2)
    rows = planned_ring(round_, [given, kept])
    round_.handovers.update(giver_confirmed_at=NOON)
    first = next(row for row in rows if row.listing == given)
    Handover.objects.filter(pk=first.pk).update(state="done", receiver_confirmed_at=NOON)
    Listing.objects.filter(pk=given.pk).update(state="exchanged")

    keep_rounds(at=round_.ends_at + FORGOTTEN_AFTER)

    assert Listing.objects.get(pk=kept.pk).state == "withdrawn"
    assert set(round_.handovers.values_list("state", flat=True)) == {"done", "void"}


def test_two_rounds_that_open_at_once_have_what_lies_on_the_table_once(monkeypatch: pytest.MonkeyPatch) -> None:
    thing = ListingFactory(state="on_table", is_gift=True)
    one, other = SwapRoundFactory.create_batch(2, programme=thing.programme, has_gifts=True)
    make = RoundEntry.objects.bulk_create

    def after_the_other(entries: list[RoundEntry], **options: object) -> list[RoundEntry]:
        """The other round has it between the look and the write."""
        RoundEntry.objects.create(round=other, listing=thing, entered_at=NOON)
        return make(entries, **options)

    monkeypatch.setattr(RoundEntry.objects, "bulk_create", after_the_other)
    enter_table(one, at=NOON)

    assert [row.round for row in RoundEntry.objects.filter(listing=thing)] == [other]
