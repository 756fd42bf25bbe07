from django.db.models import Count, F
from django.http import Http404, HttpRequest
from ninja import Query, Router

from qixue.api.auth import EVERYBODY, TOKEN_IS_OPTIONAL
from qixue.api.schemas.parts import Error, Page, PageQuery, RegionCode, page_of
from qixue.api.schemas.records import RegionOut
from qixue.places.models import Region, RegionQuerySet

router = Router(auth=EVERYBODY, tags=["regions"])


class RegionFilters(PageQuery):
    parent: RegionCode | None = None


def regions() -> RegionQuerySet:
    counted = Region.objects.annotate(child_count=Count("children"), parent_code=F("parent__code"))
    return counted.order_by("code", "pk")


@router.get("/regions", response={200: Page[RegionOut], 401: Error, 422: Error}, openapi_extra=TOKEN_IS_OPTIONAL)
def list_regions(request: HttpRequest, filters: Query[RegionFilters]) -> dict:
    """The official tree, one level at a time: the roots, or the regions right below `parent`."""
    return page_of(regions().filter(parent__code=filters.parent), filters, RegionOut.of)


@router.get(
    "/regions/{code}", response={200: RegionOut, 401: Error, 404: Error, 422: Error}, openapi_extra=TOKEN_IS_OPTIONAL
)
def get_region(request: HttpRequest, code: RegionCode) -> RegionOut:
    region = regions().filter(code=code).first()
    if region is None:
        raise Http404
    return RegionOut.of(region)
