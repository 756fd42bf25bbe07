"""What became of a thing: its owner reads it, and nobody else."""

import pytest
from django.test import Client
from tests.factories import NOON, MemberFactory
from tests.factories_swap import ListingFactory
from tests.factories_swap_rounds import SwapRoundFactory, planned_ring, ring
from tests.web.browsing import page_of, signed_in
from tests.web.public.conftest import words

from qixue.people.models import Resident
from qixue.swap.models import Handover, Listing
from qixue.swap.operations.handovers import receive

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


def test_gift_on_the_common_table_and_who_took_it(member):
    round_ = SwapRoundFactory(state="handing_over")
    gift = ListingFactory(owner=member, programme=round_.programme, is_gift=True, state="exchanged")
    book = ListingFactory(programme=round_.programme)
    usual = {"round": round_, "listing": gift, "position": 0, "code": "000000", "planned_at": NOON, "state": "done"}
    usual |= {"giver_confirmed_at": NOON, "receiver_confirmed_at": NOON}
    Handover.objects.create(exchange=1, way="to_table", giver=member, **usual)
    Handover.objects.create(exchange=2, way="from_table", in_return_for=book, receiver=book.owner, **usual)

    text = text_of(member, gift)

    assert "you left it on the common table" in text
    assert "somebody took it from there" in text
    assert "It was your gift." in text
