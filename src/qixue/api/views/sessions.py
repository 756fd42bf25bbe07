from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router

from qixue.api.auth import EVERYBODY, TOKEN_IS_OPTIONAL, viewer
from qixue.api.reach import visible_sessions
from qixue.api.schemas.parts import Code, Day, Error, Id, Page, PageQuery, RegionCode, Words, choice, page_of
from qixue.api.schemas.records import SessionOut
from qixue.api.views.programmes import programme_for
from qixue.core.clock import day_bounds
from qixue.core.refusal import Refused
from qixue.places.models import Region
from qixue.programme.models import Activity, Brand
from qixue.programme.queries import region_condition
from qixue.programme.queries.listings import has_seat, words_condition

router = Router(auth=EVERYBODY, tags=["sessions"])


class SessionFilters(PageQuery):
    """`day` is a day in Shanghai; `county` is any region, everything below it included.

    `q` is looked for like on the site: in the names of activity, topic, speaker, organisation, brand and place, in
    characters, pinyin or initials, every word of it. `seats=left` are sessions at which the next person gets a seat.
    """

    county: RegionCode | None = None
    day: Day | None = None
    kind: Annotated[Activity.Kind, choice(Activity.Kind)] | None = None
    brand: Code | None = None
    audience: Annotated[Activity.Audience, choice(Activity.Audience)] | None = None
    seats: Literal["left"] | None = None
    online: bool | None = None
    step_free: bool | None = None
    q: Words | None = None


def matching(filters: SessionFilters) -> Q:
    """Refused: unknown_region, unknown_brand. A misspelt code must not look like a place where nothing is on."""
    condition = Q()
    if filters.county:
        check_known(Region, filters.county, "unknown_region", _("There is no region with the code %(code)s."))
        condition &= region_condition(filters.county, "")
    if filters.brand:
        check_known(Brand, filters.brand, "unknown_brand", _("There is no brand with the code %(code)s."))
        condition &= Q(activity__brand__code=filters.brand)
    if filters.day:
        start, end = day_bounds(filters.day, filters.day)
        condition &= Q(starts_at__gte=start, starts_at__lt=end)
    if filters.kind:
        condition &= Q(activity__kind=filters.kind)
    return condition & matching_people(filters) & (words_condition(filters.q) if filters.q else Q())


def matching_people(filters: SessionFilters) -> Q:
    """For whom a session is, and how they get in."""
    condition = Q()
    if filters.audience:
        condition &= Q(activity__audience=filters.audience)
    if filters.seats:
        condition &= has_seat()
    if filters.online is not None:
        condition &= Q(is_online=filters.online)
    if filters.step_free is not None:
        condition &= Q(listing__is_step_free=filters.step_free)
    return condition


def check_known(model: Any, code: str, refusal: str, sentence: Any) -> None:
    if not model.objects.filter(code=code).exists():
        raise Refused(refusal, sentence, code=code)


@router.get(
    "/programmes/{code}/sessions",
    response={200: Page[SessionOut], 401: Error, 404: Error, 422: Error},
    openapi_extra=TOKEN_IS_OPTIONAL,
)
def list_sessions(request: HttpRequest, code: Code, filters: Query[SessionFilters]) -> dict:
    """Sessions by their start, with the seats left; with a token also those of drafts in the reach of its user."""
    programme = programme_for(viewer(request), code)
    rows = visible_sessions(viewer(request)).filter(matching(filters), activity__programme=programme)
    return page_of(rows, filters, SessionOut.of)


@router.get(
    "/sessions/{session_id}",
    response={200: SessionOut, 401: Error, 404: Error, 422: Error},
    openapi_extra=TOKEN_IS_OPTIONAL,
)
def get_session(request: HttpRequest, session_id: Id) -> SessionOut:
    session = visible_sessions(viewer(request)).filter(pk=session_id).first()
    if session is None:
        raise Http404
    return SessionOut.of(session)
