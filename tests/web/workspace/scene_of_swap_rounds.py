"""A swap round of an organisation for the walk over all pages: things are handed over, and a gift is left."""

from collections.abc import Callable
from typing import Any

from tests.factories_swap import ListingFactory
from tests.factories_swap_rounds import SwapRoundFactory, entry, planned_ring, ring

from qixue.people.models import Organisation
from qixue.programme.models import Programme
from qixue.swap.models import Handover, RoundEntry, RoundPlan


def swap_round_of(programme: Programme, organisation: Organisation) -> int:
    """Its plan is chosen, and a ring of two waits."""
    round_ = SwapRoundFactory(programme=programme, organisation=organisation, state="handing_over", has_gifts=True)
    planned_ring(round_, ring(round_, 2))
    entry(round_, ListingFactory(programme=programme, is_gift=True))
    return round_.pk


def plan_in(round_: int) -> int:
    return RoundPlan.objects.get(round=round_).pk


def handover_in(round_: int) -> int:
    return Handover.objects.filter(round=round_).earliest("pk").pk


def left_over_gift_in(round_: int) -> int:
    return RoundEntry.objects.get(round=round_, listing__is_gift=True).pk


# By the beginning of the routes; what is asked for is the scene.
ROUND_RECORDS: dict[str, Callable[[Any], int]] = {
    "swap-rounds/": lambda scene: swap_round_of(scene.programme, scene.places["own"]),
    "swap-plans/": lambda scene: plan_in(scene.record("swap-rounds/")),
    "swap-handovers/": lambda scene: handover_in(scene.record("swap-rounds/")),
    "swap-entries/": lambda scene: left_over_gift_in(scene.record("swap-rounds/")),
}
DESK_POSTS = ("put_on_swap_table", "swap_giver_here", "swap_giver_not_here")
