"""The lines of a plan: reading them, and writing those of a draft; no editor overwrites another one unseen."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Status

from qixue.api.auth import STAFF_ONLY, for_action, staff
from qixue.api.once import answered_once
from qixue.api.plan_reach import plan_for, plan_to_file, version_of, version_read
from qixue.api.schemas.keys import Key, key_of
from qixue.api.schemas.parts import Id, page_of
from qixue.api.schemas.plan_writing import (
    IfMatch,
    LineChangeIn,
    LineIn,
    LinesIn,
    Read,
    details_of,
)
from qixue.api.schemas.plans import LineOut, LinesOut, VersionOut
from qixue.api.views.plans import COMPARE_ERRORS, ERRORS, READ, WRITE_ERRORS, VersionQuery, etag, shown
from qixue.core.clock import now
from qixue.people.rules import Action
from qixue.programme.models import Plan, PlanLine, PlanVersion
from qixue.programme.operations.plan_lines import add_line, edit_line, remove_line, replace_lines
from qixue.programme.queries.plans import comments_for, lines_of

router = Router(auth=STAFF_ONLY, tags=["plans"])
FILE = for_action(Action.FILE_PLAN)


def line_of(version: PlanVersion, key: uuid.UUID) -> PlanLine:
    line = lines_of(version).filter(key=key).first()
    if line is None:
        raise Http404
    line.version = version
    return line


@router.get("/plans/{plan_id}/lines", response={200: LinesOut, **ERRORS}, openapi_extra=READ)
def list_lines(
    request: HttpRequest, response: HttpResponse, plan_id: Id, filters: Query[VersionQuery]
) -> dict[str, Any]:
    """The planned sessions of a version with what was said on each; on a draft also what was said on it before."""
    version = version_of(plan_for(staff(request), plan_id), filters.version)
    comments = comments_for(version)
    response["ETag"] = etag(version)
    page = page_of(lines_of(version), filters, lambda line: LineOut.of(line, comments.get(line.key)))
    return {**page, "version": version.number, "edit_count": version.edit_count}


@router.post("/plans/{plan_id}/lines", response={201: LineOut, **WRITE_ERRORS}, openapi_extra=FILE)
def create_line(
    request: HttpRequest, plan_id: Id, body: LineIn, idempotency_key: Key = None
) -> Status[dict[str, object]]:
    """Add a session at the end of the draft. The key of the request becomes the key of the line."""
    plan, at = plan_to_file(staff(request), plan_id), now()

    def act() -> LineOut:
        [details] = details_of([body], plan.programme)
        key = key_of(body, idempotency_key)
        line = add_line(version_of(plan), details=details, key=key, by=staff(request), at=at)
        return LineOut.of(line)

    return answered_once(request, body, idempotency_key, act)


@router.put("/plans/{plan_id}/lines", response={200: VersionOut, **COMPARE_ERRORS}, openapi_extra=FILE)
def replace_all_lines(
    request: HttpRequest, response: HttpResponse, plan_id: Id, body: LinesIn, if_match: IfMatch = None
) -> VersionOut:
    """Write all sessions of the draft at once, whole or not at all."""
    plan = plan_to_file(staff(request), plan_id)
    version, edit_count = version_read(plan, body, if_match)
    details = details_of(body.lines, plan.programme)
    replace_lines(version, details=details, edit_count=edit_count, by=staff(request), at=now())
    return answer_with(response, plan)


@router.put("/plans/{plan_id}/lines/{key}", response={200: LineOut, **COMPARE_ERRORS}, openapi_extra=FILE)
def change_line(
    request: HttpRequest,
    response: HttpResponse,
    plan_id: Id,
    key: uuid.UUID,
    body: LineChangeIn,
    if_match: IfMatch = None,
) -> LineOut:
    """Write one session of the draft as it shall be. `edit_count` is that of the line, not of the version."""
    plan = plan_to_file(staff(request), plan_id)
    line = line_of(version_of(plan), key)
    _version, edit_count = version_read(plan, body, if_match)
    [details] = details_of([body], plan.programme)
    changed = edit_line(line, details=details, edit_count=edit_count, by=staff(request), at=now())
    response["ETag"] = f'"{changed.version.number}-{changed.edit_count}"'
    return LineOut.of(changed)


@router.delete("/plans/{plan_id}/lines/{key}", response={200: VersionOut, **COMPARE_ERRORS}, openapi_extra=FILE)
def delete_line(
    request: HttpRequest, response: HttpResponse, plan_id: Id, key: uuid.UUID, if_match: IfMatch = None
) -> VersionOut:
    """Take a session out of the draft. If-Match names the version and the line's `edit_count` as they were read."""
    plan = plan_to_file(staff(request), plan_id)
    line = line_of(version_of(plan), key)
    _version, edit_count = version_read(plan, Read(), if_match)
    remove_line(line, edit_count=edit_count, by=staff(request), at=now())
    return answer_with(response, plan)


def answer_with(response: HttpResponse, plan: Plan) -> VersionOut:
    """The newest version as it is now."""
    version = version_of(plan)
    response["ETag"] = etag(version)
    return shown(version)
