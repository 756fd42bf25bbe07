"""Plans and what hangs on them, as far as the viewer reaches; the rest looks like it did not exist."""

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from qixue.people.queries import path_filter
from qixue.people.rules import Action, reach
from qixue.programme.models import Countersignature, Plan, PlanDocument, PlanLine, PlanVersion
from qixue.programme.queries.plans import plans_for
from qixue.programme.rules import approvable_by

RELATED = ("programme__organisation", "programme__region", "organisation__region", "organisation__parent")


def plan_or_404(user: Any, pk: int) -> Plan:
    return get_object_or_404(plans_for(user).select_related(*RELATED), pk=pk)


def plan_to_file_or_404(user: Any, pk: int) -> Plan:
    within = path_filter(reach(user, Action.FILE_PLAN), "organisation__path")
    return get_object_or_404(Plan.objects.filter(within).select_related(*RELATED), pk=pk)


def plan_to_decide_or_404(user: Any, pk: int) -> Plan:
    return get_object_or_404(Plan.objects.filter(approvable_by(user)).select_related(*RELATED), pk=pk)


def line_to_edit_or_404(user: Any, pk: int) -> PlanLine:
    within = path_filter(reach(user, Action.FILE_PLAN), "version__plan__organisation__path")
    related = [f"version__plan__{name}" for name in RELATED]
    lines = PlanLine.objects.filter(within).select_related("venue", "room__venue", "brand", "region", *related)
    return get_object_or_404(lines, pk=pk)


def countersignature_or_404(user: Any, pk: int) -> Countersignature:
    within = path_filter(reach(user, Action.COUNTERSIGN_PLAN), "organisation__path")
    related = ("organisation", *(f"version__plan__{name}" for name in RELATED))
    return get_object_or_404(Countersignature.objects.filter(within).select_related(*related), pk=pk)


def document_or_404(user: Any, pk: int) -> PlanDocument:
    reached = PlanDocument.objects.filter(version__plan__in=plans_for(user)).exclude(file="")
    return get_object_or_404(reached, pk=pk)


def latest_version(plan: Plan) -> PlanVersion:
    """The newest version with its plan. Every plan has one from its invitation on."""
    return with_plan(plan, plan.versions.order_by("-number")[0])


def chosen_version(request: HttpRequest, plan: Plan) -> PlanVersion:
    """The version that the form was made from or that the address names, else the newest one."""
    number = request.POST.get("version") or request.GET.get("version", "")
    if not number:
        return latest_version(plan)
    version = plan.versions.filter(number=int(number)).first() if number.isdecimal() and len(number) < 5 else None
    if version is None:
        raise Http404
    return with_plan(plan, version)


def with_plan(plan: Plan, version: PlanVersion) -> PlanVersion:
    version.plan = plan  # loaded with all that its pages show
    return version
