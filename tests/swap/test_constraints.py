"""What the database itself refuses, on both databases."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.factories import NOON, MemberFactory
from tests.factories_swap import ListingFactory, one_of, wish
from tests.factories_swap_rounds import SwapRoundFactory, planned_ring, ring

from qixue.swap.models import Block, Handover, KindWish, ListingReport, OneOf, OneOfThing, RoundEntry, Wish

pytestmark = pytest.mark.django_db


def is_refused(act: Callable[[], Any]) -> bool:
    try:
        with transaction.atomic():
            act()
    except IntegrityError:
        return True
    return False


def test_nobody_wishes_for_a_thing_of_their_own():
    kettle = ListingFactory()
    fan = ListingFactory(owner=kettle.owner)

    assert is_refused(lambda: wish(kettle, fan))
    assert is_refused(lambda: wish(kettle, kettle))
    assert not is_refused(lambda: wish(kettle, ListingFactory()))


def test_same_wish_stands_once():
    kettle, lamp = ListingFactory(), ListingFactory()
    wish(kettle, lamp)
    KindWish.objects.create(listing=kettle, kind="books", wished_at=NOON)

    assert is_refused(lambda: wish(kettle, lamp))
    assert is_refused(lambda: KindWish.objects.create(listing=kettle, kind="books", wished_at=NOON))


def test_search_gives_ones_own_things_and_wants_those_of_others():
    kettle, lamp = ListingFactory(), ListingFactory()
    made = one_of(kettle.owner, offered=[kettle], wanted=[lamp])
    sides = {"one_of": made, "wisher": kettle.owner}

    assert is_refused(
        lambda: OneOfThing.objects.create(
            listing=ListingFactory(owner=kettle.owner), owner=kettle.owner, is_wanted=True, **sides
        )
    )
    other = ListingFactory()
    assert is_refused(lambda: OneOfThing.objects.create(listing=other, owner=other.owner, is_wanted=False, **sides))
    assert is_refused(lambda: OneOfThing.objects.create(listing=lamp, owner=lamp.owner, is_wanted=True, **sides))
    assert is_refused(lambda: OneOf.objects.create(owner=kettle.owner, name=made.name, made_at=NOON))


@pytest.mark.parametrize(
    "values",
    [
        {"owner": None},
        {"owner": None, "state": "in_exchange"},
        {"title": ""},
        {"title": "", "owner": None, "state": "on_table", "is_gift": True},
        {"state": "on_table", "is_gift": False},
    ],
)
def test_listing_that_must_not_be(values):
    assert is_refused(lambda: ListingFactory(**values))


def test_listing_stays_without_owner_or_words():
    ListingFactory(owner=None, title="", state="withdrawn")
    ListingFactory(owner=None, state="on_table", is_gift=True)

    assert not Wish.objects.exists()


def test_block_is_of_somebody_else_and_once():
    one, other = MemberFactory(), MemberFactory()
    Block.objects.create(owner=one, blocked=other, blocked_at=NOON)

    assert is_refused(lambda: Block.objects.create(owner=one, blocked=other, blocked_at=NOON))
    assert is_refused(lambda: Block.objects.create(owner=one, blocked=one, blocked_at=NOON))


def test_report_that_was_decided_says_when():
    listing, reporter = ListingFactory(), MemberFactory()
    values = {"listing": listing, "reporter": reporter, "reason": "untrue", "reported_at": NOON}

    assert is_refused(lambda: ListingReport.objects.create(state="kept", **values))
    ListingReport.objects.create(**values)
    assert is_refused(lambda: ListingReport.objects.create(**values))
    assert not is_refused(lambda: ListingReport.objects.create(state="kept", decided_at=NOON, **values))


def test_only_what_is_off_or_missed_points_to_a_no_show():
    round_ = SwapRoundFactory(state="handing_over")
    row, other = planned_ring(round_, ring(round_, 2))
    standing, entries = Handover.objects.filter(pk=other.pk), RoundEntry.objects.filter(listing=row.listing)

    assert is_refused(lambda: standing.update(off_with=row))
    assert is_refused(lambda: entries.update(missed_with=row))
    assert not is_refused(lambda: standing.update(off_with=row, state="void", void_at=NOON))
    assert not is_refused(lambda: entries.update(missed_with=row, state="missed"))
