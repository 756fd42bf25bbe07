from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest
from ninja import Query, Router

from qixue.api.auth import EVERYBODY, TOKEN_IS_OPTIONAL
from qixue.api.schemas.parts import Code, Error, Page, PageQuery, page_of
from qixue.api.schemas.records import BrandOut
from qixue.programme.models import Brand, Series

router = Router(auth=EVERYBODY, tags=["brands"])


def brands() -> QuerySet[Brand]:
    series = Prefetch("series", Series.objects.order_by("position", "pk"))
    return Brand.objects.select_related("region").prefetch_related(series).order_by("code", "pk")


@router.get("/brands", response={200: Page[BrandOut], 401: Error, 422: Error}, openapi_extra=TOKEN_IS_OPTIONAL)
def list_brands(request: HttpRequest, filters: Query[PageQuery]) -> dict:
    """Lasting names under which activities run over the years."""
    return page_of(brands(), filters, BrandOut.of)


@router.get(
    "/brands/{code}", response={200: BrandOut, 401: Error, 404: Error, 422: Error}, openapi_extra=TOKEN_IS_OPTIONAL
)
def get_brand(request: HttpRequest, code: Code) -> BrandOut:
    brand = brands().filter(code=code).first()
    if brand is None:
        raise Http404
    return BrandOut.of(brand)
