"""Two people at the same moment, each in a transaction of their own: an exchange is done or off, never in between."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from tests.at_once import at_once
from tests.factories import NOON, RoleAssignmentFactory
from tests.factories_swap import wish
from tests.factories_swap_rounds import SwapRoundFactory, planned_ring, ring

from qixue.swap.models import Handover, Listing, RoundEntry, SwapRound
from qixue.swap.operations.entries import leave_round
from qixue.swap.operations.handovers import agree, confirm_here, confirm_received
from qixue.swap.operations.no_shows import mark_missing, take_back_missing

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 200
State = Handover.State


def handing_over(size: int, *, are_here: bool) -> tuple[SwapRound, list[Handover]]:
    round_ = SwapRoundFactory(state=SwapRound.State.HANDING_OVER)
    rows = planned_ring(round_, ring(round_, size))
    if are_here:
        Handover.objects.filter(round=round_).update(giver_confirmed_at=NOON)
    return round_, rows


def leaving(row: Handover) -> Callable[[], object]:
    entry = RoundEntry.objects.select_related("round").get(round=row.round, listing=row.listing)
    return lambda: leave_round(entry, by=row.giver.user, at=NOON)


def receiving(row: Handover) -> Callable[[], object]:
    return lambda: confirm_received(row, code=row.code, by=row.giver.user, at=NOON)


def states(round_: SwapRound) -> set[str]:
    return set(Handover.objects.filter(round=round_).values_list("state", flat=True))


def test_confirming_and_leaving_at_once_leaves_a_ring_or_none() -> None:
    for _time in range(TIMES):
        round_, rows = handing_over(3, are_here=True)

        answers = at_once(receiving(rows[0]), leaving(rows[1]))

        if answers == ["done", "handed_over"]:
            assert states(round_) == {State.PLANNED, State.DONE}
        else:
            assert answers == ["done", "exchange_off"]
            assert states(round_) == {State.VOID}
            free = Listing.objects.filter(handovers__round=round_).values_list("state", flat=True)
            assert set(free) == {Listing.State.LISTED}


def test_being_marked_missing_while_one_arrives_is_one_or_the_other() -> None:
    for _time in range(20):
        round_, rows = handing_over(2, are_here=False)
        desk = RoleAssignmentFactory(organisation=round_.organisation).user

        answers = at_once(
            lambda row=rows[0]: confirm_here(row, by=row.giver.user, at=NOON),
            lambda row=rows[0], desk=desk: mark_missing(row, by=desk, at=NOON),
        )

        assert (answers, states(round_)) in [
            (["done", "is_here"], {State.PLANNED}),
            (["done", "exchange_off"], {State.VOID}),
        ]


def test_taking_a_no_show_back_while_one_agrees_to_what_was_found_keeps_one_of_both() -> None:
    for _time in range(20):
        round_ = SwapRoundFactory(state=SwapRound.State.HANDING_OVER)
        first, second, third = ring(round_, 3)
        wish(third, second)
        rows = planned_ring(round_, [first, second, third])
        desk = RoleAssignmentFactory(organisation=round_.organisation).user
        missing = next(row for row in rows if row.listing == first)
        instead = mark_missing(missing, by=desk, at=NOON)[0]

        answers = at_once(
            lambda row=missing, desk=desk: take_back_missing(row, by=desk, at=NOON),
            lambda row=instead: agree(row, by=row.giver.user, at=NOON),
        )

        standing = set(round_.handovers.filter(state=State.PLANNED).values_list("exchange", flat=True))
        assert (answers, standing) in [(["done", "exchange_off"], {1}), (["done", "done"], {2})]
        assert Listing.objects.filter(handovers__round=round_, state="in_exchange").distinct().count() == (
            3 if standing == {1} else 2
        )


def test_two_desks_that_take_one_no_show_back_do_it_once() -> None:
    for _time in range(20):
        round_, rows = handing_over(2, are_here=False)
        desk = RoleAssignmentFactory(organisation=round_.organisation).user
        mark_missing(rows[0], by=desk, at=NOON)

        answers = at_once(*[lambda row=rows[0], desk=desk: take_back_missing(row, by=desk, at=NOON)] * 2)

        assert (answers, states(round_), round_.handovers.count()) == (["done", "done"], {State.PLANNED}, 2)


def test_two_who_leave_one_ring_at_once_end_it_once() -> None:
    for _time in range(20):
        round_, rows = handing_over(3, are_here=True)

        answers = at_once(leaving(rows[0]), leaving(rows[1]))

        assert (answers, states(round_)) == (["done", "done"], {State.VOID})
        assert Handover.objects.filter(round=round_).count() == 3


def test_the_database_refuses_to_promise_a_thing_twice() -> None:
    _round, rows = handing_over(2, are_here=False)
    rows[0].pk = None
    rows[0].exchange = 2

    with pytest.raises(IntegrityError), transaction.atomic():
        rows[0].save()


def test_the_database_refuses_a_thing_that_was_received_and_not_brought() -> None:
    _round, rows = handing_over(2, are_here=False)

    with pytest.raises(IntegrityError), transaction.atomic():
        Handover.objects.filter(pk=rows[0].pk).update(state=State.DONE, receiver_confirmed_at=NOON)
