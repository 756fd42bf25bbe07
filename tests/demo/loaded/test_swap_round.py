"""The swap round of the synthetic city: matched, partly handed over, and somebody who did not come."""

import pytest

from qixue.swap.matching import faults, load
from qixue.swap.models import Handover, Listing, RoundEntry, RoundPlan, SwapRound, Wish

pytestmark = pytest.mark.django_db


def test_the_round_has_600_things_of_200_people_and_two_plans_that_can_be_checked() -> None:
    round_ = SwapRound.objects.get(kind="fair")

    assert round_.entries.count() == 600
    assert round_.entries.values("listing__owner").distinct().count() == 200
    plans = {plan.objective: plan for plan in round_.plans.all()}
    people, items = plans[RoundPlan.Objective.PEOPLE], plans[RoundPlan.Objective.ITEMS]
    assert people.people > items.people
    assert items.trades > people.trades
    for plan in plans.values():
        assert (plan.result["proven"], faults(load(plan.instance.encode()), plan.result)) == (True, [])


def test_some_is_handed_over_some_waits_and_one_no_show_was_matched_anew() -> None:
    rows = SwapRound.objects.get(kind="fair").handovers

    assert rows.filter(state=Handover.State.DONE).count() > 50
    assert rows.filter(state=Handover.State.PLANNED).count() > 50
    assert RoundEntry.objects.filter(state=RoundEntry.State.MISSED).exists()
    assert rows.filter(planned_at=rows.latest("planned_at").planned_at, state=Handover.State.PLANNED).exists()
    assert Listing.objects.filter(state=Listing.State.ON_TABLE).exists()


def test_another_round_takes_in_things_for_a_community_point() -> None:
    round_ = SwapRound.objects.get(kind="point")

    assert (round_.state, round_.opening_hours) == ("open", "周二至周日 9:00-17:00")
    entries = round_.entries.filter(state=RoundEntry.State.IN, listing__state=Listing.State.LISTED)
    answers = [entries.filter(answer=answer).count() for answer in RoundEntry.Answer.values]
    assert (entries.count(), sum(answers), min(answers[:2]) > 10) == (72, 72, True)
    wished_for = Wish.objects.filter(wanted__in=entries.values("listing")).values("wanted").distinct()
    assert wished_for.count() > 30
    assert entries.filter(listing__owner__user__username__in=("resident", "elder")).count() == 6
