"""Two records of one person in swaps: what is over moves, and what goes on is taken back first."""

import pytest
from tests.factories import NOON, MemberFactory
from tests.factories_swap import ListingFactory, one_of, wish

from qixue.core.refusal import Refused
from qixue.people.models import Merge, Resident
from qixue.people.operations.merging import merge_people
from qixue.swap.models import Block, Listing, ListingReport, OneOf, Wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept() -> Resident:
    return MemberFactory(name="李嘉明")


@pytest.fixture
def gone() -> Resident:
    return MemberFactory(name="李嘉明")


def merge(kept: Resident, gone: Resident) -> Resident:
    return merge_people(gone, kept, ground=Merge.Ground.PROVED, by=kept.user, at=NOON)


@pytest.mark.parametrize("state", ["listed", "in_exchange"])
def test_thing_on_offer_is_taken_back_first(kept, gone, state):
    ListingFactory(owner=gone, title="水壶", state=state)

    with pytest.raises(Refused) as refused:
        merge(kept, gone)

    assert refused.value.code == "swap_going_on"
    assert "水壶" in refused.value.sentence


def test_what_is_over_and_what_was_said_about_others_moves(kept, gone):
    kettle = ListingFactory(owner=gone, state="exchanged")
    pot = ListingFactory(programme=kettle.programme)
    ListingReport.objects.create(listing=pot, reporter=gone, reason="untrue", reported_at=NOON)
    Block.objects.create(owner=gone, blocked=pot.owner, blocked_at=NOON)
    Block.objects.create(owner=pot.owner, blocked=gone, blocked_at=NOON)

    merge(kept, gone)

    kettle.refresh_from_db()
    assert (kettle.owner, ListingReport.objects.get().reporter) == (kept, kept)
    assert set(Block.objects.values_list("owner", "blocked")) == {(kept.pk, pot.owner_id), (pot.owner_id, kept.pk)}


def test_nothing_is_between_the_two_afterwards_and_nothing_stands_twice(kept, gone):
    own = ListingFactory(owner=kept)
    table = ListingFactory(owner=gone, state="on_table", is_gift=True, programme=own.programme)
    wish(own, table)
    pot = ListingFactory(programme=own.programme)
    one_of(gone, offered=[], wanted=[pot, own], name="厨房用")
    for person in (kept, gone):
        Block.objects.create(owner=person, blocked=pot.owner, blocked_at=NOON)
        ListingReport.objects.create(listing=pot, reporter=person, reason="other", reported_at=NOON)
    Block.objects.create(owner=kept, blocked=gone, blocked_at=NOON)

    merge(kept, gone)

    assert (Wish.objects.count(), OneOf.objects.count()) == (0, 0)
    assert list(Block.objects.values_list("owner", "blocked")) == [(kept.pk, pot.owner_id)]
    assert list(ListingReport.objects.values_list("reporter", flat=True)) == [kept.pk]
    assert Listing.objects.get(pk=table.pk).owner == kept
