"""Who may take the steps of planning, beyond the table of roles: nobody approves what their own office planned."""

from typing import Any

from django.db.models import F, Q

from qixue.people.models import Organisation
from qixue.people.rules import Action, may, reach
from qixue.programme.models import Countersignature, Plan, Programme


def may_approve_plan(user: Any, plan: Plan) -> bool:
    return may_approve_for(user, plan.organisation, plan.programme)


def may_approve_for(user: Any, organisation: Organisation, programme: Programme) -> bool:
    """From an organisation above; the one that keeps the programme has nobody above it here and approves its own."""
    keeps = organisation.pk == programme.organisation_id
    paths = reach(user, Action.APPROVE_PLAN)
    return any(organisation.path.startswith(path) and (keeps or organisation.path != path) for path in paths)


def approvable_by(user: Any) -> Q:
    """The same rule as a condition on plans."""
    condition = Q(pk__in=[])
    for path in reach(user, Action.APPROVE_PLAN):
        below = ~Q(organisation__path=path) | Q(programme__organisation=F("organisation"))
        condition |= Q(organisation__path__startswith=path) & below
    return condition


def may_see_plans_of(user: Any, programme: Programme) -> bool:
    """Whether plans of the programme can be in reach at all: from above its tree, or from a part of it."""
    top = programme.organisation.path
    return any(top.startswith(path) or path.startswith(top) for path in reach(user, Action.SEE_PLANS))


def may_file_plan(user: Any, plan: Plan) -> bool:
    return may(user, Action.FILE_PLAN, plan.organisation)


def may_countersign(user: Any, countersignature: Countersignature) -> bool:
    return may(user, Action.COUNTERSIGN_PLAN, countersignature.organisation)
