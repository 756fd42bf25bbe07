"""Who is asked to countersign (会签) a filed plan, and what they answer."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Status

from qixue.api.auth import STAFF_ONLY, for_action, staff
from qixue.api.once import answered_once
from qixue.api.plan_reach import countersignature_for, plan_for, plan_to_decide, version_of
from qixue.api.schemas.keys import Key
from qixue.api.schemas.parts import Id, Page, page_of
from qixue.api.schemas.plan_writing import AnswerIn, AskIn, commented
from qixue.api.schemas.plans import CountersignatureOut, CountersignaturesOut
from qixue.api.views.plans import ERRORS, READ, WRITE_ERRORS, VersionQuery
from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.models import Organisation
from qixue.people.rules import Action
from qixue.programme.models import Countersignature, PlanVersion
from qixue.programme.operations.plan_approval import ask_countersignature, countersign
from qixue.programme.queries.plans import countersigners_for

router = Router(auth=STAFF_ONLY, tags=["plans"])
DECIDE = for_action(Action.APPROVE_PLAN)


def to_be_asked(version: PlanVersion, codes: list[str]) -> list[Organisation]:
    """Those who can countersign, or were asked before. Refused: unknown_organisation."""
    able = countersigners_for(version).filter(code__in=codes)
    asked = Organisation.objects.filter(code__in=codes, countersignatures__version=version)
    found = {organisation.code: organisation for organisation in [*able, *asked]}
    if missing := sorted(set(codes) - set(found)):
        raise Refused("unknown_organisation", _("These organisations cannot countersign this plan:"), lines=missing)
    return list(found.values())


@router.get(
    "/plans/{plan_id}/countersignatures", response={200: Page[CountersignatureOut], **ERRORS}, openapi_extra=READ
)
def list_countersignatures(request: HttpRequest, plan_id: Id, filters: Query[VersionQuery]) -> dict[str, Any]:
    """Who was asked to countersign a version, and what they answered."""
    version = version_of(plan_for(staff(request), plan_id), filters.version)
    asked = version.countersignatures.select_related("organisation", "version").order_by("pk")
    return page_of(asked, filters, CountersignatureOut.of)


@router.post(
    "/plans/{plan_id}/countersignatures", response={201: CountersignaturesOut, **WRITE_ERRORS}, openapi_extra=DECIDE
)
def ask(request: HttpRequest, plan_id: Id, body: AskIn, idempotency_key: Key = None) -> Status[dict[str, object]]:
    """Ask organisations to countersign a filed version, all at the same time."""
    plan, at = plan_to_decide(staff(request), plan_id), now()

    def act() -> CountersignaturesOut:
        version = version_of(plan, body.version)
        organisations = to_be_asked(version, body.organisations)
        asked = ask_countersignature(version, organisations, due_on=body.due_on, by=staff(request), at=at)
        return CountersignaturesOut(items=[CountersignatureOut.of(one) for one in asked])

    return answered_once(request, body, idempotency_key, act)


@router.post(
    "/countersignatures/{countersignature_id}/answers",
    response={201: CountersignatureOut, **WRITE_ERRORS},
    openapi_extra=for_action(Action.COUNTERSIGN_PLAN),
)
def answer(
    request: HttpRequest, countersignature_id: Id, body: AnswerIn, idempotency_key: Key = None
) -> Status[dict[str, object]]:
    """Agree or object, with comments on the sessions concerned."""
    asked, at = countersignature_for(staff(request), countersignature_id), now()

    def act() -> CountersignatureOut:
        answered = countersign(
            asked,
            is_agreed=body.answer == "agree",
            comment=body.comment,
            line_comments=commented(asked.version, body.line_comments),
            by=staff(request),
            at=at,
        )
        return CountersignatureOut.of(
            Countersignature.objects.select_related("organisation", "version").get(pk=answered.pk)
        )

    return answered_once(request, body, idempotency_key, act)
