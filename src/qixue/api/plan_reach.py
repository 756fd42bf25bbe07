"""Plans as far as a user reaches them. What they may not see is missing; what they may only see is refused with 403."""

from django.http import Http404

from qixue.api.errors import NotAllowed
from qixue.api.schemas.plan_writing import Read
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.programme.models import Countersignature, Plan, PlanVersion
from qixue.programme.operations.activities import ALREADY_CHANGED
from qixue.programme.queries.plans import plans_for, with_state
from qixue.programme.rules import may_approve_plan, may_countersign, may_file_plan

RELATED = ("programme__organisation", "programme__region", "organisation__region", "organisation__parent")


def plan_for(user: User, plan_id: int) -> Plan:
    plan: Plan | None = with_state(plans_for(user)).select_related(*RELATED).filter(pk=plan_id).first()
    if plan is None:
        raise Http404
    return plan


def plan_to_file(user: User, plan_id: int) -> Plan:
    plan = plan_for(user, plan_id)
    if not may_file_plan(user, plan):
        raise NotAllowed
    return plan


def plan_to_decide(user: User, plan_id: int) -> Plan:
    plan = plan_for(user, plan_id)
    if not may_approve_plan(user, plan):
        raise NotAllowed
    return plan


def countersignature_for(user: User, countersignature_id: int) -> Countersignature:
    """The one to answer."""
    asked = Countersignature.objects.select_related("organisation", "version").filter(pk=countersignature_id).first()
    if asked is None:
        raise Http404
    asked.version.plan = plan_for(user, asked.version.plan_id)
    if not may_countersign(user, asked):
        raise NotAllowed
    return asked


def version_of(plan: Plan, number: int | None = None) -> PlanVersion:
    """The version with the number, by default the newest, with its plan."""
    versions = plan.versions.order_by("-number")
    version = versions.first() if number is None else versions.filter(number=number).first()
    if version is None:
        raise Http404
    version.plan = plan
    return version


def version_read(plan: Plan, read: Read, if_match: str | None) -> tuple[PlanVersion, int]:
    """The newest version and the number of edits that the sender has seen of it.

    Refused: version_missing, changed_meanwhile where another version is the newest by now.
    """
    number, edit_count = read.stated(if_match)
    version = version_of(plan)
    if version.number != number:
        raise Refused("changed_meanwhile", ALREADY_CHANGED)
    return version, edit_count
