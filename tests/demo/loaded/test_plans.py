"""The plans of the synthetic city are such as its pages could have made."""

import pytest
from tests.demo.conftest import AT

from qixue.demo.city.prelude import ORGANISATION
from qixue.programme.models import Activity, Plan, PlanLine, PlanStep, PlanVersion, Programme, Session
from qixue.programme.queries.conflicts import conflicts_among, slots_around
from qixue.programme.queries.gaps import gaps_of
from qixue.programme.queries.heat import counts_of, heat_of
from qixue.programme.queries.territory import territory_of

pytestmark = pytest.mark.django_db


def test_plans_of_the_city() -> None:
    plans = Plan.objects.filter(programme__code="demo")
    announced = Session.objects.filter(activity__programme__code="demo", activity__state=Activity.State.PUBLISHED)
    in_force = PlanLine.objects.filter(version__plan__in=plans, version__state=PlanVersion.State.PUBLISHED)

    states = set(PlanVersion.objects.filter(plan__in=plans).values_list("state", flat=True))
    assert states == set(PlanVersion.State.values) - {PlanVersion.State.CLOSED}
    beside_plans = announced.filter(plan_line_key=None)
    assert [each.activity.code for each in beside_plans.select_related("activity")] == [f"prelude-{ORGANISATION}"]
    planned = announced.exclude(plan_line_key=None)
    assert set(planned.values_list("plan_line_key", flat=True)) == set(in_force.values_list("key", flat=True))
    assert [plan for plan in plans if steps_out_of_order(plan)] == []


def test_city_has_conflicts_of_every_kind_and_silent_towns() -> None:
    programme = Programme.objects.get(code="demo")
    everything = [""]
    territory = territory_of(programme, everything)
    counts = counts_of(programme, everything, territory)
    heat = heat_of(programme, counts, programme.region, territory)

    found = conflicts_among(slots_around(programme, AT), programme, everything)

    assert {(each.kind, each.is_hard) for each in found} == {
        ("room", True),
        ("room", False),
        ("venue", False),
        ("speaker", False),
        ("flagship", False),
        ("capacity", False),
    }
    assert len(found) < 20
    assert all(place.silent_towns for place in gaps_of(programme, everything, counts, heat, territory).places)


def steps_out_of_order(plan: Plan) -> bool:
    """Whether a step of a version comes before one of an earlier version, or approval before filing."""
    order = [PlanStep.Kind.INVITED, PlanStep.Kind.AMENDED, PlanStep.Kind.SUBMITTED, PlanStep.Kind.COUNTERSIGN_ASKED]
    order += [PlanStep.Kind.COUNTERSIGNED, PlanStep.Kind.RETURNED, PlanStep.Kind.APPROVED, PlanStep.Kind.PUBLISHED]
    steps = plan.steps.select_related("version").order_by("at", "pk")
    ranks = [(step.version.number if step.version else 0, order.index(PlanStep.Kind(step.kind))) for step in steps]
    return ranks != sorted(ranks)
