from django.http import HttpRequest
from ninja import Query, Router

from qixue.api.auth import EVERYBODY, TOKEN_IS_OPTIONAL, viewer
from qixue.api.schemas.parts import Code, Error, Page, PageQuery, page_of
from qixue.api.schemas.recognitions import NominationOut
from qixue.api.views.programmes import programme_for
from qixue.programme.queries.recognitions import public_nominations

router = Router(auth=EVERYBODY, tags=["recognitions"])


@router.get(
    "/programmes/{code}/recognitions",
    response={200: Page[NominationOut], 401: Error, 404: Error, 422: Error},
    openapi_extra=TOKEN_IS_OPTIONAL,
)
def list_recognitions(request: HttpRequest, code: Code, filters: Query[PageQuery]) -> dict:
    """Candidates on public notice and results, as the public pages show them; a token shows no more."""
    programme = programme_for(viewer(request), code)
    return page_of(public_nominations(programme), filters, NominationOut.of)
