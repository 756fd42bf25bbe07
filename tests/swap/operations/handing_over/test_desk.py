"""Who is there with their thing and who is not, and which wishes are over once a thing was received."""

import pytest
from tests.factories import NOON, MemberFactory
from tests.factories_swap import ListingFactory, one_of, wish
from tests.factories_swap_rounds import all_here, entry, planned_chain, planned_ring, ring
from tests.participation.signing_up import refusal

from qixue.people.models import User
from qixue.swap.models import Handover, KindWish, OneOf, SwapRound, Wish
from qixue.swap.operations.exchanges import Exchange, plan_exchanges
from qixue.swap.operations.handovers import confirm_here, confirm_received, take_back_here
from qixue.swap.operations.no_shows import mark_missing

pytestmark = pytest.mark.django_db


def test_a_no_show_is_not_matched_again_with_another_thing(round_: SwapRound, desk: User) -> None:
    person = MemberFactory()
    free, promised, brought = ListingFactory.create_batch(3, programme=round_.programme, owner=person)
    first, second, third = ListingFactory.create_batch(3, programme=round_.programme)
    for thing in (free, promised, brought, first, second, third):
        entry(round_, thing)
    for one, other in ((free, first), (promised, second), (free, second), (brought, third)):
        wish(one, other)
        wish(other, one)
    off, waits, stands = (planned_ring(round_, pair) for pair in ([free, first], [promised, second], [brought, third]))
    mark_missing(next(row for row in off if row.listing == first), by=desk, at=NOON)
    confirm_here(next(row for row in stands if row.listing == brought), by=desk, at=NOON)

    made = mark_missing(next(row for row in waits if row.listing == promised), by=desk, at=NOON)

    assert made == []
    entries = dict(round_.entries.values_list("listing", "state"))
    assert [entries[thing.pk] for thing in (free, promised, brought)] == ["missed", "missed", "in"]


def test_here_can_be_taken_back_until_something_is_received(round_: SwapRound, desk: User) -> None:
    rows = planned_ring(round_, ring(round_, 2))
    all_here(rows, desk)

    for _twice in range(2):
        take_back_here(rows[0], by=desk, at=NOON)

    assert list(round_.handovers.order_by("pk").values_list("giver_confirmed_at", flat=True)) == [None, NOON]
    assert refusal(take_back_here, rows[1], by=rows[1].giver.user, at=NOON) == "not_in_charge"
    confirm_here(rows[0], by=desk, at=NOON)
    confirm_received(rows[0], by=desk, at=NOON)
    assert refusal(take_back_here, rows[1], by=desk, at=NOON) == "handed_over"


def test_what_lies_on_the_table_stays_here(round_: SwapRound, desk: User) -> None:
    on_table = ListingFactory(programme=round_.programme, is_gift=True, state="on_table")
    thing = ListingFactory(programme=round_.programme)
    rows = planned_chain(round_, thing, on_table)

    take_back_here(rows[0], by=desk, at=NOON)

    assert Handover.objects.get(pk=rows[0].pk).giver_confirmed_at == NOON


def test_who_was_here_is_here_in_the_exchange_that_is_found_instead(round_: SwapRound, desk: User) -> None:
    first, second, third = ring(round_, 3)
    wish(third, second)
    rows = {row.listing: row for row in planned_ring(round_, [first, second, third])}
    for each in (second, third):
        confirm_here(rows[each], by=desk, at=NOON)
    take_back_here(rows[third], by=desk, at=NOON)

    made = mark_missing(rows[first], by=desk, at=NOON)

    assert {row.listing: row.giver_confirmed_at for row in made} == {second: NOON, third: None}


def test_what_was_exchanged_is_wished_for_by_nobody_and_wishes_for_nothing(round_: SwapRound, desk: User) -> None:
    things = ring(round_, 2)
    other = ListingFactory(programme=round_.programme)
    wish(things[0], other)
    wish(other, things[0])
    KindWish.objects.create(listing=things[1], kind="books", wished_at=NOON)
    rows = planned_ring(round_, things)
    all_here(rows, desk)

    for row in rows:
        confirm_received(row, by=desk, at=NOON)

    assert (Wish.objects.count(), KindWish.objects.count()) == (0, 0)


def test_what_goes_to_the_table_can_still_be_wished_for(round_: SwapRound, desk: User) -> None:
    gift = ListingFactory(programme=round_.programme, is_gift=True)
    thing, other = ListingFactory.create_batch(2, programme=round_.programme)
    wish(thing, gift)
    wish(other, thing)
    rows = planned_chain(round_, thing, gift)
    all_here(rows, desk)

    for row in rows:
        confirm_received(row, by=desk, at=NOON)

    assert list(Wish.objects.values_list("listing", "wanted")) == [(other.pk, thing.pk)]


def test_a_search_that_was_served_is_over(round_: SwapRound, desk: User) -> None:
    mine, first, second = ListingFactory.create_batch(3, programme=round_.programme)
    served = one_of(mine.owner, offered=[mine], wanted=[first, second])
    for each in (mine, first):
        entry(round_, each)
    nodes = (str(mine.pk), f"%D{served.pk}", str(first.pk))
    rows = plan_exchanges(round_, [Exchange(nodes, is_chain=False)], at=NOON)
    all_here(rows, desk)

    for row in rows:
        confirm_received(row, by=desk, at=NOON)

    assert OneOf.objects.count() == 0
    assert set(round_.handovers.values_list("state", flat=True)) == {"done"}
