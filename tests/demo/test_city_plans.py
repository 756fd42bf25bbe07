"""The plans of the synthetic city are such as its pages could have made."""

import pytest
from tests.demo.conftest import AT, EDITION

from qixue.demo.load import load
from qixue.programme.models import Activity, Plan, PlanLine, PlanStep, PlanVersion, Session

pytestmark = pytest.mark.django_db


def test_plans_of_the_city() -> None:
    load(EDITION, at=AT)
    plans = Plan.objects.filter(programme__code="demo")
    announced = Session.objects.filter(activity__programme__code="demo", activity__state=Activity.State.PUBLISHED)
    in_force = PlanLine.objects.filter(version__plan__in=plans, version__state=PlanVersion.State.PUBLISHED)

    states = set(PlanVersion.objects.filter(plan__in=plans).values_list("state", flat=True))
    assert states == set(PlanVersion.State.values) - {PlanVersion.State.CLOSED}
    assert set(announced.values_list("plan_line_key", flat=True)) == set(in_force.values_list("key", flat=True))
    assert [plan for plan in plans if steps_out_of_order(plan)] == []


def steps_out_of_order(plan: Plan) -> bool:
    """Whether a step of a version comes before one of an earlier version, or approval before filing."""
    order = [PlanStep.Kind.INVITED, PlanStep.Kind.AMENDED, PlanStep.Kind.SUBMITTED, PlanStep.Kind.COUNTERSIGN_ASKED]
    order += [PlanStep.Kind.COUNTERSIGNED, PlanStep.Kind.RETURNED, PlanStep.Kind.APPROVED, PlanStep.Kind.PUBLISHED]
    steps = plan.steps.select_related("version").order_by("at", "pk")
    ranks = [(step.version.number if step.version else 0, order.index(PlanStep.Kind(step.kind))) for step in steps]
    return ranks != sorted(ranks)
