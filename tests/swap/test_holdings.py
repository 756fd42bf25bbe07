"""What is kept of somebody about swaps: all of it comes out, all that names them goes, counts stay."""

import datetime

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from tests.factories import NOON, MemberFactory
from tests.factories_swap import ListingFactory, one_of, swap_organiser, wish, with_photo
from tests.factories_swap_rounds import SwapRoundFactory, entry, planned_ring

from qixue.core.figures import Scope, registry
from qixue.people.models import Resident
from qixue.people.operations.erasure import erase_account
from qixue.people.personal_data import Subject, holdings
from qixue.programme.search import sounds, written
from qixue.swap.models import Block, KindWish, Listing, ListingPhoto, ListingReport, OneOf, Wish
from qixue.swap.operations.exchanges import void_exchanges
from qixue.swap.operations.reports import decide_reports

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Resident:
    """Somebody with a thing that others want, who wants things of others, keeps apart from one, and reported one."""
    person = MemberFactory(name="李嘉明")
    kettle = with_photo(ListingFactory(owner=person, title="嘉明的水壶", note="放在李家"))
    table = ListingFactory(
        owner=person, title="小方桌", note="李家门口拿", state="on_table", is_gift=True, programme=kettle.programme,
        written=written(["小方桌", "李家门口拿"]), sounds=sounds(["小方桌", "李家门口拿"]),
    )  # fmt: skip
    lamp, pot = (ListingFactory(programme=kettle.programme, title=title) for title in ("台灯", "汤锅"))
    wish(kettle, lamp)
    wish(lamp, kettle)
    wish(lamp, table)
    KindWish.objects.create(listing=kettle, kind="books", wished_at=NOON)
    one_of(person, offered=[kettle], wanted=[lamp, pot], name="厨房用")
    Block.objects.create(owner=person, blocked=pot.owner, blocked_at=NOON)
    ListingReport.objects.create(listing=pot, reporter=person, reason="untrue", note="嘉明说已坏", reported_at=NOON)
    ListingReport.objects.create(listing=kettle, reporter=lamp.owner, reason="other", note="李嘉明的", reported_at=NOON)
    return person


def test_everything_is_in_the_copy(person):
    text = str([section.rows for section in holdings.copy(Subject((person,), person.user))])

    for word in ("嘉明的水壶", "放在李家", "thing", "台灯", "厨房用", "嘉明说已坏"):
        assert word in text
    assert "李嘉明的" not in text  # what others said of it is theirs


def test_erasing_leaves_counts_and_no_word(person):
    scope = Scope(Listing.objects.first().programme.code)
    before = registry.definitions["things_listed"].value(scope).quantity

    erase_account(person.user, at=NOON + datetime.timedelta(days=1))

    assert registry.definitions["things_listed"].value(scope).quantity == before
    assert not Resident.objects.filter(name="李嘉明").exists()
    left = Listing.objects.filter(owner=None).order_by("pk")
    assert list(left.values_list("title", "note", "state")) == [("", "", "withdrawn"), ("小方桌", "", "on_table")]
    found_by = [("", ""), (written(["小方桌"]), sounds(["小方桌"]))]  # not by what was in the note
    assert list(left.values_list("written", "sounds")) == found_by
    assert [model.objects.count() for model in (ListingPhoto, KindWish, OneOf, Block)] == [0, 0, 0, 0]
    assert set(ListingReport.objects.values_list("note", flat=True)) == {""}


def test_erasing_holds_the_things_before_their_wishes_go(person):
    """As `withdraw_listing` does: else each could wait for the other."""
    with CaptureQueriesContext(connection) as asked:
        erase_account(person.user, at=NOON + datetime.timedelta(days=1))

    statements = [query["sql"] for query in asked]
    held = [number for number, sql in enumerate(statements) if 'WHERE "swap_listing"."id" = ' in sql]
    gone = [number for number, sql in enumerate(statements) if sql.startswith('DELETE FROM "swap_')]
    assert held[0] < gone[0]


def test_what_lies_on_the_common_table_can_still_be_had(person):
    erase_account(person.user, at=NOON + datetime.timedelta(days=1))

    table = Listing.objects.get(title="小方桌")
    assert (table.is_open, Wish.objects.get(wanted=table).owner) == (True, None)


def test_reported_thing_of_somebody_who_left_can_be_decided(person):
    pot = Listing.objects.get(title="汤锅")
    seen = max(pot.reports.values_list("pk", flat=True))
    erase_account(person.user, at=NOON + datetime.timedelta(days=1))

    decide_reports(pot, is_hidden=True, seen=seen, by=swap_organiser(pot.programme), at=NOON)

    assert ListingReport.objects.get(listing=pot).state == "hidden"


def test_erasing_within_a_round_ends_the_exchange_that_waits_and_keeps_what_was_handed_over():
    round_ = SwapRoundFactory(state="handing_over")
    person = MemberFactory(name="李嘉明")
    given, waiting, left = ListingFactory.create_batch(3, programme=round_.programme, owner=person)
    first, second, third = ListingFactory.create_batch(3, programme=round_.programme)
    for thing in (given, waiting, left, first, second, third):
        entry(round_, thing)
    wish(second, third)
    wish(third, second)
    planned_ring(round_, [given, first])
    round_.handovers.update(state="done", giver_confirmed_at=NOON, receiver_confirmed_at=NOON)
    Listing.objects.filter(pk__in=[given.pk, first.pk]).update(state="exchanged")
    planned_ring(round_, [third, left])
    void_exchanges(round_, [2], at=NOON)
    planned_ring(round_, [waiting, second])

    erase_account(person.user, at=NOON + datetime.timedelta(days=1))

    rows = round_.handovers.exclude(exchange=2).order_by("exchange", "position")
    found = [(row.exchange, row.state, {row.listing_id, row.in_return_for_id}) for row in rows]
    assert found == [
        (1, "done", {given.pk, first.pk}),
        (1, "done", {given.pk, first.pk}),
        (3, "void", {waiting.pk, second.pk}),
        (3, "void", {waiting.pk, second.pk}),
        (4, "planned", {second.pk, third.pk}),
        (4, "planned", {second.pk, third.pk}),
    ]
    assert not round_.handovers.filter(Q(giver=person) | Q(receiver=person)).exists()
    states = dict(round_.entries.values_list("listing", "state"))
    assert [states[thing.pk] for thing in (waiting, left, second, third)] == ["left", "left", "in", "in"]
