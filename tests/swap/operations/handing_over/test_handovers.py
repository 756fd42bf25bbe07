"""At the place: agreeing, being there, handing over, and somebody who does not come."""

import datetime

import pytest
from tests.factories import NOON, MemberFactory
from tests.factories_swap import ListingFactory, swap_organiser, wish
from tests.factories_swap_rounds import all_here, entry, planned_chain, planned_ring, ring
from tests.participation.signing_up import refusal

from qixue.core.models import AuditEntry
from qixue.core.refusal import Refused
from qixue.people.models import Notification, Resident, User
from qixue.people.operations.erasure import erase_account
from qixue.swap.models import Handover, Listing, RoundEntry, SwapRound
from qixue.swap.operations.blocks import block_owner
from qixue.swap.operations.handovers import (
    MOST_TRIES,
    agree,
    begin_handover,
    break_off,
    confirm_here,
    confirm_received,
    put_on_table,
)
from qixue.swap.operations.listings import withdraw_listing
from qixue.swap.operations.no_shows import mark_missing
from qixue.swap.operations.reports import decide_reports
from qixue.swap.operations.rounds import close_round, keep_rounds
from qixue.swap.queries.desk import progress_of
from qixue.swap.queries.rounds import outcome_of

pytestmark = pytest.mark.django_db


def states(round_: SwapRound) -> list[str]:
    return list(round_.handovers.order_by("pk").values_list("state", flat=True))


def test_the_giver_types_the_code_of_the_receiver(round_: SwapRound, desk: User) -> None:
    rows = planned_ring(round_, ring(round_, 2))
    for row in rows:
        confirm_here(row, by=row.giver.user, at=NOON)

    for _sent_twice in range(2):
        confirm_received(rows[0], code=rows[0].code, by=rows[0].giver.user, at=NOON)

    assert states(round_) == ["done", "planned"]
    assert Listing.objects.get(pk=rows[0].listing_id).state == Listing.State.EXCHANGED


def test_a_wrong_code_hands_nothing_over(round_: SwapRound, desk: User) -> None:
    rows = planned_ring(round_, ring(round_, 2))
    all_here(rows, desk)
    wrong = "000000" if rows[0].code != "000000" else "000001"

    assert refusal(confirm_received, rows[0], code=wrong, by=rows[0].giver.user, at=NOON) == "wrong_code"
    assert refusal(confirm_received, rows[0], code=rows[0].code, by=MemberFactory().user, at=NOON) == "not_yours"
    assert states(round_) == ["planned", "planned"]


def test_wrong_codes_are_counted_until_only_the_desk_can_help(round_: SwapRound, desk: User) -> None:
    rows = planned_ring(round_, ring(round_, 2))
    all_here(rows, desk)
    giver = rows[0].giver.user

    found = [refusal(confirm_received, rows[0], code="x", by=giver, at=NOON) for _try in range(MOST_TRIES + 1)]

    assert found == ["wrong_code"] * MOST_TRIES + ["too_many_tries"]
    assert refusal(confirm_received, rows[0], code=rows[0].code, by=giver, at=NOON) == "too_many_tries"
    assert confirm_received(rows[0], by=desk, at=NOON).state == "done"


def test_who_stands_at_the_desk_needs_the_code_for_things_of_their_own(round_: SwapRound, desk: User) -> None:
    things = ring(round_, 2)
    Resident.objects.filter(pk=things[0].owner_id).update(user=desk)
    rows = {row.listing_id: row for row in planned_ring(round_, things)}
    all_here(list(rows.values()), desk)
    given, received = rows[things[0].pk], rows[things[1].pk]

    assert refusal(confirm_received, given, by=desk, at=NOON) == "wrong_code"
    assert refusal(confirm_received, received, code=received.code, by=desk, at=NOON) == "not_yours"
    assert confirm_received(given, code=given.code, by=desk, at=NOON).state == "done"


def test_nothing_is_handed_over_before_all_are_here(round_: SwapRound, desk: User) -> None:
    rows = planned_ring(round_, ring(round_, 3))
    all_here(rows[:2], desk)

    assert refusal(confirm_received, rows[0], by=desk, at=NOON) == "somebody_is_missing"


def test_a_no_show_frees_exactly_its_own_exchange(round_: SwapRound, desk: User) -> None:
    first, second, third = ring(round_, 3)
    wish(third, second)
    rows = planned_ring(round_, [first, second, third])
    others = planned_ring(round_, ring(round_, 2))
    missing = next(row for row in rows if row.listing == first)

    made = mark_missing(missing, by=desk, at=NOON)

    assert {row.listing for row in made} == {second, third}
    assert states(round_) == ["void"] * 3 + ["planned"] * 4
    assert [Handover.objects.get(pk=row.pk).state for row in others] == ["planned", "planned"]
    assert RoundEntry.objects.get(listing=first).state == RoundEntry.State.MISSED
    keep_rounds(at=NOON)
    told = Notification.objects.filter(user__in=[second.owner.user, third.owner.user])
    assert set(told.values_list("kind", flat=True)) == {"swap_found_now"}  # nobody is asked to agree any more


def test_a_no_show_of_somebody_who_is_here_is_refused(round_: SwapRound, desk: User) -> None:
    rows = planned_ring(round_, ring(round_, 2))
    confirm_here(rows[0], by=desk, at=NOON)

    assert refusal(mark_missing, rows[0], by=desk, at=NOON) == "is_here"
    assert refusal(mark_missing, rows[1], by=rows[1].giver.user, at=NOON) == "not_in_charge"


def test_those_for_whom_nothing_is_found_hear_that_their_exchange_is_off(round_: SwapRound, desk: User) -> None:
    rows = planned_ring(round_, ring(round_, 2))

    assert mark_missing(rows[0], by=desk, at=NOON) == []
    assert list(Notification.objects.order_by("kind").values_list("kind", "user")) == [
        ("swap_exchange_off", rows[1].giver.user_id),
        ("swap_marked_missing", rows[0].giver.user_id),
    ]


def test_at_a_fair_that_runs_late_a_new_exchange_is_told(round_: SwapRound, desk: User) -> None:
    late = round_.ends_at + datetime.timedelta(minutes=10)
    a, b, c = ring(round_, 3)
    wish(b, a)  # without the third, the first two swap
    rows = planned_ring(round_, [a, b, c])
    Handover.objects.update(told_at=NOON)

    mark_missing(next(row for row in rows if row.giver_id == c.owner_id), by=desk, at=late)
    keep_rounds(at=late)

    told = Notification.objects.filter(kind="swap_found_now")
    assert {notice.user for notice in told} == {a.owner.user, b.owner.user}


def test_beginning_leaves_out_who_has_not_agreed(round_: SwapRound, organiser: User) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="proposed")
    rows = planned_ring(round_, ring(round_, 2)) + planned_ring(round_, ring(round_, 2))
    for row in rows[:3]:
        agree(row, by=row.giver.user, at=NOON)

    for _twice in range(2):
        begin_handover(round_, by=organiser, at=NOON, confirmed=True)

    assert states(round_) == ["planned", "planned", "void", "void"]
    assert RoundEntry.objects.get(listing=rows[3].listing).state == RoundEntry.State.MISSED
    assert RoundEntry.objects.get(listing=rows[2].listing).state == RoundEntry.State.IN


def test_the_last_thing_of_a_chain_is_a_gift_of_the_next_round(round_: SwapRound, desk: User) -> None:
    gift = ListingFactory(programme=round_.programme, is_gift=True)
    thing = ListingFactory(programme=round_.programme)
    planned_ring(round_, ring(round_, 2))  # with the plan that was chosen
    rows = planned_chain(round_, thing, gift)
    all_here(rows, desk)

    for row in rows:
        confirm_received(row, by=desk, at=NOON)

    thing.refresh_from_db()
    assert (thing.state, thing.is_gift) == (Listing.State.ON_TABLE, True)
    found = outcome_of(round_)
    assert (found.things, found.to_table, found.handed_over) == (1, 1, progress_of(round_).done)


def test_what_lies_on_the_table_is_handed_out_by_the_desk(round_: SwapRound, desk: User) -> None:
    on_table = ListingFactory(programme=round_.programme, is_gift=True, state="on_table")
    thing = ListingFactory(programme=round_.programme)
    rows = planned_chain(round_, thing, on_table)

    confirm_here(rows[1], by=desk, at=NOON)
    confirm_received(rows[0], by=desk, at=NOON)

    on_table.refresh_from_db()
    assert (rows[0].way, on_table.state) == ("from_table", Listing.State.EXCHANGED)


def test_a_gift_that_nobody_takes_goes_to_the_table(round_: SwapRound, desk: User) -> None:
    row = entry(round_, ListingFactory(programme=round_.programme, is_gift=True))
    thing = entry(round_, ListingFactory(programme=round_.programme))

    for _twice in range(2):
        put_on_table(row, by=desk, at=NOON)

    assert Listing.objects.get(pk=row.listing_id).state == Listing.State.ON_TABLE
    assert refusal(put_on_table, thing, by=desk, at=NOON) == "not_left_over"


def test_somebody_who_goes_home_keeps_no_round_open(round_: SwapRound, desk: User, organiser: User) -> None:
    first, second, third = ring(round_, 3)
    rows = {row.listing_id: row for row in planned_ring(round_, [first, second, third])}
    all_here(list(rows.values()), desk)
    confirm_received(rows[second.pk], by=desk, at=NOON)  # what the first gets

    stranger = MemberFactory().user
    assert refusal(break_off, rows[third.pk], reason="left", by=stranger, at=NOON) == "not_in_charge"
    assert refusal(break_off, rows[second.pk], reason="left", by=desk, at=NOON) == "exchange_off"
    for _twice in range(2):
        assert break_off(rows[third.pk], reason="left", by=desk, at=NOON) == []

    assert AuditEntry.objects.get(action="swap.broken_off").details == {"exchange": 1, "reason": "left"}
    things = [(thing.pk, thing.state) for thing in Listing.objects.order_by("pk")]
    assert things == [(first.pk, "withdrawn"), (second.pk, "exchanged"), (third.pk, "listed")]
    assert set(round_.entries.values_list("state", flat=True)) == {"over"}
    assert close_round(round_, by=organiser, at=NOON).state == "closed"


def test_those_who_are_left_of_an_exchange_that_is_broken_off_are_matched_anew(round_: SwapRound, desk: User) -> None:
    first, second, third = ring(round_, 3)
    wish(third, second)
    rows = planned_ring(round_, [first, second, third])
    all_here(rows, desk)

    made = break_off(next(row for row in rows if row.listing == first), reason="thing", by=desk, at=NOON)

    assert {row.listing for row in made} == {second, third}


def test_a_thing_for_the_table_whose_owner_is_erased_is_taken_back(round_: SwapRound, desk: User) -> None:
    gift, thing = (ListingFactory(programme=round_.programme, is_gift=is_gift) for is_gift in (True, False))
    rows = planned_chain(round_, thing, gift)
    all_here(rows, desk)
    confirm_received(rows[0], by=desk, at=NOON)
    erase_account(thing.owner.user, at=NOON)

    confirm_received(rows[1], by=desk, at=NOON)

    thing.refresh_from_db()
    assert (thing.state, thing.title) == (Listing.State.WITHDRAWN, "")
    assert states(round_) == ["done", "done"]


def test_closing_waits_for_exchanges_that_have_begun(round_: SwapRound, desk: User, organiser: User) -> None:
    rows = planned_ring(round_, ring(round_, 2))
    all_here(rows, desk)
    confirm_received(rows[0], by=desk, at=NOON)

    with pytest.raises(Refused) as refused:
        close_round(round_, by=organiser, at=NOON)
    assert (refused.value.code, refused.value.params) == ("half_handed_over", {"numbers": str(rows[0].exchange)})
    confirm_received(rows[1], by=desk, at=NOON)
    close_round(round_, by=organiser, at=NOON)

    found = outcome_of(round_)
    assert (found.things, found.people, str(found.kilograms)) == (2, 2, "5.0")


def ring_with_another_way(round_: SwapRound) -> list[Listing]:
    """Three in an exchange, of whom the second and third can also swap without the first."""
    things = ring(round_, 3)
    wish(things[2], things[1])
    planned_ring(round_, things)
    return things


def test_hiding_a_thing_ends_its_exchange_and_matches_the_others_anew(round_: SwapRound) -> None:
    first, second, third = ring_with_another_way(round_)

    hidden = decide_reports(first, is_hidden=True, seen=0, by=swap_organiser(round_.programme), at=NOON)

    assert (hidden.state, RoundEntry.objects.get(listing=first).state) == (Listing.State.LISTED, "left")
    assert set(round_.handovers.filter(state="planned").values_list("listing", flat=True)) == {second.pk, third.pk}


def test_blocking_ends_the_exchange_and_matches_the_others_anew(round_: SwapRound) -> None:
    first, second, third = ring_with_another_way(round_)

    block_owner(second, person=first.owner, by=first.owner.user, at=NOON)

    assert set(round_.handovers.filter(state="planned").values_list("listing", flat=True)) == {second.pk, third.pk}


def test_an_exchange_that_has_begun_outlasts_hiding_and_blocking(round_: SwapRound, desk: User) -> None:
    rows = planned_ring(round_, ring(round_, 2))
    all_here(rows, desk)
    confirm_received(rows[0], by=desk, at=NOON)
    thing = rows[1].listing

    decide_reports(thing, is_hidden=True, seen=0, by=swap_organiser(round_.programme), at=NOON)
    block_owner(thing, person=rows[0].giver, by=rows[0].giver.user, at=NOON)

    assert states(round_) == ["done", "planned"]


def test_withdrawing_takes_a_thing_out_of_its_round(round_: SwapRound) -> None:
    row = entry(round_, ListingFactory(programme=round_.programme))

    withdraw_listing(row.listing, by=row.listing.owner.user, at=NOON)

    row.refresh_from_db()
    assert row.state == RoundEntry.State.LEFT
