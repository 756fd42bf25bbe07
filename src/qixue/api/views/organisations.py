from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Query, Router

from qixue.api.auth import EVERYBODY, TOKEN_IS_OPTIONAL
from qixue.api.schemas.parts import Code, Error, Page, PageQuery, RegionCode, Words, choice, page_of
from qixue.api.schemas.records import OrganisationOut
from qixue.people.models import Organisation, OrganisationQuerySet

router = Router(auth=EVERYBODY, tags=["organisations"])


class OrganisationFilters(PageQuery):
    parent: Code | None = None
    region: RegionCode | None = None
    kind: Annotated[Organisation.Kind, choice(Organisation.Kind)] | None = None
    q: Words | None = None


def organisations() -> OrganisationQuerySet:
    return Organisation.objects.select_related("region", "parent").order_by("path", "pk")


@router.get(
    "/organisations",
    response={200: Page[OrganisationOut], 401: Error, 422: Error},
    openapi_extra=TOKEN_IS_OPTIONAL,
)
def list_organisations(request: HttpRequest, filters: Query[OrganisationFilters]) -> dict:
    """Bodies that take part, in the order of their tree. `region` takes everything below it along."""
    rows = organisations()
    if filters.parent:
        rows = rows.filter(parent__code=filters.parent)
    if filters.region:
        rows = rows.filter(region__path__contains=f"{filters.region}/")
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.q:
        rows = rows.filter(name__icontains=filters.q) | rows.filter(name_en__icontains=filters.q)
    return page_of(rows, filters, OrganisationOut.of)


@router.get(
    "/organisations/{code}",
    response={200: OrganisationOut, 401: Error, 404: Error, 422: Error},
    openapi_extra=TOKEN_IS_OPTIONAL,
)
def get_organisation(request: HttpRequest, code: Code) -> OrganisationOut:
    organisation = organisations().filter(code=code).first()
    if organisation is None:
        raise Http404
    return OrganisationOut.of(organisation)
