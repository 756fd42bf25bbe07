from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Query, Router

from qixue.api.auth import EVERYBODY, TOKEN_IS_OPTIONAL, viewer
from qixue.api.reach import may_see_records
from qixue.api.schemas.figures import EvidenceOut, FigureOut, StatementOut
from qixue.api.schemas.parts import Code, Error, Page, PageQuery
from qixue.api.views.programmes import programme_for
from qixue.core.clock import now
from qixue.core.figures import EvidenceRow
from qixue.figures.for_everybody import public_figure_of, public_figures_of, public_records
from qixue.figures.queries import Figure, figure_of, figures_of, payload, statement
from qixue.programme.models import Programme

router = Router(auth=EVERYBODY, tags=["figures"], by_alias=True)


def known_figure(programme: Programme, code: str, *, is_staff: bool) -> Figure:
    figure = figure_of(programme, code) if is_staff else public_figure_of(programme, code)
    if figure is None:
        raise Http404
    return figure


def records_of(figure: Figure, *, is_staff: bool) -> Sequence[EvidenceRow]:
    rows = figure.evidence()
    return rows if is_staff else public_records(figure, rows)


@router.get(
    "/programmes/{code}/figures",
    response={200: list[StatementOut], 401: Error, 404: Error, 422: Error},
    openapi_extra=TOKEN_IS_OPTIONAL,
)
def list_figures(request: HttpRequest, code: Code) -> list[dict[str, Any]]:
    """All figures of a programme in its order, each with its rule, hedge and period; one alone has its evidence too."""
    programme, at = programme_for(viewer(request), code), now()
    is_staff = may_see_records(viewer(request), programme)
    return [statement(figure, at=at) for figure in (figures_of if is_staff else public_figures_of)(programme)]


@router.get(
    "/programmes/{code}/figures/{figure_code}",
    response={200: FigureOut, 401: Error, 404: Error, 422: Error},
    openapi_extra=TOKEN_IS_OPTIONAL,
)
def get_figure(request: HttpRequest, code: Code, figure_code: Code) -> dict[str, Any]:
    programme = programme_for(viewer(request), code)
    is_staff = may_see_records(viewer(request), programme)
    figure = known_figure(programme, figure_code, is_staff=is_staff)
    return payload(figure, at=now(), rows=records_of(figure, is_staff=is_staff))


@router.get(
    "/programmes/{code}/figures/{figure_code}/evidence",
    response={200: Page[EvidenceOut], 401: Error, 404: Error, 422: Error},
    openapi_extra=TOKEN_IS_OPTIONAL,
)
def list_evidence(request: HttpRequest, code: Code, figure_code: Code, filters: Query[PageQuery]) -> dict[str, Any]:
    """The records behind a figure. They name no person; notes of staff, and small numbers, are for staff only."""
    programme = programme_for(viewer(request), code)
    is_staff = may_see_records(viewer(request), programme)
    rows = records_of(known_figure(programme, figure_code, is_staff=is_staff), is_staff=is_staff)
    items = [EvidenceOut.of(row, with_notes=is_staff) for row in rows[filters.span]]
    return {"page": filters.page, "limit": filters.limit, "count": len(rows), "items": items}
