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
    assert "It is now on Sun 8 Nov at 12:00 to Mon 9 Nov, 12:00, 人民公园." in text
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


@pytest.mark.parametrize("state", ["proposed", "handing_over", "closed", "cancelled"])
def test_a_round_of_which_a_plan_is_chosen_stays_as_it_is(round_: SwapRound, organiser: User, state: str) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state=state)

    assert refusal(edit, round_, organiser, title="春季集市") == "round_matched"


def test_a_round_that_is_being_matched_is_matched_again_when_its_hours_change(
    round_: SwapRound, organiser: User
) -> None:
    ring(round_, 2)
    close_entries(round_, by=organiser, at=NOON, confirmed=True)
    ask_for_plans(round_, by=organiser, at=NOON, confirmed=True)
    over, later = round_.ends_at, round_.ends_at + 5 * DAY

    edit(SwapRound.objects.get(), organiser, at=over, answers_until=over + DAY, starts_at=over + 2 * DAY, ends_at=later)

    assert (SwapRound.objects.get().state, round_.plans.count()) == ("answering", 0)
    ask_for_plans(round_, by=organiser, at=over + DAY)
    assert (SwapRound.objects.get().state, round_.plans.count()) == ("matching", 2)


def test_who_has_a_thing_on_the_table_too_hears_of_another_day(round_: SwapRound, organiser: User) -> None:
    gift = ListingFactory(programme=round_.programme, state="on_table", is_gift=True)
    RoundEntry.objects.create(
        round=round_, listing=gift, is_from_table=True, entered_at=NOON, answer="yes", answered_at=NOON
    )
    SwapRound.objects.filter(pk=round_.pk).update(has_gifts=True)
    thing = ListingFactory(programme=round_.programme, owner=gift.owner)
    entry(round_, thing)
    only_gave = ListingFactory(programme=round_.programme, state="on_table", is_gift=True)

    edit(SwapRound.objects.get(), organiser, ends_at=NOON + 6 * DAY)

    assert round_.entries.filter(listing=only_gave).exists()
    assert [notice.user for notice in Notification.objects.all()] == [thing.owner.user]


def test_another_opening_time_of_a_community_point_is_told_with_it() -> None:
    round_ = SwapRoundFactory(kind="point", opening_hours="周二 9:00-17:00")
    entry(round_, ListingFactory(programme=round_.programme))
    by = RoleAssignmentFactory(organisation=round_.organisation).user

    edit(round_, by, opening_hours="周六 9:00-12:00")

    notice = Notification.objects.get()
    with override("en"):
        text = words_of(notice.kind, notice.params)[1]
    assert "until Sat 7 Nov, 15:00 (open: 周六 9:00-12:00). If you cannot come then, please say so by" in text


@pytest.mark.parametrize("changes", [{"starts_at": NOON + 3.5 * DAY, "ends_at": NOON + 4 * DAY}, {"venue": None}])
def test_another_day_or_place_gives_time_to_answer_anew(
    round_: SwapRound, organiser: User, changes: dict[str, object]
) -> None:
    entry(round_, ListingFactory(programme=round_.programme))
    SwapRound.objects.filter(pk=round_.pk).update(state="answering")
    changes = {name: value or VenueFactory() for name, value in changes.items()}
    late = round_.answers_until

    assert refusal(edit, round_, organiser, at=late, **changes) == "answers_end_in_the_past"
    assert Notification.objects.count() == 0
    edit(round_, organiser, at=late, **changes, answers_until=late + DAY)
    assert Notification.objects.count() == 1


def test_another_name_is_told_to_nobody_who_can_answer_no_more(round_: SwapRound, organiser: User) -> None:
    entry(round_, ListingFactory(programme=round_.programme))
    SwapRound.objects.filter(pk=round_.pk).update(state="answering")

    edit(round_, organiser, at=round_.answers_until, title="秋季集市")

    assert Notification.objects.count() == 0


def test_a_round_without_gifts_frees_what_lies_on_the_table() -> None:
    round_ = SwapRoundFactory(has_gifts=True)
    by = RoleAssignmentFactory(organisation=round_.organisation).user
    thing = ListingFactory(programme=round_.programme, state="on_table", is_gift=True)
    found = edit(round_, by, table_count=2)
    assert [row.listing for row in found.entries.all()] == [thing]
    another = SwapRoundFactory(programme=round_.programme, organisation=round_.organisation)

    edit(found, by, seen=1, has_gifts=False)
    edit(another, by, has_gifts=True)

    assert [row.round_id for row in thing.round_entries.all()] == [another.pk]


def test_entries_that_were_closed_early_let_the_day_come_earlier(round_: SwapRound, organiser: User) -> None:
    early = NOON + datetime.timedelta(seconds=90)
    close_entries(round_, by=organiser, at=early, confirmed=True)
    closed = SwapRound.objects.get()

    edit(closed, organiser, at=early, answers_until=NOON + DAY / 4, starts_at=NOON + DAY / 2, ends_at=NOON + 0.75 * DAY)

    assert closed.entries_close_at == NOON + datetime.timedelta(seconds=60)
    assert SwapRound.objects.get().ends_at == NOON + 0.75 * DAY


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
