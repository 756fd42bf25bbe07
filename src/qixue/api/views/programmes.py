from django.http import Http404, HttpRequest
from ninja import Query, Router

from qixue.api.auth import EVERYBODY, TOKEN_IS_OPTIONAL, viewer
from qixue.api.reach import visible_programmes
from qixue.api.schemas.parts import Code, Error, Page, PageQuery, page_of
from qixue.api.schemas.programmes import ProgrammeDetailOut
from qixue.api.schemas.records import ProgrammeOut
from qixue.people.models import User
from qixue.programme.models import Programme

router = Router(auth=EVERYBODY, tags=["programmes"])


def programme_for(user: User | None, code: str) -> Programme:
    """Raises Http404 for a programme that does not exist or that the viewer may not see."""
    programme = visible_programmes(user).filter(code=code).first()
    if programme is None:
        raise Http404
    return programme


@router.get(
    "/programmes",
    response={200: Page[ProgrammeOut], 401: Error, 422: Error},
    openapi_extra=TOKEN_IS_OPTIONAL,
)
def list_programmes(request: HttpRequest, filters: Query[PageQuery]) -> dict:
    """Published programmes, latest year first; with a token also the drafts in the reach of its user."""
    return page_of(visible_programmes(viewer(request)), filters, ProgrammeOut.of)


@router.get(
    "/programmes/{code}",
    response={200: ProgrammeDetailOut, 401: Error, 404: Error, 422: Error},
    openapi_extra=TOKEN_IS_OPTIONAL,
)
def get_programme(request: HttpRequest, code: Code) -> ProgrammeDetailOut:
    """One programme with its legal bases, the roles in it and in its ceremonies, its leading group and its tasks."""
    return ProgrammeDetailOut.of(programme_for(viewer(request), code))
