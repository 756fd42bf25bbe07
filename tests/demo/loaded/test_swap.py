"""What is listed in the synthetic city is enough to look at, and can be matched."""

import pytest
from django.test import Client
from tests.factories import NOON
from tests.web.browsing import page_of

from qixue.programme.models import Programme
from qixue.swap.matching import load, solve
from qixue.swap.models import Listing, ListingReport, OneOf
from qixue.swap.queries.want_lists import round_of

pytestmark = pytest.mark.django_db


def test_things_of_the_city_are_on_offer_with_pictures_and_one_is_reported() -> None:
    listings = Listing.objects.filter(programme__code="demo", round_entries=None)  # those of the round are further ones
    personas = listings.filter(owner__user__username__in=("resident", "elder"))

    assert (listings.count(), listings.filter(photos=None).count(), personas.count()) == (30, 0, 6)
    assert (OneOf.objects.count(), ListingReport.objects.filter(state="open").count()) == (1, 1)
    assert len(page_of(Client(), "/programmes/demo/swap/").xpath("//main//h2")) == 24


def test_wishes_of_the_city_bring_most_things_to_somebody() -> None:
    plan = solve(load(round_of(Programme.objects.get(code="demo"), at=NOON).encode()), gifts=True)

    assert plan.proven
    assert plan.trades >= 15
