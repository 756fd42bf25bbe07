"""How long each step of coordination took: one passage from what began it to what ended it."""

import datetime
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from qixue.core.clock import local_day
from qixue.core.figures import Scope, shared
from qixue.people.models import Organisation
from qixue.programme.models import Countersignature, FollowUpStep, PlanStep
from qixue.programme.queries import region_path

SECONDS_OF_A_DAY = 86_400
PlanKind, Kind = PlanStep.Kind, FollowUpStep.Kind


class Passage(NamedTuple):
    """From one step to the next. `path` is that of the organisation that took the time, `region` where it sits."""

    key: str  # the records at both ends
    title: str
    path: str
    organisation: str
    region: str
    begun_at: datetime.datetime
    ended_at: datetime.datetime
    due_on: datetime.date | None = None  # the deadline that held when the item was reported

    @property
    def days(self) -> float:
        return (self.ended_at - self.begun_at).total_seconds() / SECONDS_OF_A_DAY

    @property
    def is_in_time(self) -> bool:
        return self.due_on is not None and local_day(self.ended_at) <= self.due_on


class Row(NamedTuple):
    """A step as it stands in its table: of a follow-up or of a plan's version (`subject`, `version`)."""

    pk: int
    subject: int
    kind: str
    at: datetime.datetime
    title: str
    path: str
    organisation: str
    region: str | None
    due_on: datetime.date | None
    version: int | None


ORGANISATION = ("organisation__path", "organisation__name", "organisation__region__path")
Passages = dict[str, list[Passage]]


@shared
def passages_of_plans(programme: str) -> Passages:
    """Filed, decided and published; by the organisation that filed or decided."""
    kinds = (PlanKind.INVITED, PlanKind.SUBMITTED, PlanKind.RETURNED, PlanKind.APPROVED, PlanKind.PUBLISHED)
    steps = PlanStep.objects.filter(plan__programme__code=programme, kind__in=kinds).order_by("plan_id", "at", "pk")
    columns = ("pk", "plan_id", "kind", "at", "plan__organisation__name", *ORGANISATION, "plan__due_on", "version_id")
    found: Passages = defaultdict(list)
    for rows in by_subject(map(Row._make, steps.exclude(organisation=None).values_list(*columns))):
        for name, passage in passages_of_plan(rows):
            found[name].append(passage)
    return in_tree_order(found)


def by_subject(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The steps of each plan or follow-up, which come one after the other."""
    group: list[Row] = []
    for row in rows:
        if group and group[0].subject != row.subject:
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def passages_of_plan(rows: list[Row]) -> Iterator[tuple[str, Passage]]:
    """The first filing after the invitation; of each version its first decision and its publication."""
    begun: dict[tuple[str, int | None], Row] = {}
    for row in rows:
        if row.kind == PlanKind.INVITED:
            begun["plan_filing", None] = row
        elif row.kind == PlanKind.SUBMITTED:
            begun["plan_decision", row.version] = row
            yield from ended(begun, "plan_filing", None, row)
        elif row.kind in {PlanKind.APPROVED, PlanKind.RETURNED}:
            yield from ended(begun, "plan_decision", row.version, row)
            if row.kind == PlanKind.APPROVED:
                begun["plan_publication", row.version] = row
        else:
            yield from ended(begun, "plan_publication", row.version, row)


def ended(
    begun: dict[tuple[str, int | None], Row], name: str, subject: int | None, end: Row
) -> Iterator[tuple[str, Passage]]:
    """The passage that this step ends, if it is not the second one to end it."""
    if (start := begun.pop((name, subject), None)) is not None:
        yield name, passage("plan_step", start, end)


def passage(record: str, start: Row, end: Row, due_on: datetime.date | None = None) -> Passage:
    return Passage(
        key=f"{record}:{start.pk}-{end.pk}",
        title=end.title,
        path=end.path,
        organisation=end.organisation,
        region=end.region or "",
        begun_at=start.at,
        ended_at=end.at,
        due_on=due_on,
    )


@shared
def passages_of_countersignatures(programme: str) -> Passages:
    answered = Countersignature.objects.filter(version__plan__programme__code=programme, answered_at__isnull=False)
    columns = ("pk", "version__plan__organisation__name", *ORGANISATION, "asked_at", "answered_at")
    rows = answered.order_by("answered_at", "pk").values_list(*columns)
    return in_tree_order(
        {
            "countersigning": [
                Passage(f"countersignature:{pk}", title, path, name, region or "", asked_at, answered_at)
                for pk, title, path, name, region, asked_at, answered_at in rows
            ]
        }
    )


@shared
def passages_of_follow_ups(programme: str) -> Passages:
    """Acknowledged and reported by the owner, closed by the assigner; and of what was closed, when it was reported."""
    steps = FollowUpStep.objects.filter(follow_up__programme__code=programme).exclude(
        kind__in=(Kind.REMINDED, Kind.ESCALATED, Kind.WITHDRAWN)
    )
    columns = ("pk", "follow_up_id", "kind", "at", "follow_up__title", *ORGANISATION, "due_on")
    found: Passages = defaultdict(list)
    rows = steps.order_by("follow_up_id", "at", "pk").values_list(*columns)
    for group in by_subject(Row._make((*row, None)) for row in rows):
        for name, one in passages_of_follow_up(group):
            found[name].append(one)
    return in_tree_order(found)


def passages_of_follow_up(rows: list[Row]) -> Iterator[tuple[str, Passage]]:
    turn: Row | None = None  # since when it is the owner's turn
    report: Row | None = None
    due_on: datetime.date | None = None
    for row in rows:
        due_on = row.due_on or due_on
        if row.kind in {Kind.ASSIGNED, Kind.HANDED_OVER, Kind.SENT_BACK}:
            turn = row
        elif row.kind == Kind.ACKNOWLEDGED and turn:
            yield "acknowledgement", passage("follow_up_step", turn, row)
        elif row.kind == Kind.REPORTED and turn:
            yield "report", passage("follow_up_step", turn, row)
            report = row
        elif row.kind == Kind.CLOSED and report and turn:
            yield "closing", passage("follow_up_step", report, row)
            yield "closed_in_time", passage("follow_up_step", turn, report, due_on)


def in_tree_order(found: Passages) -> Passages:
    """So that those of a subtree stand beside one another."""
    return {
        name: sorted(passages, key=lambda one: (one.path, one.ended_at, one.key)) for name, passages in found.items()
    }


SOURCES: dict[str, Callable[[str], Passages]] = {
    "plan_filing": passages_of_plans,
    "plan_decision": passages_of_plans,
    "countersigning": passages_of_countersignatures,
    "plan_publication": passages_of_plans,
    "acknowledgement": passages_of_follow_ups,
    "report": passages_of_follow_ups,
    "closing": passages_of_follow_ups,
    "closed_in_time": passages_of_follow_ups,
}


def passages_in(scope: Scope, name: str) -> list[Passage]:
    """The passages of a step whose organisation stands in the scope."""
    found = SOURCES[name](scope.programme).get(name, [])
    if scope.organisation is not None:
        found = below(found, organisation_paths().get(scope.organisation, "none/"))
    if scope.region is not None:
        place = region_path(scope.region)
        found = [one for one in found if one.region.startswith(place)]
    return found


def below(passages: list[Passage], path: str) -> list[Passage]:
    first = bisect_left(passages, path, key=lambda one: one.path)
    last = bisect_left(passages, f"{path}\U0010ffff", key=lambda one: one.path)
    return passages[first:last]


@shared
def organisation_paths() -> dict[str, str]:
    """Where each organisation stands in the tree, by code: asked once for a whole table of figures."""
    return dict(Organisation.objects.order_by("pk").values_list("code", "path"))
