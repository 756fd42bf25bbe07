"""Somebody was said not to have come, and that is taken back: what stands again, and what stands on."""

import datetime

import pytest
from tests.factories import NOON
from tests.factories_swap import ListingFactory, one_of, wish
from tests.factories_swap_rounds import SwapRoundFactory, entry, planned_ring, ring
from tests.participation.signing_up import refusal

from qixue.core.models import AuditEntry
from qixue.people.models import Notification, Resident, User
from qixue.people.operations.erasure import erase_account
from qixue.swap.models import Block, Handover, Listing, RoundEntry, SwapRound
from qixue.swap.operations.exchanges import Exchange, plan_exchanges
from qixue.swap.operations.handovers import agree, confirm_here, confirm_received, take_back_here
from qixue.swap.operations.no_shows import mark_missing, take_back_missing
from qixue.swap.operations.rounds import keep_rounds
from qixue.swap.queries.desk import called_off, rows_off
from qixue.swap.queries.no_shows import no_shows, return_of

pytestmark = pytest.mark.django_db

State = Handover.State
MINUTE = datetime.timedelta(minutes=1)
SOON, LATER, LATEST = NOON + MINUTE, NOON + 2 * MINUTE, NOON + 3 * MINUTE


def without_the_first(round_: SwapRound, desk: User) -> tuple[list[Handover], list[Handover]]:
    """Three agreed to an exchange and the others are here; said not to come, the first leaves them to swap alone."""
    first, second, third = ring(round_, 3)
    wish(third, second)
    by_thing = {row.listing: row for row in planned_ring(round_, [first, second, third])}
    rows = [by_thing[thing] for thing in (first, second, third)]
    for row in rows:
        agree(row, by=row.giver.user, at=NOON)
    for row in rows[1:]:
        confirm_here(row, by=desk, at=NOON)
    Handover.objects.update(told_at=NOON)
    return rows, mark_missing(rows[0], by=desk, at=SOON)


def states(rows: list[Handover]) -> list[str]:
    found = dict(Handover.objects.values_list("pk", "state"))
    return [found[row.pk] for row in rows]


def test_what_ended_stands_again_in_place_of_what_was_found_instead(round_: SwapRound, desk: User) -> None:
    rows, instead = without_the_first(round_, desk)
    expected = return_of(Handover.objects.get(pk=rows[0].pk))

    done = take_back_missing(rows[0], by=desk, at=LATER)

    assert (len(instead), states(rows), states(instead)) == (2, ["planned"] * 3, ["void"] * 2)
    assert (expected.again, expected.instead, expected.lost, expected.people) == ([1], [2], [], 2)
    assert (done.again, done.instead, done.lost, done.made) == ([1], [2], [], [])
    found = list(round_.handovers.filter(exchange=1).order_by("position"))
    assert all(row.agreed_at == NOON and row.off_with is None for row in found)
    assert {row.listing: row.giver_confirmed_at for row in found} == {
        rows[0].listing: None,
        rows[1].listing: NOON,
        rows[2].listing: NOON,
    }
    assert set(Listing.objects.values_list("state", flat=True)) == {"in_exchange"}
    assert set(round_.entries.values_list("state", "missed_with")) == {("in", None)}


def test_everybody_of_it_is_told_and_then_it_is_handed_over(round_: SwapRound, desk: User) -> None:
    rows, _instead = without_the_first(round_, desk)

    take_back_missing(rows[0], by=desk, at=LATER)
    confirm_here(rows[0], by=desk, at=LATEST)
    for row in rows:
        confirm_received(row, by=desk, at=LATEST)

    told = Notification.objects.filter(kind="swap_stands_again").values_list("user", flat=True)
    assert set(told) == {row.giver.user_id for row in rows}
    assert not Notification.objects.filter(kind__startswith="swap_exchange").exists()
    assert states(rows) == ["done"] * 3
    assert AuditEntry.objects.get(action="swap.missing_taken_back").details == {"again": [1], "instead": [2]}


def test_whoever_had_not_heard_of_it_yet_is_told_what_they_get_and_not_that_it_stands_again(
    round_: SwapRound, desk: User
) -> None:
    rows, _instead = without_the_first(round_, desk)
    Handover.objects.filter(pk=rows[1].pk).update(told_at=None)

    take_back_missing(rows[0], by=desk, at=LATER)
    again = set(Notification.objects.filter(kind="swap_stands_again").values_list("user", flat=True))
    keep_rounds(at=LATEST)

    assert again == {rows[0].giver.user_id, rows[2].giver.user_id}
    assert Notification.objects.get(kind="swap_found_now").user_id == rows[1].giver.user_id


def test_whoever_is_marked_as_not_there_is_told(round_: SwapRound, desk: User) -> None:
    rows, _instead = without_the_first(round_, desk)

    told = Notification.objects.get(kind="swap_marked_missing")

    assert told.user_id == rows[0].giver.user_id


def test_taking_it_back_twice_changes_nothing(round_: SwapRound, desk: User) -> None:
    rows, _instead = without_the_first(round_, desk)
    take_back_missing(rows[0], by=desk, at=LATER)

    done = take_back_missing(rows[0], by=desk, at=LATEST)

    assert (done.again, done.instead, done.lost) == ((), (), ())
    assert Notification.objects.filter(kind="swap_stands_again").count() == 3


def test_it_can_be_said_again_that_somebody_does_not_come(round_: SwapRound, desk: User) -> None:
    rows, _instead = without_the_first(round_, desk)
    take_back_missing(rows[0], by=desk, at=LATER)

    made = mark_missing(rows[0], by=desk, at=LATEST)

    assert ({row.exchange for row in made}, states(rows)) == ({3}, ["void"] * 3)
    assert [row.pk for row in no_shows(round_)] == [rows[0].pk]


@pytest.mark.parametrize("relied_on_by", ["agreeing", "coming", "receiving"])
def test_what_somebody_relies_on_stands(round_: SwapRound, desk: User, relied_on_by: str) -> None:
    rows, instead = without_the_first(round_, desk)
    if relied_on_by == "agreeing":
        agree(instead[0], by=instead[0].giver.user, at=LATER)
    elif relied_on_by == "coming":
        take_back_here(instead[0], by=desk, at=LATER)
        confirm_here(instead[0], by=desk, at=LATER)
    else:
        confirm_received(instead[0], by=desk, at=LATER)

    done = take_back_missing(rows[0], by=desk, at=LATEST)

    assert (done.again, done.instead, done.lost) == ([], [], [1])
    assert states(rows) == ["void"] * 3
    assert State.VOID not in states(instead)
    assert RoundEntry.objects.get(listing=rows[0].listing).state == RoundEntry.State.IN
    assert list(no_shows(round_)) == []


def test_whoever_comes_back_too_late_is_matched_with_who_is_free(round_: SwapRound, desk: User) -> None:
    rows, instead = without_the_first(round_, desk)
    agree(instead[0], by=instead[0].giver.user, at=LATER)
    free, other = ring(round_, 2)
    planned_ring(round_, [free, other])
    wish(free, rows[0].listing)
    wish(rows[0].listing, free)
    mark_missing(Handover.objects.get(listing=other), by=desk, at=LATER)

    done = take_back_missing(rows[0], by=desk, at=LATEST)

    assert len(done.made) == 1
    standing = round_.handovers.filter(exchange=done.made[0], state=State.PLANNED)
    assert set(standing.values_list("listing", flat=True)) == {free.pk, rows[0].listing_id}


def test_what_was_taken_back_here_meanwhile_is_not_here(round_: SwapRound, desk: User) -> None:
    rows, instead = without_the_first(round_, desk)
    gone_home = next(row for row in instead if row.listing == rows[1].listing)
    take_back_here(gone_home, by=desk, at=LATER)

    take_back_missing(rows[0], by=desk, at=LATEST)

    found = dict(round_.handovers.filter(exchange=1).values_list("listing", "giver_confirmed_at"))
    assert [found[row.listing_id] for row in rows] == [None, None, NOON]


def test_who_was_here_for_what_stands_again_is_here_for_what_is_found_after_that(round_: SwapRound, desk: User) -> None:
    rows, instead = without_the_first(round_, desk)
    for row in instead:
        take_back_here(row, by=desk, at=SOON)
    take_back_missing(rows[0], by=desk, at=LATER)
    confirm_here(rows[1], by=desk, at=LATER)

    made = mark_missing(rows[0], by=desk, at=LATEST)

    assert {row.listing: row.giver_confirmed_at for row in made} == {rows[1].listing: LATER, rows[2].listing: None}


def test_an_exchange_of_which_somebody_has_left_or_changed_their_mind_stays_off(round_: SwapRound, desk: User) -> None:
    """What was found instead stands on, as it was."""
    rows, instead = without_the_first(round_, desk)
    Block.objects.create(owner=rows[0].giver, blocked=rows[2].giver, blocked_at=NOON)

    done = take_back_missing(rows[0], by=desk, at=LATER)

    assert (done.again, done.instead, done.lost, done.made, done.people) == ([], [], [1], [], 0)
    assert list(round_.handovers.filter(state=State.PLANNED).order_by("pk")) == instead
    assert set(Listing.objects.values_list("pk", "state")) == {
        (rows[0].listing_id, "listed"),
        (rows[1].listing_id, "in_exchange"),
        (rows[2].listing_id, "in_exchange"),
    }
    assert not Notification.objects.filter(kind__in=["swap_stands_again", "swap_exchange_called_off"]).exists()


def test_of_two_who_do_not_come_one_alone_brings_no_exchange_back(round_: SwapRound, desk: User) -> None:
    things = ring(round_, 3)
    rows = planned_ring(round_, things)
    others = planned_ring(round_, ring(round_, 2))
    mark_missing(rows[0], by=desk, at=NOON)
    Handover.objects.filter(pk=others[0].pk).update(giver=rows[1].giver)
    Listing.objects.filter(pk=others[0].listing_id).update(owner=rows[1].giver)
    mark_missing(Handover.objects.get(pk=others[0].pk), by=desk, at=NOON)

    done = take_back_missing(rows[0], by=desk, at=LATER)

    assert (done.again, done.lost, states(rows)) == ([], [1], ["void"] * 3)
    assert states(others) == ["void"] * 2


def test_where_two_did_not_come_the_way_back_names_the_one_for_whom_it_is(round_: SwapRound, desk: User) -> None:
    rows = planned_ring(round_, ring(round_, 3))
    others = planned_ring(round_, ring(round_, 2))
    for row, name in ((rows[0], "王芳"), (rows[1], "李伟")):
        Resident.objects.filter(pk=row.giver_id).update(name=name)
    mark_missing(rows[0], by=desk, at=NOON)
    Handover.objects.filter(pk=others[0].pk).update(giver=rows[1].giver)
    Listing.objects.filter(pk=others[0].listing_id).update(owner=rows[1].giver)
    mark_missing(Handover.objects.get(pk=others[0].pk), by=desk, at=NOON)

    [found] = called_off(round_, rows_off(round_).filter(exchange=1), most=1)

    assert (set(found.missed), found.off_with, found.absent) == ({"王芳", "李伟"}, rows[0].pk, "王芳")


def test_of_somebody_who_was_erased_since_nothing_comes_back(round_: SwapRound, desk: User) -> None:
    rows, _instead = without_the_first(round_, desk)
    erase_account(rows[0].giver.user, at=LATER)

    [found] = called_off(round_, rows_off(round_).filter(exchange=1), most=1)

    assert (found.missed, found.absent) == ([], "")
    assert refusal(take_back_missing, rows[0], by=desk, at=LATER) == "nothing_comes_back"


def test_what_went_into_another_round_or_was_taken_back_does_not_come_back(round_: SwapRound, desk: User) -> None:
    rows, _instead = without_the_first(round_, desk)
    entry(SwapRoundFactory(programme=round_.programme), rows[0].listing)

    assert refusal(take_back_missing, rows[0], by=desk, at=LATER) == "nothing_comes_back"
    RoundEntry.objects.filter(listing=rows[0].listing, state="in").delete()
    Listing.objects.filter(pk=rows[0].listing_id).update(state="withdrawn")
    assert refusal(take_back_missing, rows[0], by=desk, at=LATER) == "nothing_comes_back"
    assert states(rows) == ["void"] * 3


def test_only_the_desk_takes_it_back_and_only_while_things_are_handed_over(round_: SwapRound, desk: User) -> None:
    rows, _instead = without_the_first(round_, desk)

    assert refusal(take_back_missing, rows[0], by=rows[0].giver.user, at=LATER) == "not_in_charge"
    SwapRound.objects.filter(pk=round_.pk).update(state="closed")
    assert refusal(take_back_missing, rows[0], by=desk, at=LATER) == "not_handing_over"


def test_a_chain_with_a_search_stands_again(round_: SwapRound, desk: User) -> None:
    on_table = ListingFactory(programme=round_.programme, is_gift=True, state="on_table")
    thing, other = ListingFactory.create_batch(2, programme=round_.programme)
    search = one_of(thing.owner, offered=[thing], wanted=[on_table, other])
    planned_ring(round_, ring(round_, 2))
    for each in (on_table, thing):
        entry(round_, each)
    RoundEntry.objects.filter(listing=on_table).update(is_from_table=True)
    nodes = (str(thing.pk), f"%D{search.pk}", str(on_table.pk))
    rows = plan_exchanges(round_, [Exchange(nodes, is_chain=True)], at=NOON)
    assert mark_missing(rows[1], by=desk, at=SOON) == []

    done = take_back_missing(rows[1], by=desk, at=LATER)

    assert (done.again, states(rows)) == ([rows[0].exchange], ["planned"] * 2)
    assert Handover.objects.get(pk=rows[0].pk).giver_confirmed_at == NOON
    assert Listing.objects.get(pk=on_table.pk).state == Listing.State.ON_TABLE
