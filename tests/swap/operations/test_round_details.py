"""What is said of a round: changed until it is matched, and nothing earlier than announced without being asked."""

import datetime
from dataclasses import replace

import pytest
from django.utils.translation import override
from tests.factories import NOON, RoleAssignmentFactory, VenueFactory
from tests.factories_swap import ListingFactory
from tests.factories_swap_rounds import DAY, SwapRoundFactory, entry, planned_ring, ring
from tests.participation.signing_up import refusal

from qixue.core.refusal import Doubt
from qixue.people.models import Notification, User
from qixue.people.notices import words_of
from qixue.swap.models import Handover, RoundEntry, SwapRound
from qixue.swap.operations.entries import enter_thing
from qixue.swap.operations.handovers import agree, begin_handover
from qixue.swap.operations.plans import ask_for_plans, choose_plan, keep_plans
from qixue.swap.operations.round_details import RoundDetails, edit_round
from qixue.swap.operations.rounds import close_entries, close_round, keep_rounds

pytestmark = pytest.mark.django_db

State = SwapRound.State


@pytest.fixture
def round_() -> SwapRound:
    return SwapRoundFactory()


@pytest.fixture
def organiser(round_: SwapRound) -> User:
    return RoleAssignmentFactory(organisation=round_.organisation).user


def said_of(round_: SwapRound) -> RoundDetails:
    return RoundDetails(**{name: getattr(round_, name) for name in RoundDetails.__dataclass_fields__})


def edit(round_: SwapRound, by: User, *, seen: int = 0, at: datetime.datetime = NOON, **changes: object) -> SwapRound:
    details = replace(said_of(round_), **changes)  # type: ignore[arg-type]
    return edit_round(round_, details=details, edit_count=seen, by=by, at=at)


def test_another_day_and_place_are_told_once_to_each_owner(round_: SwapRound, organiser: User) -> None:
    thing = ListingFactory(programme=round_.programme)
    entry(round_, thing)
    entry(round_, ListingFactory(programme=round_.programme, owner=thing.owner), answer="")
    hall = VenueFactory(name="人民公园")

    found = edit(round_, organiser, venue=hall, starts_at=NOON + 4 * DAY, ends_at=NOON + 5 * DAY)
    edit(found, organiser, seen=1, ends_at=NOON + 6 * DAY)

    told = Notification.objects.order_by("pk")
    assert [(notice.user, notice.kind) for notice in told] == [(thing.owner.user, "swap_changed")] * 2
    with override("en"):
        text = words_of(told[0].kind, told[0].params)[1]
    assert "It is now on Nov. 8, 2026 at 12:00 to Mon 9 Nov, 12:00, 人民公园." in text
    assert SwapRound.objects.get().ends_at == NOON + 6 * DAY


def test_what_concerns_nobody_who_has_entered_something_is_not_told(round_: SwapRound, organiser: User) -> None:
    entry(round_, ListingFactory(programme=round_.programme))

    found = edit(round_, organiser, table_count=4)
    edit(found, organiser, seen=1)

    found = SwapRound.objects.get()
    assert (found.table_count, found.edit_count, Notification.objects.count()) == (4, 1, 0)


def test_two_who_edit_at_once_do_not_undo_each_other(round_: SwapRound, organiser: User) -> None:
    edit(round_, organiser, title="秋季集市")

    assert refusal(edit, round_, organiser, title="春季集市") == "changed_meanwhile"


@pytest.mark.parametrize("state", ["matching", "proposed", "handing_over", "closed", "cancelled"])
def test_a_round_that_is_matched_stays_as_it_is(round_: SwapRound, organiser: User, state: str) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state=state)

    assert refusal(edit, round_, organiser, title="春季集市") == "round_matched"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"entries_close_at": NOON}, "entries_close_in_the_past"),
        ({"entries_close_at": NOON - DAY, "answers_until": NOON - DAY / 2}, "entries_close_in_the_past"),
        ({"answers_until": NOON}, "moments_out_of_order"),
        ({"kind": "point"}, "opening_hours_missing"),
        ({"opening_hours": "周二至周日 9:00-17:00"}, "opening_hours_at_fair"),
        ({"table_count": 0}, "tables_out_of_range"),
        ({"has_gifts": False}, "gifts_are_in"),
    ],
)
def test_changes_that_do_not_fit(organiser: User, changes: dict[str, object], code: str) -> None:
    round_ = SwapRoundFactory(has_gifts=True)
    entry(round_, ListingFactory(programme=round_.programme, is_gift=True))
    by = RoleAssignmentFactory(organisation=round_.organisation).user

    assert refusal(edit, round_, by, **changes) == code


def test_moments_that_are_over_are_not_set_anew(round_: SwapRound, organiser: User) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="answering")
    later = NOON + 10 * DAY

    assert refusal(edit, round_, organiser, entries_close_at=NOON + DAY / 2) == "entries_closed"
    assert refusal(edit, round_, organiser, at=later, answers_until=NOON + 3 * DAY) == "answers_end_in_the_past"
    assert refusal(edit, round_, organiser, at=later, title="春季集市") == "ends_in_the_past"


def test_gifts_can_be_let_in_later(round_: SwapRound, organiser: User) -> None:
    thing = ListingFactory(programme=round_.programme, state="on_table", is_gift=True)

    edit(round_, organiser, has_gifts=True)

    assert [row.listing for row in round_.entries.all()] == [thing]


def test_nothing_is_done_earlier_than_announced_without_being_asked(round_: SwapRound, organiser: User) -> None:
    planned = {"by": organiser, "at": NOON}
    things = ring(round_, 2)

    with pytest.raises(Doubt):
        close_entries(round_, **planned)
    close_entries(round_, **planned, confirmed=True)
    with pytest.raises(Doubt):
        ask_for_plans(round_, **planned)
    ask_for_plans(round_, **planned, confirmed=True)
    keep_plans(at=NOON)
    choose_plan(round_.plans.get(objective="people"), **planned)
    for row in round_.handovers.select_related("giver__user"):
        agree(row, by=row.giver.user, at=NOON)
    with pytest.raises(Doubt):
        begin_handover(round_, **planned)
    begin_handover(round_, **planned, confirmed=True)
    with pytest.raises(Doubt):
        close_round(round_, **planned)
    close_round(round_, **planned, confirmed=True)

    assert SwapRound.objects.get().state == "closed"
    assert set(Handover.objects.values_list("listing", "state")) == {(thing.pk, "void") for thing in things}


def test_at_its_time_nobody_is_asked(round_: SwapRound, organiser: User) -> None:
    ring(round_, 2)

    close_entries(round_, by=organiser, at=round_.entries_close_at)
    ask_for_plans(round_, by=organiser, at=round_.answers_until)

    assert SwapRound.objects.get().state == "matching"


def test_a_round_whose_hours_are_over_asks_nobody_for_anything(round_: SwapRound, organiser: User) -> None:
    row = entry(round_, ListingFactory(programme=round_.programme), answer="")
    rows = planned_ring(round_, ring(round_, 2))
    over = round_.ends_at

    keep_rounds(at=over)
    assert Notification.objects.count() == 0
    SwapRound.objects.update(state="proposed")
    RoundEntry.objects.filter(pk=row.pk).update(state="left")
    keep_rounds(at=over)

    assert Notification.objects.count() == 0
    assert refusal(agree, rows[0], by=rows[0].giver.user, at=over) == "hours_over"
    SwapRound.objects.update(state="answering")
    assert refusal(ask_for_plans, round_, by=organiser, at=over) == "hours_over"
    SwapRound.objects.update(state="matching")
    round_.plans.update(chosen_at=None)
    assert refusal(choose_plan, round_.plans.get(), by=organiser, at=over) == "hours_over"


def test_who_says_at_once_that_they_come_is_not_asked_again(round_: SwapRound, organiser: User) -> None:
    sure, unsure = ListingFactory.create_batch(2, programme=round_.programme)

    enter_thing(round_, listing=sure, comes=True, by=sure.owner.user, at=NOON)
    enter_thing(round_, listing=unsure, by=unsure.owner.user, at=NOON)
    close_entries(round_, by=organiser, at=round_.entries_close_at)

    assert list(round_.entries.order_by("pk").values_list("answer", "answered_at")) == [("yes", NOON), ("", None)]
    assert [notice.user for notice in Notification.objects.all()] == [unsure.owner.user]
