"""The recognitions of the synthetic city stand in every state that a visitor or a coordinator would ask for."""

import pytest

from qixue.core.figures import Scope, registry
from qixue.programme.models import Nomination, Objection, RecognitionCall

pytestmark = pytest.mark.django_db
State = Nomination.State


def test_recognitions_of_the_city() -> None:
    nominations = Nomination.objects.filter(call__programme__code="demo")
    stars = registry.get("learning_stars").value(Scope(programme="demo")).quantity

    states = [sorted(nominations.filter(call=call).values_list("state", flat=True)) for call in calls()]
    assert states == [
        [State.AWARDED, State.AWARDED, State.NOT_SELECTED],
        [State.NOMINATED, State.NOMINATED, State.NOT_SELECTED, *[State.ON_NOTICE] * 4],
        [State.DRAFT, State.DRAFT, *[State.NOMINATED] * 3, State.SENT_BACK],
    ]
    assert stars is not None
    assert stars.value == 2
    assert list(Objection.objects.order_by("pk").values_list("is_anonymous", "is_upheld")) == [
        (False, False),
        (False, None),
        (True, None),
    ]


def calls() -> list[RecognitionCall]:
    return list(RecognitionCall.objects.order_by("pk"))
