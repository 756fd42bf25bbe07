"""Hand-over at a community point: things are brought to the desk while it is open, and fetched when all are there."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override
from tests.factories import NOON
from tests.factories_swap_rounds import SwapRoundFactory, planned_ring, ring
from tests.participation.signing_up import refusal

from qixue.people.models import Notification, User
from qixue.people.notices import words_of
from qixue.swap.models import Handover, SwapRound
from qixue.swap.operations.handovers import confirm_here, confirm_received, take_back_here
from qixue.swap.operations.rounds import keep_rounds

pytestmark = pytest.mark.django_db

HOURS = "周二至周日 9:00-17:00"


@pytest.fixture
def round_() -> SwapRound:
    return SwapRoundFactory(state="handing_over", kind="point", opening_hours=HOURS)


def test_only_the_desk_says_what_was_brought_and_fetched(round_: SwapRound, desk: User) -> None:
    rows = planned_ring(round_, ring(round_, 2))
    giver = rows[0].giver.user

    assert refusal(confirm_here, rows[0], by=giver, at=NOON) == "at_the_desk"
    for row in rows:
        confirm_here(row, by=desk, at=NOON)
    assert refusal(confirm_received, rows[0], code=rows[0].code, by=giver, at=NOON) == "at_the_desk"
    for row in rows:
        confirm_received(row, by=desk, at=NOON)

    assert set(Handover.objects.values_list("state", flat=True)) == {"done"}


def test_who_receives_something_is_told_to_fetch_it_when_all_is_there(round_: SwapRound, desk: User) -> None:
    rows = planned_ring(round_, ring(round_, 2))

    confirm_here(rows[0], by=desk, at=NOON)
    assert Notification.objects.count() == 0
    confirm_here(rows[1], by=desk, at=NOON)

    told = Notification.objects.filter(kind="swap_to_fetch").order_by("pk")
    assert {notice.user for notice in told} == {row.receiver.user for row in rows}
    with override("en"):
        text = words_of(told[0].kind, told[0].params)[1]
    assert f"(open: {HOURS})" in text


def test_what_was_taken_back_and_brought_again_is_told_again(round_: SwapRound, desk: User) -> None:
    rows = planned_ring(round_, ring(round_, 2))
    for row in rows:
        confirm_here(row, by=desk, at=NOON)
    told = Notification.objects.count()

    take_back_here(rows[0], by=desk, at=NOON)
    confirm_here(rows[0], by=desk, at=NOON + datetime.timedelta(hours=1))
    confirm_here(rows[0], by=desk, at=NOON + datetime.timedelta(hours=2))

    assert (told, Notification.objects.count()) == (2, 4)


def test_owners_are_told_until_when_to_bring_their_thing(round_: SwapRound) -> None:
    SwapRound.objects.update(state="proposed")
    planned_ring(round_, ring(round_, 2))

    keep_rounds(at=NOON)

    assert set(Notification.objects.values_list("kind", flat=True)) == {"swap_thing_to_bring"}
    with override("en"):
        notice = Notification.objects.first()
        text = words_of(notice.kind, notice.params)[1]
    assert HOURS in text


def test_at_a_fair_nobody_is_told_to_fetch(round_: SwapRound, desk: User) -> None:
    SwapRound.objects.update(kind="fair", opening_hours="")
    round_.refresh_from_db()
    for row in planned_ring(round_, ring(round_, 2)):
        confirm_here(row, by=desk, at=NOON)

    assert Notification.objects.count() == 0


@pytest.mark.parametrize("values", [{"kind": "point"}, {"opening_hours": HOURS}, {"table_count": 0}])
def test_the_database_refuses_what_must_not_be(values: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SwapRoundFactory(**values)
