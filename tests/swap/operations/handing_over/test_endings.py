"""What people and the desk learn when an exchange comes to nothing: the true reason, and nothing is lost of sight."""

import datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection
from tests.factories import NOON
from tests.factories_swap import ListingFactory
from tests.factories_swap_rounds import DAY, SwapRoundFactory, entry, planned_ring, ring
from tests.participation.signing_up import refusal

from qixue.people.models import Notification, User
from qixue.swap.models import Handover, Listing, RoundEntry, SwapRound
from qixue.swap.operations.entries import leave_round
from qixue.swap.operations.exchanges import Exchange, plan_exchanges
from qixue.swap.operations.handovers import agree, begin_handover, break_off, confirm_here, put_on_table
from qixue.swap.operations.no_shows import mark_missing
from qixue.swap.operations.rounds import close_round
from qixue.swap.queries.desk import called_off, ended_with, left_over_gifts, rows_off, to_fetch_back
from qixue.swap.queries.endings import WhyOff
from qixue.swap.queries.rounds import OwnThing, own_things_in

pytestmark = pytest.mark.django_db

LATER = NOON + datetime.timedelta(minutes=1)


def closed(round_: SwapRound, organiser: User) -> SwapRound:
    return close_round(round_, by=organiser, at=LATER, confirmed=True)


def own(round_: SwapRound, thing: Listing) -> OwnThing:
    round_.refresh_from_db()
    return own_things_in(round_, thing.owner)[0]


def reasons_at_the_desk(round_: SwapRound) -> list[tuple[int, str]]:
    round_.refresh_from_db()
    return [(each.number, each.why) for each in called_off(round_, rows_off(round_), most=9)]


def test_who_was_there_when_the_round_was_closed_early_reads_just_that(
    round_: SwapRound, desk: User, organiser: User
) -> None:
    missed, unfinished = planned_ring(round_, ring(round_, 2)), planned_ring(round_, ring(round_, 3))
    mark_missing(missed[0], by=desk, at=NOON)
    for row in unfinished:
        confirm_here(row, by=desk, at=NOON)
    Notification.objects.all().delete()

    closed(round_, organiser)

    told = Notification.objects.values_list("kind", "user")
    assert sorted(told) == sorted(("swap_round_closed", row.giver.user_id) for row in unfinished)
    assert own(round_, unfinished[0].listing).why_off == WhyOff.ROUND_ENDED
    assert own(round_, missed[1].listing).why_off == WhyOff.DID_NOT_COME
    assert reasons_at_the_desk(round_) == [(2, "round_ended"), (1, "did_not_come")]


def test_closing_a_round_once_more_tells_nobody_again(round_: SwapRound, organiser: User) -> None:
    planned_ring(round_, ring(round_, 2))

    for _twice in range(2):
        closed(round_, organiser)

    assert Notification.objects.filter(kind="swap_round_closed").count() == 2


def test_who_lost_an_exchange_because_somebody_was_silent_reads_just_that(round_: SwapRound, organiser: User) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="proposed")
    agreed, silent = planned_ring(round_, ring(round_, 2))
    agree(agreed, by=agreed.giver.user, at=NOON)

    begin_handover(round_, by=organiser, at=LATER, confirmed=True)

    assert list(Notification.objects.values_list("kind", "user")) == [
        ("swap_exchange_not_agreed", agreed.giver.user_id)
    ]
    assert own(round_, agreed.listing).why_off == WhyOff.NOT_AGREED
    assert (own(round_, silent.listing).never_agreed, own(round_, agreed.listing).never_agreed) == (True, False)
    assert reasons_at_the_desk(round_) == [(1, "not_agreed")]


def test_who_did_not_come_is_not_said_to_have_been_silent(round_: SwapRound, desk: User) -> None:
    row, _other = planned_ring(round_, ring(round_, 2))

    mark_missing(row, by=desk, at=NOON)

    assert own(round_, row.listing).never_agreed is False


def test_who_lost_an_exchange_because_a_thing_was_taken_out_or_called_off_reads_that(
    round_: SwapRound, desk: User
) -> None:
    left, broken = planned_ring(round_, ring(round_, 2)), planned_ring(round_, ring(round_, 2))

    leave_round(RoundEntry.objects.get(listing=left[0].listing), by=left[0].giver.user, at=NOON)
    break_off(broken[0], reason="thing", by=desk, at=NOON)

    assert own(round_, left[1].listing).why_off == WhyOff.LEFT
    assert own(round_, broken[1].listing).why_off == WhyOff.CALLED_OFF
    told = dict(Notification.objects.values_list("user", "kind"))
    assert told[left[1].giver.user_id] == "swap_exchange_off"
    assert told[broken[1].giver.user_id] == "swap_exchange_called_off"


def test_a_closed_round_counts_what_was_matched_and_what_came_of_it(round_: SwapRound, organiser: User) -> None:
    done = planned_ring(round_, ring(round_, 2))
    planned_ring(round_, ring(round_, 3))
    keys = [row.pk for row in done]
    Handover.objects.filter(pk__in=keys).update(state="done", giver_confirmed_at=NOON, receiver_confirmed_at=NOON)
    Listing.objects.filter(pk__in=[row.listing_id for row in done]).update(state="exchanged")

    closed(round_, organiser)

    found = ended_with(round_)
    assert (found.matched, found.handed_over, found.undone) == (5, 2, 3)


def test_a_gift_that_nobody_took_goes_to_the_table_of_a_closed_round_until_it_is_in_a_later_one(
    round_: SwapRound, desk: User, organiser: User
) -> None:
    stays, goes_on = (entry(round_, ListingFactory(programme=round_.programme, is_gift=True)) for _each in range(2))
    round_ = closed(round_, organiser)
    before = list(left_over_gifts(round_))
    later = SwapRoundFactory(programme=round_.programme, has_gifts=True, opened_at=NOON + DAY)
    entry(later, goes_on.listing)

    put_on_table(stays, by=desk, at=LATER)

    assert before == [stays, goes_on]
    assert list(left_over_gifts(round_)) == []
    assert Listing.objects.get(pk=stays.listing_id).state == Listing.State.ON_TABLE
    assert refusal(put_on_table, goes_on, by=desk, at=LATER) == "not_left_over"


def test_a_community_point_names_what_was_brought_in_vain(round_: SwapRound, desk: User, organiser: User) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(kind="point", opening_hours="周二至周日 9:00-17:00")
    round_.refresh_from_db()
    first, second, third = ring(round_, 3)
    brought, absent, _other = planned_ring(round_, [first, second, third])
    confirm_here(brought, by=desk, at=NOON)
    mark_missing(absent, by=desk, at=NOON)
    kept = brought.listing_id
    plan_exchanges(round_, [Exchange((str(kept), str(third.pk)), is_chain=False)], at=NOON)

    assert list(to_fetch_back(round_)) == []
    round_ = closed(round_, organiser)

    assert [row.listing_id for row in to_fetch_back(round_)] == [kept]


def test_a_round_says_when_it_was_closed_and_closing_it_again_leaves_that(round_: SwapRound, organiser: User) -> None:
    for at in (LATER, LATER + DAY):
        close_round(round_, by=organiser, at=at, confirmed=True)

    round_.refresh_from_db()
    assert round_.ended_at == LATER


def test_rounds_that_ended_before_take_the_moment_from_their_history(round_: SwapRound, organiser: User) -> None:
    row = planned_ring(round_, ring(round_, 2))[0]
    closed(round_, organiser)
    SwapRound.objects.update(ended_at=None)
    migration = import_module("qixue.swap.migrations.0006_rounds_say_when_they_ended")

    migration.fill(apps, connection.schema_editor())

    assert own(round_, row.listing).why_off == WhyOff.ROUND_ENDED
    assert round_.ended_at == LATER


def test_a_round_that_goes_on_has_no_end(round_: SwapRound) -> None:
    with pytest.raises(IntegrityError, match="swap_round_ended_is_over"):
        SwapRound.objects.filter(pk=round_.pk).update(ended_at=NOON)
