"""Reading plans: those of a programme, one of them with a version of it, and what hangs on it."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router
from pydantic import BeforeValidator, Field

from qixue.api.auth import STAFF_ONLY, for_action, staff
from qixue.api.plan_reach import plan_for, version_of
from qixue.api.reach import programme_in_reach
from qixue.api.schemas.parts import Code, Error, Id, Page, PageQuery, ascii_number, page_of
from qixue.api.schemas.plans import (
    ConflictOut,
    DifferenceOut,
    PlanDetailOut,
    PlanOut,
    State,
    StepOut,
    VersionOut,
)
from qixue.core.refusal import Refused
from qixue.people.models import Organisation
from qixue.people.rules import Action, reach
from qixue.programme.models import PlanVersion
from qixue.programme.plan_difference import difference
from qixue.programme.queries.conflicts import conflicts_of_version
from qixue.programme.queries.plans import (
    difference_from,
    in_tree_order,
    lines_of,
    plans_for,
    sums_of,
    with_state,
)

router = Router(auth=STAFF_ONLY, tags=["plans"])
ERRORS = {401: Error, 403: Error, 404: Error, 422: Error}
WRITE_ERRORS = {**ERRORS, 400: Error, 409: Error, 413: Error}
COMPARE_ERRORS = {**WRITE_ERRORS, 412: Error}  # of writes that say which version they have read
READ = for_action(Action.SEE_PLANS)
VersionNumber = Annotated[int, Field(ge=1, le=32767), BeforeValidator(ascii_number)]


class PlanFilters(PageQuery):
    """`state` is that of the newest version; `organisation` is one with everything below it."""

    state: State | None = None
    organisation: Code | None = None


class VersionQuery(PageQuery):
    """`version` is a number; without one it is the newest version."""

    version: VersionNumber | None = None


def etag(version: PlanVersion) -> str:
    return f'"{version.number}-{version.edit_count}"'


def shown(version: PlanVersion) -> VersionOut:
    return VersionOut.of(version, version.lines.count(), sums_of(version))


@router.get("/programmes/{code}/plans", response={200: Page[PlanOut], **ERRORS}, openapi_extra=READ)
def list_plans(request: HttpRequest, code: Code, filters: Query[PlanFilters]) -> dict[str, Any]:
    """Plans in the reach of the token's user, in the order of the tree. Refused: unknown_organisation."""
    programme = programme_in_reach(staff(request), code, Action.SEE_PLANS)
    rows = with_state(plans_for(staff(request)).filter(programme=programme))
    if filters.organisation:
        organisation = Organisation.objects.filter(code=filters.organisation).first()
        if organisation is None:
            sentence = _("There is no organisation with the code %(code)s.")
            raise Refused("unknown_organisation", sentence, code=filters.organisation)
        rows = rows.filter(organisation__path__startswith=organisation.path)
    if filters.state:
        rows = rows.filter(latest_state=filters.state)
    return page_of(in_tree_order(rows), filters, PlanOut.of)


@router.get("/plans/{plan_id}", response={200: PlanDetailOut, **ERRORS}, openapi_extra=READ)
def get_plan(
    request: HttpRequest,
    response: HttpResponse,
    plan_id: Id,
    version: Annotated[VersionNumber | None, Query()] = None,
) -> PlanDetailOut:
    """A plan with its newest version, or with the one that `version` names. The ETag is that of the version."""
    plan = plan_for(staff(request), plan_id)
    found = version_of(plan, version)
    response["ETag"] = etag(found)
    return PlanDetailOut.showing(plan, shown(found))


@router.get("/plans/{plan_id}/steps", response={200: Page[StepOut], **ERRORS}, openapi_extra=READ)
def list_steps(request: HttpRequest, plan_id: Id, filters: Query[PageQuery]) -> dict[str, Any]:
    """Who did what when, from the invitation on, oldest first."""
    steps = plan_for(staff(request), plan_id).steps.select_related("version", "organisation", "by")
    return page_of(steps.order_by("at", "pk"), filters, StepOut.of)


@router.get("/plans/{plan_id}/conflicts", response={200: Page[ConflictOut], **ERRORS}, openapi_extra=READ)
def list_conflicts(request: HttpRequest, plan_id: Id, filters: Query[PageQuery]) -> dict[str, Any]:
    """What is in the way of the newest version, as long as it is under way; of others only time and place are named."""
    version = version_of(plan_for(staff(request), plan_id))
    is_open = version.state in PlanVersion.OPEN_STATES
    found = conflicts_of_version(version, reach(staff(request), Action.SEE_PLANS)) if is_open else []
    items = [ConflictOut.of(conflict) for conflict in found[filters.span]]
    return {"page": filters.page, "limit": filters.limit, "count": len(found), "items": items}


@router.get("/plans/{plan_id}/difference", response={200: DifferenceOut, **ERRORS}, openapi_extra=READ)
def get_difference(
    request: HttpRequest, plan_id: Id, version: Annotated[VersionNumber | None, Query()] = None
) -> DifferenceOut:
    """What a version changes against the one before it; of the first version every line is new."""
    plan = plan_for(staff(request), plan_id)
    present = version_of(plan, version)
    former = plan.versions.filter(number=present.number - 1).first()
    found = difference_from(former, present) if former else difference([], lines_of(present))
    return DifferenceOut.of(present.number, former.number if former else None, found)
