"""From an open round to proposed exchanges: entries, answers, plans, the choice."""

import datetime
import json

import pytest
from tests.factories import NOON, MemberFactory, RoleAssignmentFactory, VenueFactory, key
from tests.factories_swap import ListingFactory, one_of, wish
from tests.factories_swap_rounds import DAY, SwapRoundFactory, entry, planned_ring, ring
from tests.participation.signing_up import refusal

from qixue.people.models import Notification, User
from qixue.people.operations.erasure import erase_account
from qixue.swap.matching import faults, load
from qixue.swap.models import Block, Handover, KindWish, Listing, RoundEntry, RoundPlan, SwapRound
from qixue.swap.operations.entries import answer_for, enter_table, enter_thing, leave_round
from qixue.swap.operations.plans import ask_for_plans, choose_plan, keep_plans
from qixue.swap.operations.round_details import RoundDetails
from qixue.swap.operations.rounds import cancel_round, close_entries, keep_rounds, open_round
from qixue.swap.queries.rounds import own_things_in, rounds_for

pytestmark = pytest.mark.django_db

State = SwapRound.State


def details(**values: object) -> RoundDetails:
    moments = {
        "entries_close_at": NOON + DAY,
        "answers_until": NOON + 2 * DAY,
        "starts_at": NOON + 3 * DAY,
        "ends_at": NOON + 3 * DAY + datetime.timedelta(hours=2),
    }
    return RoundDetails(**{"title": "集市", "kind": "fair", "venue": VenueFactory(), **moments, **values})


def matched(round_: SwapRound, by: User, *, at: datetime.datetime = NOON) -> dict[str, RoundPlan]:
    SwapRound.objects.filter(pk=round_.pk).update(state=State.ANSWERING)
    ask_for_plans(round_, by=by, at=at, confirmed=True)
    keep_plans(at=NOON)
    return {plan.objective: plan for plan in round_.plans.all()}


def chosen(round_: SwapRound, by: User, objective: str = "people_at_max") -> list[Handover]:
    choose_plan(matched(round_, by)[objective], by=by, at=NOON)
    return list(round_.handovers.order_by("exchange", "position"))


def test_open_round_twice_with_one_key_opens_one(round_: SwapRound, organiser: User) -> None:
    form = key()

    first = open_round(
        round_.programme, round_.organisation, details=details(max_items=3), key=form, by=organiser, at=NOON
    )
    again = open_round(round_.programme, round_.organisation, details=details(), key=form, by=organiser, at=NOON)

    assert (first, again.max_items) == (again, 3)
    other = SwapRoundFactory()
    by = RoleAssignmentFactory(organisation=other.organisation).user
    values = {"details": details(), "key": form, "by": by, "at": NOON}
    assert refusal(open_round, other.programme, other.organisation, **values) == "key_reused"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"entries_close_at": NOON}, "entries_close_in_the_past"),
        ({"answers_until": NOON}, "moments_out_of_order"),
        ({"ends_at": NOON + 3 * DAY}, "moments_out_of_order"),
    ],
)
def test_open_round_with_moments_that_do_not_fit(
    round_: SwapRound, organiser: User, values: dict[str, object], code: str
) -> None:
    found = refusal(
        open_round,
        round_.programme,
        round_.organisation,
        details=details(**values),
        key=key(),
        by=organiser,
        at=NOON,
    )

    assert found == code


def test_open_round_with_gifts_takes_in_what_lies_on_the_table(round_: SwapRound, organiser: User) -> None:
    thing = ListingFactory(programme=round_.programme, state="on_table", is_gift=True)

    made = open_round(
        round_.programme, round_.organisation, details=details(has_gifts=True), key=key(), by=organiser, at=NOON
    )

    assert [(row.listing, row.answer) for row in made.entries.all()] == [(thing, "yes")]


def test_what_lies_on_the_table_is_no_longer_its_givers(round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(has_gifts=True, state="proposed")
    round_.refresh_from_db()
    thing = ListingFactory(programme=round_.programme, state="on_table", is_gift=True)
    giver = thing.owner
    enter_table(round_, at=NOON)
    row = RoundEntry.objects.get()

    keep_rounds(at=NOON)

    assert Notification.objects.count() == 0
    assert (own_things_in(round_, giver), list(rounds_for(giver, SwapRound.objects.none()))) == ([], [])
    assert refusal(answer_for, row, comes=False, by=giver.user, at=NOON) == "not_yours"
    assert refusal(leave_round, row, by=giver.user, at=NOON) == "not_yours"
    erase_account(giver.user, at=NOON)
    row.refresh_from_db()
    assert row.state == RoundEntry.State.IN


def test_enter_thing_twice_is_one_entry_and_not_in_another_round(round_: SwapRound) -> None:
    thing = ListingFactory(programme=round_.programme)
    other = SwapRoundFactory(programme=round_.programme)

    first = enter_thing(round_, listing=thing, by=thing.owner.user, at=NOON)
    again = enter_thing(round_, listing=thing, by=thing.owner.user, at=NOON)

    assert first == again
    assert refusal(enter_thing, other, listing=thing, by=thing.owner.user, at=NOON) == "in_another_round"


def test_enter_thing_refused(round_: SwapRound) -> None:
    thing = ListingFactory(programme=round_.programme)
    gift = ListingFactory(programme=round_.programme, is_gift=True)
    by = thing.owner.user

    assert refusal(enter_thing, round_, listing=thing, by=MemberFactory().user, at=NOON) == "not_yours"
    assert refusal(enter_thing, round_, listing=thing, by=by, at=NOON + DAY) == "entries_closed"
    assert refusal(enter_thing, round_, listing=gift, by=gift.owner.user, at=NOON) == "no_gifts"
    elsewhere = ListingFactory()
    assert refusal(enter_thing, round_, listing=elsewhere, by=elsewhere.owner.user, at=NOON) == "other_programme"
    Listing.objects.filter(pk=thing.pk).update(hidden_at=NOON)
    assert refusal(enter_thing, round_, listing=thing, by=by, at=NOON) == "listing_hidden"
    Listing.objects.filter(pk=thing.pk).update(state="withdrawn")
    assert refusal(enter_thing, round_, listing=thing, by=by, at=NOON) == "listing_not_open"


def test_entries_close_by_themselves_and_who_has_not_answered_is_asked_once(round_: SwapRound) -> None:
    silent, certain = ListingFactory.create_batch(2, programme=round_.programme)
    entry(round_, silent, answer="")
    entry(round_, certain)

    for _twice in range(2):
        keep_rounds(at=NOON + DAY)

    round_.refresh_from_db()
    assert round_.state == State.ANSWERING
    asked = Notification.objects.filter(kind="swap_answer_asked").values_list("user", flat=True)
    assert list(asked) == [silent.owner.user_id]


def test_entries_that_are_closed_already_are_not_asked_about(round_: SwapRound, organiser: User) -> None:
    close_entries(SwapRound.objects.get(), by=organiser, at=NOON, confirmed=True)

    assert refusal(close_entries, round_, by=organiser, at=NOON) == "round_not_open"


def test_answers_until_their_time_is_over(round_: SwapRound) -> None:
    row = entry(round_, ListingFactory(programme=round_.programme), answer="")
    by = row.listing.owner.user

    assert answer_for(row, comes=True, by=by, at=NOON).answer == "yes"
    assert answer_for(row, comes=False, by=by, at=NOON).answer == "no"
    assert refusal(answer_for, row, comes=True, by=by, at=NOON + 2 * DAY) == "answers_closed"


def test_two_plans_are_made_and_can_be_checked_by_anybody(round_: SwapRound, organiser: User) -> None:
    ring(round_, 3)

    plans = matched(round_, organiser)

    assert {objective: (plan.trades, plan.people) for objective, plan in plans.items()} == {
        "people_at_max": (3, 3),
        "people": (3, 3),
    }
    for plan in plans.values():
        assert faults(load(plan.instance.encode()), plan.result) == []
        assert plan.result["proven"]


def test_an_instance_numbers_people_so_that_it_knows_nobody_after_an_erasure(
    round_: SwapRound, organiser: User
) -> None:
    MemberFactory.create_batch(3)  # so that no key is a number by chance
    ring(round_, 2)

    plan = matched(round_, organiser)["people"]

    assert [item["user"] for item in json.loads(plan.instance)["items"]] == ["P1", "P2"]


def test_who_has_not_answered_is_never_matched(round_: SwapRound, organiser: User) -> None:
    things = ring(round_, 3)
    RoundEntry.objects.filter(listing=things[0]).update(answer="", answered_at=None)

    plans = matched(round_, organiser, at=round_.answers_until)

    assert plans["people"].trades == 0
    assert str(things[0].pk) not in json.loads(plans["people"].instance)["items"][0]["id"]


def test_an_instance_cuts_blocks_in_both_directions_and_knows_kinds_and_one_of_these(
    round_: SwapRound, organiser: User
) -> None:
    mine, theirs, other = ListingFactory.create_batch(3, programme=round_.programme)
    for thing in (mine, theirs, other):
        entry(round_, thing)
    wish(mine, theirs)
    KindWish.objects.create(listing=theirs, kind=mine.kind, wished_at=NOON)
    one_of(other.owner, offered=[other], wanted=[mine, theirs])
    Block.objects.create(owner=theirs.owner, blocked=mine.owner, blocked_at=NOON)

    plan = matched(round_, organiser)["people"]

    items = {item["id"]: item["wants"] for item in json.loads(plan.instance)["items"]}
    dummy = next(name for name in items if name.startswith("%"))
    assert items == {
        str(mine.pk): [],
        str(theirs.pk): [str(other.pk)],
        str(other.pk): [dummy],
        dummy: [str(mine.pk), str(theirs.pk)],
    }


def test_choosing_a_plan_proposes_its_exchanges_and_tells_their_people_once(round_: SwapRound, organiser: User) -> None:
    things = ring(round_, 3)
    lonely = ListingFactory(programme=round_.programme)
    entry(round_, lonely)

    rows = chosen(round_, organiser)
    for _twice in range(2):
        keep_rounds(at=NOON)

    assert {(row.listing_id, row.in_return_for_id) for row in rows} == {
        (things[1].pk, things[0].pk),
        (things[2].pk, things[1].pk),
        (things[0].pk, things[2].pk),
    }
    assert set(Listing.objects.filter(pk__in=[thing.pk for thing in things]).values_list("state", flat=True)) == {
        "in_exchange"
    }
    told = sorted(Notification.objects.values_list("kind", flat=True))
    assert told == ["swap_exchange_found"] * 3 + ["swap_not_found"]
    assert round_.plans.get(objective="people_at_max").reasons == {str(lonely.pk): "nobody_wants"}


def test_choosing_a_plan_leaves_out_who_has_left_since_and_matches_the_rest_anew(
    round_: SwapRound, organiser: User
) -> None:
    first, second, third = ring(round_, 3)
    wish(third, second)  # so that two are left who can swap
    plan = matched(round_, organiser)["people_at_max"]
    leave_round(RoundEntry.objects.get(listing=first), by=first.owner.user, at=NOON)

    choose_plan(plan, by=organiser, at=NOON)

    rows = round_.handovers.filter(state="planned")
    assert {row.listing_id for row in rows} == {second.pk, third.pk}


def test_a_chain_begins_with_a_gift_and_ends_on_the_table(organiser: User, round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(has_gifts=True)
    gift = ListingFactory(programme=round_.programme, is_gift=True)
    thing = ListingFactory(programme=round_.programme)
    wish(thing, gift)
    for each in (gift, thing):
        entry(round_, each)

    rows = chosen(round_, organiser)

    assert [(row.listing, row.receiver, row.way) for row in rows] == [
        (gift, thing.owner, "between"),
        (thing, None, "to_table"),
    ]


def test_a_gift_that_became_a_swap_is_not_given_for_nothing(organiser: User, round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(has_gifts=True)
    gift = ListingFactory(programme=round_.programme, is_gift=True)
    thing = ListingFactory(programme=round_.programme)
    wish(thing, gift)
    for each in (gift, thing):
        entry(round_, each)
    plan = matched(round_, organiser)["people"]
    Listing.objects.filter(pk=gift.pk).update(is_gift=False)

    choose_plan(plan, by=organiser, at=NOON)

    assert (plan.trades, round_.handovers.count()) == (1, 0)


def test_matching_waits_for_answers_until_their_time_is_over(round_: SwapRound, organiser: User) -> None:
    ring(round_, 2)
    entry(round_, ListingFactory(programme=round_.programme), answer="")
    SwapRound.objects.filter(pk=round_.pk).update(state=State.ANSWERING)

    assert refusal(ask_for_plans, round_, by=organiser, at=NOON) == "answers_wait"
    assert len(ask_for_plans(round_, by=organiser, at=round_.answers_until)) == 2


def test_leaving_ends_ones_own_exchange_and_finds_another_for_the_rest(round_: SwapRound, organiser: User) -> None:
    first, second, third = ring(round_, 3)
    wish(third, second)
    others = ring(round_, 2)
    rows = chosen(round_, organiser)
    untouched = {row.pk for row in rows if row.listing in others}

    leave_round(RoundEntry.objects.get(listing=first), by=first.owner.user, at=NOON)

    planned = round_.handovers.filter(state="planned")
    assert set(planned.values_list("listing", flat=True)) == {second.pk, third.pk, *(thing.pk for thing in others)}
    assert untouched <= set(planned.values_list("pk", flat=True))
    first.refresh_from_db()
    assert first.state == Listing.State.LISTED


def test_leaving_works_where_the_rest_has_become_too_much_to_match(
    round_: SwapRound, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = ring(round_, 3)
    wish(third, second)
    chosen(round_, organiser)
    monkeypatch.setattr("qixue.swap.matching.reading.MAX_WANTS", 0)

    leave_round(RoundEntry.objects.get(listing=first), by=first.owner.user, at=NOON)

    assert set(round_.handovers.values_list("state", flat=True)) == {"void"}


def test_choosing_a_plan_is_refused_where_the_things_have_become_too_much_to_match(
    round_: SwapRound, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring(round_, 2)
    plan = matched(round_, organiser)["people"]
    monkeypatch.setattr("qixue.swap.matching.reading.MAX_WANTS", 0)

    assert refusal(choose_plan, plan, by=organiser, at=NOON) == "not_to_be_matched"


def test_cancelling_frees_all_things(round_: SwapRound, organiser: User) -> None:
    things = ring(round_, 2)
    planned_ring(round_, things)

    for _twice in range(2):
        cancel_round(round_, by=organiser, at=NOON)

    told = Notification.objects.order_by("user").values_list("kind", "user")
    assert list(told) == [("swap_cancelled", thing.owner.user_id) for thing in things]
    assert set(Listing.objects.values_list("state", flat=True)) == {"listed"}
    assert set(round_.handovers.values_list("state", flat=True)) == {"void"}
    assert set(round_.entries.values_list("state", flat=True)) == {"over"}


def test_nobody_else_runs_the_round(round_: SwapRound) -> None:
    stranger = RoleAssignmentFactory().user
    plan = RoundPlan.objects.create(round=round_, objective="people", asked_at=NOON)

    assert refusal(close_entries, round_, by=stranger, at=NOON) == "not_in_charge"
    assert refusal(ask_for_plans, round_, by=stranger, at=NOON) == "not_in_charge"
    assert refusal(choose_plan, plan, by=stranger, at=NOON) == "not_in_charge"
    assert refusal(cancel_round, round_, by=stranger, at=NOON) == "not_in_charge"


def test_a_plan_that_cannot_be_made_says_so(
    round_: SwapRound, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring(round_, 2)
    monkeypatch.setattr("qixue.swap.matching.reading.MAX_ITEMS", 1)

    assert {plan.state for plan in matched(round_, organiser).values()} == {"failed"}


def test_nothing_to_match_before_anybody_has_said_that_they_come(round_: SwapRound, organiser: User) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state=State.ANSWERING)

    assert refusal(ask_for_plans, round_, by=organiser, at=NOON) == "nobody_comes"
