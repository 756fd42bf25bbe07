"""The steps of a plan: filed and amended by its organisation, approved or returned and published from above."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Router, Status

from qixue.api.auth import STAFF_ONLY, for_action, staff
from qixue.api.once import answered_once
from qixue.api.plan_reach import plan_to_decide, plan_to_file, version_of, version_read
from qixue.api.schemas.keys import Key
from qixue.api.schemas.parts import Id
from qixue.api.schemas.plan_writing import DecisionIn, IfMatch, OfVersion, PublicationIn, SubmissionIn, commented
from qixue.api.schemas.plans import VersionOut
from qixue.api.views.plans import COMPARE_ERRORS, WRITE_ERRORS, shown
from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.participation.operations.published_plans import publish_plan
from qixue.people.rules import Action
from qixue.programme.operations.plan_approval import approve_plan, return_plan
from qixue.programme.operations.plans import amend_plan, submit_plan

router = Router(auth=STAFF_ONLY, tags=["plans"])
FILE, DECIDE = for_action(Action.FILE_PLAN), for_action(Action.APPROVE_PLAN)


@router.post("/plans/{plan_id}/submissions", response={201: VersionOut, **COMPARE_ERRORS}, openapi_extra=FILE)
def submit(
    request: HttpRequest, plan_id: Id, body: SubmissionIn, idempotency_key: Key = None, if_match: IfMatch = None
) -> Status[dict[str, object]]:
    """File the draft as it was read; it never changes again."""
    plan, at = plan_to_file(staff(request), plan_id), now()

    def act() -> VersionOut:
        version, edit_count = version_read(plan, body, if_match)
        submit_plan(version, note=body.note, edit_count=edit_count, by=staff(request), at=at)
        return shown(version_of(plan))

    return answered_once(request, body, idempotency_key, act)


@router.post("/plans/{plan_id}/amendments", response={201: VersionOut, **WRITE_ERRORS}, openapi_extra=FILE)
def amend(request: HttpRequest, plan_id: Id, body: OfVersion, idempotency_key: Key = None) -> Status[dict[str, object]]:
    """Begin a new version of the plan in force, with the same sessions."""
    plan, at = plan_to_file(staff(request), plan_id), now()

    def act() -> VersionOut:
        amend_plan(version_of(plan, body.version), by=staff(request), at=at)
        return shown(version_of(plan))

    return answered_once(request, body, idempotency_key, act)


@router.post("/plans/{plan_id}/decisions", response={201: VersionOut, **WRITE_ERRORS}, openapi_extra=DECIDE)
def decide(
    request: HttpRequest, plan_id: Id, body: DecisionIn, idempotency_key: Key = None
) -> Status[dict[str, object]]:
    """Approve a filed version, or return it with what has to change; a new draft with the same sessions opens then.

    Comments on single sessions go with a return. An approval of sessions that clash with others is answered with 409,
    sessions_clash, until `confirmed` is true and the comment says why. The answer is the version that was decided on.
    """
    plan, at = plan_to_decide(staff(request), plan_id), now()

    def act() -> VersionOut:
        version = version_of(plan, body.version)
        comments = commented(version, body.line_comments)
        if body.decision == "approve" and comments:
            raise Refused(
                "comments_with_approval", _("Comments on single sessions go with a return; please choose again.")
            )
        if body.decision == "approve":
            approve_plan(version, comment=body.comment, confirmed=body.confirmed, by=staff(request), at=at)
        else:
            return_plan(version, comment=body.comment, line_comments=comments, by=staff(request), at=at)
        return shown(version_of(plan, body.version))

    return answered_once(request, body, idempotency_key, act)


@router.post("/plans/{plan_id}/publications", response={201: VersionOut, **WRITE_ERRORS}, openapi_extra=DECIDE)
def publish(
    request: HttpRequest, plan_id: Id, body: PublicationIn, idempotency_key: Key = None
) -> Status[dict[str, object]]:
    """Make the activities of an approved version public and book its rooms, whole or not at all.

    Whoever is signed up for a session that it moves or calls off is told. Where it calls sessions off it is answered
    with 422, reason_missing, naming them and how many people that are, until `reason` says why. Where people are
    checked in already at what it calls off, or moves to a start more than two hours from now, it is answered with 409,
    people_are_in, until `confirmed` is true: that is taken back.
    """
    plan, at = plan_to_decide(staff(request), plan_id), now()

    def act() -> VersionOut:
        version, by = version_of(plan, body.version), staff(request)
        publish_plan(version, reason=body.reason, confirmed=body.confirmed, by=by, at=at)
        return shown(version_of(plan, body.version))

    return answered_once(request, body, idempotency_key, act)
