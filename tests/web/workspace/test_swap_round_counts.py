"""What the page of a round counts, and what it offers."""

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import NOON, RoleAssignmentFactory
from tests.factories_swap import ListingFactory
from tests.factories_swap_rounds import SwapRoundFactory, entry, planned_ring, ring
from tests.web.browsing import page_of
from tests.web.public.conftest import words

from qixue.swap.models import Handover, RoundEntry, SwapRound

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def round_() -> SwapRound:
    return SwapRoundFactory(state="handing_over", has_gifts=True)


@pytest.fixture
def organiser(round_: SwapRound) -> Client:
    client = Client()
    client.force_login(RoleAssignmentFactory(organisation=round_.organisation).user)
    client.cookies["qixue_language"] = "en"
    return client


def test_nobody_comes_with_what_lay_on_the_common_table(round_: SwapRound, organiser: Client) -> None:
    entry(round_, ListingFactory(programme=round_.programme))
    on_table = ListingFactory.create_batch(2, programme=round_.programme, is_gift=True, state="on_table")
    for thing in on_table:
        entry(round_, thing)
    RoundEntry.objects.filter(listing__in=on_table).update(is_from_table=True)

    page = page_of(organiser, reverse("workspace:swap_round", args=[round_.pk]))

    facts = dict(zip(map(words, page.xpath("//dl/dt")), map(words, page.xpath("//dl/dd")), strict=True))
    assert facts["In the round"] == "1 things of 1 people"
    assert facts["Owner comes"] == "1 thing Only these are matched."
    assert facts["On the common table"].startswith("2 things Gifts left over")
    entries = page_of(organiser, reverse("workspace:swap_entries", args=[round_.pk]))
    assert words(entries.xpath("//main")[0]).count("✓ Comes") == 1


def test_round_is_called_off_only_while_nothing_was_handed_over(round_: SwapRound, organiser: Client) -> None:
    rows = planned_ring(round_, ring(round_, 2))
    link = reverse("workspace:swap_round", args=[round_.pk])
    ask = reverse("workspace:cancel_swap_round", args=[round_.pk])
    before = page_of(organiser, link).xpath("//a/@href")

    Handover.objects.filter(pk=rows[0].pk).update(state="done", giver_confirmed_at=NOON, receiver_confirmed_at=NOON)

    after = page_of(organiser, link).xpath("//a/@href")
    assert (ask in before, ask in after) == (True, False)
    assert page_of(organiser, ask).xpath("//main//button") == []
