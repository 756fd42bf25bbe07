"""What the worker does row by row: one that fails waits for the next run, and those after it do not."""

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.models import Model
from django.db.models.signals import pre_save
from tests.factories import NOON, OrganisationFactory, RoleAssignmentFactory, UserFactory
from tests.factories_coordination import FollowUpFactory
from tests.factories_recognitions import TODAY, on_notice

from qixue.people.models import Role, RoleAssignment
from qixue.people.operations.stand_ins import arrange_stand_in, close_run_out
from qixue.programme.models import FollowUpStep, NominationStep
from qixue.programme.operations.follow_up_schedule import chase_follow_ups
from qixue.programme.operations.public_notices import end_notices

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@contextmanager
def failing(model: type[Model], is_broken: Callable[[Any], bool]) -> Iterator[None]:
    """Such rows cannot be written."""

    def fail(instance: Any, **_more: Any) -> None:
        if is_broken(instance):
            raise RuntimeError("planted")

    pre_save.connect(fail, sender=model)
    try:
        yield
    finally:
        pre_save.disconnect(fail, sender=model)


def test_notices_after_one_that_fails_end() -> None:
    first, second = on_notice(), on_notice()

    with failing(NominationStep, lambda step: step.nomination_id == first.pk):
        count = end_notices(at=NOON + 2 * DAY)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (count, first.state, second.state) == (1, "on_notice", "notice_over")
    assert end_notices(at=NOON + 2 * DAY) == 1


def test_follow_ups_after_one_that_fails_are_chased() -> None:
    first, second = (FollowUpFactory(due_on=TODAY + DAY) for _number in range(2))

    with failing(FollowUpStep, lambda step: step.follow_up_id == first.pk):
        count = chase_follow_ups(at=NOON + DAY)

    assert (count, first.steps.count(), second.steps.filter(kind=FollowUpStep.Kind.REMINDED).count()) == (1, 0, 1)


def test_stand_ins_after_one_that_fails_are_closed() -> None:
    held = [RoleAssignmentFactory(organisation=OrganisationFactory(), role=Role.COORDINATOR) for _number in range(2)]
    first, second = (
        arrange_stand_in(each, stand_in=UserFactory(), first=TODAY, last=TODAY, by=each.user, at=NOON) for each in held
    )

    with failing(RoleAssignment, lambda role: role.pk == first.pk):
        count = close_run_out(at=NOON + 2 * DAY)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (count, first.ended_at, second.ended_at is not None) == (1, None, True)
