"""Returns for programs of the staff: calls, who has reported, what was sent. Writing stays with the pages."""

from typing import Annotated

from django.db.models import Prefetch
from django.http import Http404, HttpRequest
from ninja import Path, Query, Router
from pydantic import BeforeValidator, Field

from qixue.api.auth import STAFF_ONLY, for_action, staff
from qixue.api.reach import programme_in_reach
from qixue.api.schemas.parts import Code, Error, Id, Page, PageQuery, ascii_number, page_of
from qixue.api.schemas.returns import CoverageOut, ReturnCallOut, ReturnOut, ReturnWithStepsOut
from qixue.core.clock import now
from qixue.people.models import User
from qixue.people.rules import Action, may
from qixue.programme.models import ReturnCall, ReturnField
from qixue.programme.queries.return_calls import calls_for, submissions_for
from qixue.programme.queries.return_coverage import board_of

router = Router(auth=STAFF_ONLY, tags=["returns"])
ERRORS = {401: Error, 404: Error, 422: Error}
READ = for_action(Action.SEE_RETURNS)
Number = Annotated[int, Field(ge=1, le=32767), BeforeValidator(ascii_number)]


def opened_call(user: User, code: str, number: int) -> ReturnCall:
    """Raises Http404 for a call that is a draft, does not exist or is out of reach."""
    programme = programme_in_reach(user, code, Action.SEE_RETURNS)
    calls = calls_for(user).exclude(state=ReturnCall.State.DRAFT)
    call = calls.filter(programme=programme, number=number).first()
    if call is None:
        raise Http404
    return call


@router.get("/programmes/{code}/return-calls", response={200: Page[ReturnCallOut], **ERRORS}, openapi_extra=READ)
def list_calls(request: HttpRequest, code: Code, filters: Query[PageQuery]) -> dict:
    """Calls by or to the organisations in the user's reach, the latest first, with their fields."""
    user = staff(request)
    fields = Prefetch("fields", ReturnField.objects.order_by("position", "pk"))
    calls = (
        calls_for(user).filter(programme=programme_in_reach(user, code, Action.SEE_RETURNS)).prefetch_related(fields)
    )
    return page_of(calls.order_by("-number", "pk"), filters, ReturnCallOut.of)


@router.get(
    "/programmes/{code}/return-calls/{number}/coverage", response={200: CoverageOut, **ERRORS}, openapi_extra=READ
)
def get_coverage(request: HttpRequest, code: Code, number: Path[Number]) -> CoverageOut:
    """Which counties and towns have reported, and who is late by how many days."""
    user = staff(request)
    call = opened_call(user, code, number)
    is_whole = may(user, Action.SEE_RETURNS, call.organisation)
    seen = None if is_whole else submissions_for(user).filter(call=call).values_list("pk", flat=True)
    return CoverageOut.of(board_of(call, at=now(), seen=seen))


@router.get(
    "/programmes/{code}/return-calls/{number}/returns", response={200: Page[ReturnOut], **ERRORS}, openapi_extra=READ
)
def list_returns(request: HttpRequest, code: Code, number: Path[Number], filters: Query[PageQuery]) -> dict:
    """Returns of the organisations in the user's reach in the order of the tree, with what each sent last."""
    user = staff(request)
    found = submissions_for(user).filter(call=opened_call(user, code, number))
    rows = found.prefetch_related("sent_step__values__field").order_by("organisation__path", "pk")
    return page_of(rows, filters, ReturnOut.of)


@router.get("/returns/{return_id}", response={200: ReturnWithStepsOut, **ERRORS}, openapi_extra=READ)
def get_return(request: HttpRequest, return_id: Id) -> ReturnWithStepsOut:
    """One return with every step, each sending with its values as they were sent."""
    found = submissions_for(staff(request)).prefetch_related("sent_step__values__field").filter(pk=return_id).first()
    if found is None:
        raise Http404
    return ReturnWithStepsOut.of(found)
