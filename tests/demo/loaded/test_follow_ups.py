"""The follow-ups of the synthetic city are such as its pages and its worker could have made them."""

import pytest
from tests.demo.conftest import EDITION

from qixue.core.clock import local_day
from qixue.programme.models import FollowUp, FollowUpStep

pytestmark = pytest.mark.django_db


def test_follow_ups_of_the_city() -> None:
    items = FollowUp.objects.filter(programme__code="demo")
    late = items.filter(state__in=FollowUp.OWNERS_TURN, due_on__lt=EDITION.today)

    assert items.count() == 25
    assert set(items.values_list("state", flat=True)) == set(FollowUp.State.values)
    assert set(FollowUpStep.objects.values_list("kind", flat=True)) == set(FollowUpStep.Kind.values)
    assert {item.escalated_to.code for item in late if item.escalated_to} == {"demo-city", "city-edu"}
    assert all(local_day(step.at) < EDITION.today for step in FollowUpStep.objects.all())
