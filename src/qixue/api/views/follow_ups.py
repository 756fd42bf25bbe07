"""The coordination board for programs: items of the viewer's part of the tree, and the acts on them."""

from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Query, Router

from qixue.api.auth import STAFF_ONLY, for_action, staff
from qixue.api.errors import NotAllowed
from qixue.api.reach import programme_in_reach
from qixue.api.schemas.follow_ups import (
    ClosingIn,
    FollowUpOut,
    FollowUpStepOut,
    FollowUpWithStepsOut,
    ReportIn,
    SendingBackIn,
    StepIn,
)
from qixue.api.schemas.parts import Code, Error, Id, Page, PageQuery, choice, page_of
from qixue.core.clock import local_day, now
from qixue.people.models import User
from qixue.people.rules import Action
from qixue.programme.models import FollowUp
from qixue.programme.operations.follow_up_decisions import close_follow_up, send_back_follow_up
from qixue.programme.operations.follow_ups import acknowledge_follow_up, report_follow_up
from qixue.programme.queries.follow_ups import RELATED, Narrowing, by_deadline, follow_ups_for, steps_of
from qixue.programme.rules import may_answer_follow_up, may_decide_follow_up

router = Router(auth=STAFF_ONLY, tags=["follow-ups"])
READING = {401: Error, 404: Error, 422: Error}
SEEING = for_action(Action.SEE_FOLLOW_UPS)
WRITING = {400: Error, 401: Error, 403: Error, 404: Error, 409: Error, 413: Error, 422: Error}
ANSWERING, DECIDING = for_action(Action.ANSWER_FOLLOW_UP), for_action(Action.ASSIGN_FOLLOW_UP)


class FollowUpFilters(PageQuery):
    """`owner` and `assigner` are codes of organisations."""

    state: Annotated[FollowUp.State, choice(FollowUp.State)] | None = None
    owner: Code | None = None
    assigner: Code | None = None
    overdue: bool = False


def follow_up_for(user: User, follow_up_id: int) -> FollowUp:
    """Raises Http404 out of reach."""
    item = follow_ups_for(user).select_related(*RELATED).filter(pk=follow_up_id).first()
    if item is None:
        raise Http404
    return item


def for_its_owner(user: User, follow_up_id: int) -> FollowUp:
    """Raises Http404 out of reach, NotAllowed where only the role is missing."""
    item = follow_up_for(user, follow_up_id)
    if not may_answer_follow_up(user, item):
        raise NotAllowed
    return item


def for_its_assigner(user: User, follow_up_id: int) -> FollowUp:
    """Raises Http404 out of reach, NotAllowed for everybody but coordinators of the assigner."""
    item = follow_up_for(user, follow_up_id)
    if not may_decide_follow_up(user, item):
        raise NotAllowed
    return item


def with_steps(user: User, item: FollowUp) -> FollowUpWithStepsOut:
    item = follow_up_for(user, item.pk)
    steps = [FollowUpStepOut.of(step) for step in steps_of(item)]
    return FollowUpWithStepsOut(**FollowUpOut.of(item, local_day(now())).model_dump(), steps=steps)


@router.get(
    "/programmes/{code}/follow-ups",
    response={200: Page[FollowUpOut], **READING},
    openapi_extra=for_action(Action.SEE_FOLLOW_UPS),
)
def list_follow_ups(request: HttpRequest, code: Code, filters: Query[FollowUpFilters]) -> dict:
    """Items of the viewer's part of the tree, by deadline."""
    user, today = staff(request), local_day(now())
    rows = follow_ups_for(user).filter(programme=programme_in_reach(user, code, Action.SEE_FOLLOW_UPS))
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.owner:
        rows = rows.filter(owner__code=filters.owner)
    if filters.assigner:
        rows = rows.filter(assigner__code=filters.assigner)
    rows = rows.filter(Narrowing(is_overdue=filters.overdue).condition(user, today))
    return page_of(by_deadline(rows), filters, lambda item: FollowUpOut.of(item, today))


@router.get(
    "/follow-ups/{follow_up_id}",
    response={200: FollowUpWithStepsOut, **READING},
    openapi_extra=for_action(Action.SEE_FOLLOW_UPS),
)
def get_follow_up(request: HttpRequest, follow_up_id: Id) -> FollowUpWithStepsOut:
    """One item with its steps, oldest first."""
    user = staff(request)
    return with_steps(user, follow_up_for(user, follow_up_id))


@router.post(
    "/follow-ups/{follow_up_id}/acknowledgement",
    response={200: FollowUpWithStepsOut, **WRITING},
    openapi_extra=ANSWERING,
)
def acknowledge(request: HttpRequest, follow_up_id: Id, body: StepIn) -> FollowUpWithStepsOut:
    """Say that the item has arrived. Sent again with the same version it answers the same."""
    user = staff(request)
    item = for_its_owner(user, follow_up_id)
    return with_steps(user, acknowledge_follow_up(item, edit_count=body.version, by=user, at=now()))


@router.post(
    "/follow-ups/{follow_up_id}/report", response={200: FollowUpWithStepsOut, **WRITING}, openapi_extra=ANSWERING
)
def report(request: HttpRequest, follow_up_id: Id, body: ReportIn) -> FollowUpWithStepsOut:
    """Report the item done. Sent again with the same version it answers the same."""
    user = staff(request)
    item = for_its_owner(user, follow_up_id)
    return with_steps(user, report_follow_up(item, note=body.note, edit_count=body.version, by=user, at=now()))


@router.post(
    "/follow-ups/{follow_up_id}/closing", response={200: FollowUpWithStepsOut, **WRITING}, openapi_extra=DECIDING
)
def close(request: HttpRequest, follow_up_id: Id, body: ClosingIn) -> FollowUpWithStepsOut:
    """Accept what was reported. Sent again with the same version it answers the same."""
    user = staff(request)
    item = for_its_assigner(user, follow_up_id)
    return with_steps(user, close_follow_up(item, note=body.note, edit_count=body.version, by=user, at=now()))


@router.post(
    "/follow-ups/{follow_up_id}/sending-back", response={200: FollowUpWithStepsOut, **WRITING}, openapi_extra=DECIDING
)
def send_back(request: HttpRequest, follow_up_id: Id, body: SendingBackIn) -> FollowUpWithStepsOut:
    """Send back what was reported, with the reason. Sent again with the same version it answers the same."""
    user = staff(request)
    item = for_its_assigner(user, follow_up_id)
    return with_steps(user, send_back_follow_up(item, reason=body.reason, edit_count=body.version, by=user, at=now()))
