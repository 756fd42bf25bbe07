"""Swap rounds and what is handed over in them, as far as the viewer reaches."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from qixue.people.queries import path_filter
from qixue.people.rules import Action, reach
from qixue.swap.models import Handover, RoundEntry, RoundPlan, SwapRound
from qixue.swap.queries.rounds import HANDOVER_WITH, ROUND_WITH


def rounds_in_reach(user: Any) -> QuerySet[SwapRound]:
    """The latest first."""
    within = path_filter(reach(user, Action.HAND_OVER_SWAPS), "organisation__path")
    return SwapRound.objects.filter(within).select_related(*ROUND_WITH).order_by("-starts_at", "-pk")


def round_or_404(user: Any, pk: int, action: Action) -> SwapRound:
    within = path_filter(reach(user, action), "organisation__path")
    return get_object_or_404(SwapRound.objects.filter(within).select_related(*ROUND_WITH), pk=pk)


def plan_or_404(user: Any, pk: int) -> RoundPlan:
    within = path_filter(reach(user, Action.RUN_SWAP_ROUND), "round__organisation__path")
    return get_object_or_404(RoundPlan.objects.filter(within).select_related("round__venue"), pk=pk)


def handover_or_404(user: Any, pk: int) -> Handover:
    within = path_filter(reach(user, Action.HAND_OVER_SWAPS), "round__organisation__path")
    found = Handover.objects.filter(within).select_related("round__venue", "round__organisation", *HANDOVER_WITH)
    return get_object_or_404(found, pk=pk)


def entry_or_404(user: Any, pk: int) -> RoundEntry:
    within = path_filter(reach(user, Action.HAND_OVER_SWAPS), "round__organisation__path")
    return get_object_or_404(RoundEntry.objects.filter(within).select_related("round", "listing"), pk=pk)
