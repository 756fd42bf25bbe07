from typing import Any

from django.http import Http404, HttpRequest
from ninja import Query, Router

from qixue.api.auth import EVERYBODY, TOKEN_IS_OPTIONAL, viewer
from qixue.api.reach import may_see_records
from qixue.api.schemas.figures import EvidenceOut, FigureOut, StatementOut
from qixue.api.schemas.parts import Code, Error, Page, PageQuery
from qixue.api.views.programmes import programme_for
from qixue.core.clock import now
from qixue.figures.queries import Figure, figure_of, figures_of, payload, statement
from qixue.programme.models import Programme

router = Router(auth=EVERYBODY, tags=["figures"], by_alias=True)


def known_figure(programme: Programme, code: str) -> Figure:
    figure = figure_of(programme, code)
    if figure is None:
        raise Http404
    return figure


@router.get(
    "/programmes/{code}/figures",
    response={200: list[StatementOut], 401: Error, 404: Error, 422: Error},
    openapi_extra=TOKEN_IS_OPTIONAL,
)
def list_figures(request: HttpRequest, code: Code) -> list[dict[str, Any]]:
    """All figures of a programme in its order, each with its rule, hedge and period; one alone has its evidence too."""
    programme, at = programme_for(viewer(request), code), now()
    return [statement(figure, at=at) for figure in figures_of(programme)]


@router.get(
    "/programmes/{code}/figures/{figure_code}",
    response={200: FigureOut, 401: Error, 404: Error, 422: Error},
    openapi_extra=TOKEN_IS_OPTIONAL,
)
def get_figure(request: HttpRequest, code: Code, figure_code: Code) -> dict[str, Any]:
    return payload(known_figure(programme_for(viewer(request), code), figure_code), at=now())


@router.get(
    "/programmes/{code}/figures/{figure_code}/evidence",
    response={200: Page[EvidenceOut], 401: Error, 404: Error, 422: Error},
    openapi_extra=TOKEN_IS_OPTIONAL,
)
def list_evidence(request: HttpRequest, code: Code, figure_code: Code, filters: Query[PageQuery]) -> dict[str, Any]:
    """The records behind a figure. They name no person; notes of staff are shown to staff only."""
    programme = programme_for(viewer(request), code)
    rows = known_figure(programme, figure_code).evidence()
    with_notes = may_see_records(viewer(request), programme)
    items = [EvidenceOut.of(row, with_notes=with_notes) for row in rows[filters.span]]
    return {"page": filters.page, "limit": filters.limit, "count": len(rows), "items": items}
