"""What changed hands in rounds, against sums made by hand."""

from decimal import Decimal

import pytest
from tests.factories import NOON
from tests.factories_swap import ListingFactory, TownFactory
from tests.factories_swap_rounds import SwapRoundFactory, planned_ring

from qixue.core.figures import Scope, registry
from qixue.core.quantity import KILOGRAM, PERCENT, PERSON, THING, Qualifier, Quantity
from qixue.places.models import Region
from qixue.swap.models import Handover, Listing, SwapRound
from qixue.swap.operations.exchanges import Exchange, plan_exchanges

pytestmark = pytest.mark.django_db

CODES = ("things_exchanged", "swap_people", "kilograms_kept_in_use", "swap_country_share")


@pytest.fixture
def round_() -> SwapRound:
    """A ring of five and a gift are handed over, the last thing goes to the table, and a ring of two is off."""
    round_ = SwapRoundFactory(state="handing_over", has_gifts=True)
    country = TownFactory()
    urban = TownFactory(code="441802106", name="石角镇", urban_rural_class=Region.UrbanRural.URBAN)

    def thing(kind: str, place: Region = country, **more: object) -> Listing:
        return ListingFactory(programme=round_.programme, kind=kind, place=place, **more)

    things = [thing("small_appliance"), thing("furniture"), thing("books"), thing("bicycle", urban)]
    things.append(thing("clothes", urban))
    gift = thing("plants", urban, is_gift=True)
    last = thing("large_appliance", owner=things[0].owner)
    planned_ring(round_, things)
    plan_exchanges(round_, [Exchange((str(last.pk), str(gift.pk)), is_chain=True)], at=NOON)
    done = {"state": Handover.State.DONE, "giver_confirmed_at": NOON, "receiver_confirmed_at": NOON}
    round_.handovers.update(**done)
    planned_ring(round_, [thing("furniture"), thing("furniture")])
    round_.handovers.filter(state="planned").update(state=Handover.State.VOID, void_at=NOON)
    return round_


def values(scope: Scope) -> list[Quantity | None]:
    return [registry.definitions[code].value(scope).quantity for code in CODES]


def test_figures_of_a_round(round_: SwapRound) -> None:
    """2.5 + 12 + 0.4 + 13 + 0.6 + 2 kg of six things, three of them from the country; one person got two."""
    assert values(Scope(round_.programme.code)) == [
        Quantity(6, THING),
        Quantity(5, PERSON),
        Quantity(Decimal("30.5"), KILOGRAM, Qualifier.ABOUT),
        Quantity(Decimal("50.0"), PERCENT),
    ]


def test_figures_of_a_town_tell_nothing_of_fewer_than_five_people(round_: SwapRound) -> None:
    assert values(Scope(round_.programme.code, region="441802106")) == [
        Quantity(3, THING),
        None,
        Quantity(Decimal("15.6"), KILOGRAM, Qualifier.ABOUT),
        Quantity(Decimal("0.0"), PERCENT),
    ]


def test_figures_are_missing_where_there_was_no_round() -> None:
    assert values(Scope(ListingFactory().programme.code)) == [None] * 4
