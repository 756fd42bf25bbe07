"""Follow-ups and what hangs on them, as far as the viewer reaches; the rest looks like it did not exist."""

from typing import Any

from django.shortcuts import get_object_or_404

from qixue.people.queries import path_filter
from qixue.people.rules import Action, reach
from qixue.programme.models import FollowUp, FollowUpStep
from qixue.programme.queries.follow_ups import RELATED, follow_ups_for, follow_ups_to_decide


def follow_up_or_404(user: Any, pk: int, action: Action = Action.SEE_FOLLOW_UPS) -> FollowUp:
    return get_object_or_404(follow_ups_for(user, action).select_related(*RELATED), pk=pk)


def follow_up_to_decide_or_404(user: Any, pk: int) -> FollowUp:
    return get_object_or_404(follow_ups_to_decide(user).select_related(*RELATED), pk=pk)


def evidence_of_step_or_404(user: Any, pk: int) -> FollowUpStep:
    within = path_filter(reach(user, Action.SEE_FOLLOW_UPS), "follow_up__owner__path")
    return get_object_or_404(FollowUpStep.objects.filter(within).exclude(file=""), pk=pk)
