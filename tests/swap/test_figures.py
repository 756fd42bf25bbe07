"""How many things were listed, and what the number stands on."""

import pytest
from tests.factories import ProgrammeFactory, RegionFactory
from tests.factories_swap import ListingFactory, TownFactory

from qixue.core.figures import Scope, registry
from qixue.core.quantity import THING, Quantity
from qixue.figures.queries import figure_in
from qixue.swap.kinds import TYPICAL_WEIGHTS, Kind

pytestmark = pytest.mark.django_db

FIGURE = registry.definitions["things_listed"]


def test_things_count_also_when_taken_back_but_not_when_hidden(in_english):
    listing = ListingFactory()
    ListingFactory(programme=listing.programme, state="withdrawn")
    ListingFactory(programme=listing.programme, hidden_at=listing.listed_at)
    ListingFactory()
    scope = Scope(listing.programme.code)

    assert FIGURE.value(scope).quantity == Quantity(2, THING)
    rows = FIGURE.evidence(scope)
    assert (rows[0].id, rows[0].title, rows[0].place) == (f"listing:{listing.pk}", "Small appliance", "龙塘镇")
    assert (len(rows), listing.title in str(rows)) == (2, False)


def test_region_narrows_by_the_town():
    listing = ListingFactory()
    other = TownFactory(code="441802106", name="石角镇")
    ListingFactory(programme=listing.programme, place=other)

    assert FIGURE.value(Scope(listing.programme.code, region="441802106")).quantity == Quantity(1, THING)
    assert FIGURE.value(Scope(listing.programme.code, region="441800")).quantity == Quantity(2, THING)
    assert FIGURE.value(Scope(listing.programme.code, region=RegionFactory(code="440100").code)).quantity == Quantity(
        0, THING
    )


def test_number_is_missing_where_nothing_was_ever_listed():
    assert FIGURE.value(Scope(ProgrammeFactory().code)).quantity is None


def test_people_served_are_told_of_the_whole_only():
    """The whole and one of two counties would tell how few there are in the other."""
    programme, county = ProgrammeFactory(), RegionFactory()

    assert figure_in(Scope(programme.code, region=county.code), "things_exchanged") is not None
    assert figure_in(Scope(programme.code), "swap_people") is not None
    assert figure_in(Scope(programme.code, region=county.code), "swap_people") is None


def test_every_kind_has_a_typical_weight():
    assert set(TYPICAL_WEIGHTS) == set(Kind)
    assert min(TYPICAL_WEIGHTS.values()) > 0
