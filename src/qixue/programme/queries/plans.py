"""Plans as people ask for them: whose, in which state, what changed, and for whom they wait."""

import datetime
from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery, Sum

from qixue.core.clock import local_day
from qixue.people.models import Organisation, RoleAssignment, User
from qixue.people.queries import holders_of, nearest_holder, path_above, path_filter
from qixue.people.rules import TABLE, Action, reach
from qixue.programme.models import (
    Countersignature,
    LineComment,
    Plan,
    PlanLine,
    PlanStep,
    PlanVersion,
    Programme,
)
from qixue.programme.plan_difference import Difference, difference
from qixue.programme.rules import approvable_by, decided_by

State = PlanVersion.State


def plans_for(user: Any, action: Action = Action.SEE_PLANS) -> QuerySet[Plan]:
    """Plans of the organisations in reach, and those that one of them was asked to countersign."""
    paths = reach(user, action)
    asked = Countersignature.objects.filter(path_filter(paths, "organisation__path"), version__plan=OuterRef("pk"))
    return Plan.objects.filter(path_filter(paths, "organisation__path") | Q(Exists(asked)))


def with_state(plans: QuerySet[Plan]) -> QuerySet[Any]:
    """Each plan with `latest_state` and `latest_number` of its newest version and `filed_at`, None if it never was."""
    latest = PlanVersion.objects.filter(plan=OuterRef("pk")).order_by("-number")
    filed = PlanStep.objects.filter(plan=OuterRef("pk"), kind=PlanStep.Kind.SUBMITTED).order_by()
    return plans.annotate(
        latest_state=Subquery(latest.values("state")[:1]),
        latest_number=Subquery(latest.values("number")[:1]),
        filed_at=Subquery(filed.values("plan").annotate(first=Min("at")).values("first")),
    ).select_related("organisation", "programme")


def in_tree_order(plans: QuerySet[Any]) -> QuerySet[Any]:
    return plans.order_by("organisation__path", "pk")


def lines_of(version: PlanVersion) -> QuerySet[PlanLine]:
    return version.lines.select_related("venue__region", "room", "region", "brand").order_by("position", "pk")


def sums_of(version: PlanVersion) -> dict[str, int | None]:
    """Expected attendances and fen of all lines that say something; None where none does."""
    return version.lines.aggregate(expected=Sum("expected_attendance"), budget_fen=Sum("budget_fen"))


def comments_for(version: PlanVersion) -> dict[Any, list[LineComment]]:
    """Comments by the key of the line they are on: those of the version, for a draft those of the one before it."""
    numbers = [version.number, version.number - 1] if version.state == State.DRAFT else [version.number]
    comments = LineComment.objects.filter(line__version__plan=version.plan_id, line__version__number__in=numbers)
    found: dict[Any, list[LineComment]] = {}
    for comment in comments.select_related("line", "organisation", "by").order_by("at", "pk"):
        found.setdefault(comment.line.key, []).append(comment)
    return found


def difference_from(former: PlanVersion, version: PlanVersion) -> Difference:
    return difference(lines_of(former), lines_of(version))


def invitable(user: Any, programme: Programme) -> QuerySet[Organisation]:
    """Organisations of the programme that the user may invite and nobody has invited yet, in tree order."""
    invited = Plan.objects.filter(programme=programme).values("organisation")
    below = Organisation.objects.within(programme.organisation).exclude(pk__in=invited).filter(is_group=False)
    return below.filter(decided_by(user, programme)).order_by("path", "pk")


def countersigners_for(version: PlanVersion) -> QuerySet[Organisation]:
    """Organisations of the same tree in which somebody can countersign and that were not asked yet."""
    root = version.plan.organisation.path.split("/")[0]
    able = RoleAssignment.objects.current().filter(
        role__in=TABLE[Action.COUNTERSIGN_PLAN], user__is_active=True, organisation=OuterRef("pk")
    )
    organisations = Organisation.objects.filter(Exists(able), path__startswith=f"{root}/")
    asked = version.countersignatures.values("organisation")
    return organisations.exclude(pk=version.plan.organisation_id).exclude(pk__in=asked).order_by("path", "pk")


@dataclass(frozen=True)
class Waiting:
    """One plan that waits for somebody. `act` is file, revise, countersign, decide or publish.

    `due_on` is the last day for filing or countersigning it; whoever decides or publishes has until the first session.
    """

    plan: Plan
    act: str
    due_on: datetime.date | None
    countersignature: Countersignature | None = None


def waiting_for(user: User) -> list[Waiting]:
    """What waits for this person and not for somebody nearer to it in the tree: what is due first first, what has no
    day last, and what is due on one day by organisation.
    """
    found = [
        *(Waiting(plan, "revise" if plan.latest_number > 1 else "file", plan.due_on) for plan in drafts_waiting(user)),
        *(Waiting(asked.version.plan, "countersign", asked.due_on, asked) for asked in answers_waiting(user)),
        *(
            Waiting(plan, act, local_day(plan.first_at) if plan.first_at else None)
            for act, plan in decisions_waiting(user)
        ),
    ]
    return sorted(found, key=urgency)


def urgency(waiting: Waiting) -> tuple[datetime.date, str, int]:
    return (waiting.due_on or datetime.date.max, waiting.plan.organisation.path, waiting.plan.pk)


def drafts_waiting(user: User) -> list[Any]:
    own = reach(user, Action.FILE_PLAN)
    plans = with_state(Plan.objects.filter(organisation__path__in=own))
    return list(plans.filter(latest_state=State.DRAFT).exclude(programme__state=Programme.State.CLOSED))


def answers_waiting(user: User) -> QuerySet[Countersignature]:
    own = reach(user, Action.COUNTERSIGN_PLAN)
    asked = Countersignature.objects.filter(organisation__path__in=own, is_agreed=None, version__state=State.SUBMITTED)
    return asked.select_related("organisation", "version__plan__organisation", "version__plan__programme")


def decisions_waiting(user: User) -> list[tuple[str, Any]]:
    """Plans whose nearest deciding organisation is one of the user's, or that they invited themselves, each with
    `first_at` as `first_session_of` says.

    Not while an answer is missing.
    """
    own = set(reach(user, Action.APPROVE_PLAN))
    if not own:
        return []
    holders = set(holders_of(Action.APPROVE_PLAN))
    unanswered = Countersignature.objects.filter(
        version__plan=OuterRef("pk"), version__state=State.SUBMITTED, is_agreed=None
    )
    invitation = PlanStep.objects.filter(plan=OuterRef("pk"), kind=PlanStep.Kind.INVITED).order_by("pk")
    plans = with_state(Plan.objects.filter(approvable_by(user))).annotate(
        inviter=Subquery(invitation.values("by")[:1]), first_at=first_session_of("pk")
    )
    ready = plans.filter(latest_state__in=(State.SUBMITTED, State.APPROVED)).exclude(Exists(unanswered))
    return [
        ("publish" if plan.latest_state == State.APPROVED else "decide", plan)
        for plan in ready
        if plan.inviter == user.pk or nearest(plan, holders) in own
    ]


def first_session_of(plan: str) -> Subquery:
    """When the first session of the filed or approved version begins, of those that were to come when it was filed."""
    filed = PlanStep.objects.filter(version=OuterRef("version"), kind=PlanStep.Kind.SUBMITTED).order_by("-at", "-pk")
    lines = PlanLine.objects.filter(version__plan=OuterRef(plan), version__state__in=(State.SUBMITTED, State.APPROVED))
    ahead = lines.filter(starts_at__gt=Subquery(filed.values("at")[:1])).order_by("starts_at", "pk")
    return Subquery(ahead.values("starts_at")[:1])


def nearest(plan: Plan, holders: Set[str]) -> str:
    """The path of the organisation closest above the plan in which somebody decides; its own if it keeps the week."""
    path = plan.organisation.path
    keeps = plan.organisation_id == plan.programme.organisation_id
    return nearest_holder(path if keeps else path_above(path), holders)
