"""Who waits for whom, and how long: from follow-ups and from plans, so that the table shows the truth."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from qixue.people.queries import path_filter
from qixue.people.rules import Action, reach
from qixue.programme.models import Countersignature, FollowUp, Plan, PlanStep, PlanVersion, Programme
from qixue.programme.queries.follow_ups import follow_ups_for

TO_DO, TO_CLOSE, TO_FILE, TO_DECIDE, TO_PUBLISH, TO_COUNTERSIGN = (
    "do", "close", "file", "decide", "publish", "countersign",
)  # fmt: skip
VersionState = PlanVersion.State
StepKind = PlanStep.Kind


@dataclass(frozen=True)
class Wait:
    """One organisation (`waiter`) waits for another (`awaited`) because of one record; both by their keys."""

    waiter: int
    awaited: int
    act: str
    since: datetime.datetime
    record: int  # of the follow-up or the plan
    due_on: datetime.date | None = None


@dataclass
class Pair:
    """All that one organisation waits for from another."""

    waiter: int
    awaited: int
    count: int
    since: datetime.datetime

    def days(self, at: datetime.datetime) -> int:
        return (at - self.since).days


def waits_in(programme: Programme, user: Any) -> list[Wait]:
    """Everything that waits in the viewer's part of the tree, as far as they see follow-ups and plans."""
    return [*waits_of_follow_ups(programme, user), *waits_of_plans(programme, user)]


def waits_of_follow_ups(programme: Programme, user: Any) -> Iterator[Wait]:
    items = follow_ups_for(user).filter(programme=programme, state__in=FollowUp.OPEN_STATES)
    columns = ("pk", "state", "assigner_id", "owner_id", "waiting_since", "due_on")
    for pk, state, assigner, owner, since, due_on in items.order_by("pk").values_list(*columns):
        if state == FollowUp.State.REPORTED:
            yield Wait(owner, assigner, TO_CLOSE, since, pk)
        else:
            yield Wait(assigner, owner, TO_DO, since, pk, due_on)


def waits_of_plans(programme: Programme, user: Any) -> Iterator[Wait]:
    """Who decides is one step up; the keeper of the programme decides about its own plan and waits for nobody."""
    plans = Plan.objects.filter(path_filter(reach(user, Action.SEE_PLANS), "organisation__path"), programme=programme)
    since = {plan: (kind, at) for plan, kind, at in steps_that_turn(plans)}
    unanswered = Countersignature.objects.filter(version=OuterRef("pk"), is_agreed=None)
    versions = PlanVersion.objects.filter(plan__in=plans, state__in=PlanVersion.OPEN_STATES)
    rows = versions.annotate(is_blocked=Exists(unanswered), parent=F("plan__organisation__parent")).order_by("pk")
    columns = ("state", "is_blocked", "plan_id", "plan__organisation_id", "parent", "plan__due_on")
    for state, is_blocked, plan, own, parent, due_on in rows.values_list(*columns):
        kind, at = since.get(plan, ("", None))
        if parent is None or own == programme.organisation_id or at is None:
            continue
        if state == VersionState.DRAFT and kind in {StepKind.INVITED, StepKind.RETURNED}:
            yield Wait(parent, own, TO_FILE, at, plan, due_on)
        elif state == VersionState.SUBMITTED and not is_blocked:
            yield Wait(own, parent, TO_DECIDE, at, plan)
        elif state == VersionState.APPROVED:
            yield Wait(own, parent, TO_PUBLISH, at, plan)
    yield from waits_for_countersignatures(plans, programme)


def steps_that_turn(plans: QuerySet[Plan]) -> Iterable[tuple[int, str, datetime.datetime]]:
    """The steps after which it was somebody else's turn, oldest first; the last one of a plan tells since when."""
    kinds = (StepKind.INVITED, StepKind.SUBMITTED, StepKind.RETURNED, StepKind.APPROVED, StepKind.AMENDED)
    steps = PlanStep.objects.filter(plan__in=plans, kind__in=kinds).order_by("at", "pk")
    return steps.values_list("plan_id", "kind", "at")


def waits_for_countersignatures(plans: QuerySet[Plan], programme: Programme) -> Iterator[Wait]:
    """Who decides waits for those who were asked; the plan is stuck as long."""
    asked = Countersignature.objects.filter(
        version__plan__in=plans, version__state=VersionState.SUBMITTED, is_agreed=None
    ).order_by("pk")
    columns = ("organisation_id", "asked_at", "version__plan_id", "due_on", "version__plan__organisation_id")
    parents = asked.annotate(parent=F("version__plan__organisation__parent")).values_list(*columns, "parent")
    for organisation, at, plan, due_on, own, parent in parents:
        decider = own if own == programme.organisation_id or parent is None else parent
        yield Wait(decider, organisation, TO_COUNTERSIGN, at, plan, due_on)


def pairs_of(waits: Iterable[Wait]) -> list[Pair]:
    """By pair of organisations, the longest wait first. What somebody asked of itself is no waiting for another."""
    pairs: dict[tuple[int, int], Pair] = {}
    for wait in waits:
        if wait.waiter == wait.awaited:
            continue
        key = (wait.waiter, wait.awaited)
        pair = pairs.setdefault(key, Pair(*key, count=0, since=wait.since))
        pair.count += 1
        pair.since = min(pair.since, wait.since)
    return sorted(pairs.values(), key=lambda pair: (pair.since, pair.waiter, pair.awaited))
