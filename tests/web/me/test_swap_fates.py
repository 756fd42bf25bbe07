"""What became of a thing: its owner reads it, and nobody else."""

import pytest
from django.test import Client
from tests.factories import NOON, MemberFactory, RoleAssignmentFactory
from tests.factories_swap import ListingFactory
from tests.factories_swap_rounds import SwapRoundFactory, entry, planned_ring, ring
from tests.web.browsing import page_of, signed_in
from tests.web.public.conftest import words

from qixue.people.models import Resident
from qixue.swap.models import Handover, Listing, SwapRound
from qixue.swap.operations.handovers import put_on_table, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Resident:
    return MemberFactory(name="李嘉明")


def in_english(person: Resident) -> Client:
    client = signed_in(person)
    client.cookies["qixue_language"] = "en"
    return client


def text_of(person: Resident, listing: Listing) -> str:
    return words(page_of(in_english(person), f"/me/swap/{listing.pk}/").xpath("//main")[0])


def swapped(member: Resident) -> Listing:
    """A kettle that went to 黄大文, for a fan."""
    round_ = SwapRoundFactory(state="handing_over", title="秋天的集市")
    kettle, fan = ring(round_, 2)
    Listing.objects.filter(pk=kettle.pk).update(owner=member)
    Resident.objects.filter(pk=fan.owner_id).update(name="黄大文")
    Listing.objects.filter(pk=fan.pk).update(title="落地风扇")
    things = list(Listing.objects.order_by("pk"))
    rows = planned_ring(round_, things)
    Handover.objects.filter(pk__in=[row.pk for row in rows]).update(giver_confirmed_at=NOON)
    for row in Handover.objects.order_by("pk"):
        receive(row, at=NOON)
    return things[0]


def test_what_was_swapped_says_to_whom_when_and_for_what(member):
    kettle = swapped(member)
    client = in_english(member)

    answer = client.get(f"/swap/{kettle.pk}/")

    assert (answer.status_code, answer.headers.get("Location")) == (302, f"/me/swap/{kettle.pk}/")
    assert f"/me/swap/{kettle.pk}/" in page_of(client, "/me/swap/").xpath("//main//a/@href")
    text = text_of(member, kettle)
    for word in ("you handed it to 黄*文", "For it you got: 落地风扇", "秋天的集市"):
        assert word in text
    assert "黄大文" not in text


def test_to_everybody_else_it_looks_like_it_never_was(member):
    kettle = swapped(member)
    stranger = signed_in(MemberFactory())

    answers = [client.get(f"/swap/{kettle.pk}/").status_code for client in (Client(), stranger)]

    assert (answers, stranger.get(f"/me/swap/{kettle.pk}/").status_code) == ([404, 404], 404)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"state": "withdrawn"}, "You took it back. It stays yours."),
        ({"state": "in_exchange"}, "An exchange is planned with it."),
        ({"hidden_at": NOON}, "The organiser took this off the pages after a report."),
        ({}, "It is on offer and waits for an exchange."),
    ],
)
def test_what_was_not_swapped_says_how_it_stands(member, values, said):
    assert said in text_of(member, ListingFactory(owner=member, **values))


def handed_over(thing: Listing, way: str, **values: object) -> Handover:
    """A row of an exchange of the only round, done."""
    usual = {"round": SwapRound.objects.get(), "exchange": 1, "position": 0, "code": "000000"}
    usual |= {"planned_at": NOON, "giver_confirmed_at": NOON, "receiver_confirmed_at": NOON, "state": "done"}
    return Handover.objects.create(listing=thing, way=way, **{**usual, **values})


def in_round(member: Resident, **values: object) -> Listing:
    round_ = SwapRoundFactory(state="handing_over", has_gifts=True)
    thing = ListingFactory(owner=member, programme=round_.programme, **values)
    entry(round_, thing)
    return thing


def test_gift_that_somebody_got(member):
    gift = in_round(member, is_gift=True, state="exchanged")
    book = ListingFactory(programme=gift.programme)
    handed_over(gift, "between", giver=member, in_return_for=book, receiver=book.owner)

    assert "It was your gift. Thank you!" in text_of(member, gift)


def test_who_has_given_and_not_received_yet_reads_of_no_gift(member):
    kettle = in_round(member, state="exchanged")
    fan = ListingFactory(programme=kettle.programme)
    handed_over(kettle, "between", giver=member, in_return_for=fan, receiver=fan.owner)

    text = text_of(member, kettle)

    assert ("you handed it to" in text, "gift" in text) == (True, False)


def test_what_began_a_chain_lies_on_the_common_table_until_somebody_takes_it(member):
    lamp = in_round(member, is_gift=True, state="exchanged")
    gift, book = ListingFactory.create_batch(2, programme=lamp.programme)
    handed_over(gift, "between", giver=gift.owner, in_return_for=lamp, receiver=member)
    handed_over(lamp, "to_table", giver=member, position=1)
    handed_over(lamp, "from_table", exchange=2, in_return_for=book, receiver=book.owner)

    text = text_of(member, lamp)

    assert "you left it on the common table" in text
    assert "somebody took it from there" in text
    assert f"For it you got: {gift.title}" in text
    assert "It was your gift." not in text


@pytest.mark.parametrize("is_taken", [False, True])
def test_gift_that_nobody_took_in_the_round_was_left_on_the_common_table(member, is_taken):
    gift = in_round(member, is_gift=True)
    desk = RoleAssignmentFactory(organisation=gift.round_entries.get().round.organisation).user
    put_on_table(gift.round_entries.get(), by=desk, at=NOON)
    if is_taken:
        book = ListingFactory(programme=gift.programme)
        handed_over(gift, "from_table", in_return_for=book, receiver=book.owner)
        Listing.objects.filter(pk=gift.pk).update(state="exchanged")

    text = text_of(member, gift)

    assert "Nobody took your gift in the round, so it was left on the common table. Thank you!" in text
    assert ("somebody took it from there" in text) == is_taken
