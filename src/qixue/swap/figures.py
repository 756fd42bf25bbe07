"""Figures about swaps: what people listed."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.changes import Subject
from qixue.core.clock import local_day
from qixue.core.digests import digest
from qixue.core.figures import EvidenceRow, FigureDefinition, FigureValue, Scope, registry
from qixue.core.quantity import THING, Quantity
from qixue.swap.models import Listing

OF_SWAPS = (Subject.RECORDS, Subject.SWAPS)
LISTED = _("Listed by its owner")


def listed_in(scope: Scope) -> QuerySet[Listing]:
    """Also what was taken back later, so that neither that nor an erasure changes the figure."""
    found = Listing.objects.filter(programme__code=scope.programme, hidden_at=None)
    if scope.region:
        found = found.filter(place__path__contains=f"{scope.region}/")
    return found.select_related("place__parent", "programme__organisation").order_by("listed_at", "pk")


def things_listed(scope: Scope) -> FigureValue:
    """Missing, not zero, where nothing was ever listed in the programme."""
    has_swaps = Listing.objects.filter(programme__code=scope.programme).exists()
    return FigureValue(Quantity(listed_in(scope).count(), THING) if has_swaps else None)


def rows_of_listings(scope: Scope) -> list[EvidenceRow]:
    """One row per thing, by its kind: what its owner called it is theirs to take back."""
    return [
        EvidenceRow(
            id=f"listing:{listing.pk}",
            title=listing.get_kind_display(),
            quantity=Quantity(1, THING),
            occurred_on=local_day(listing.listed_at).isoformat(),
            place=listing.town.local_name,
            source=str(LISTED),
            organisation=listing.programme.organisation.local_name,
            digest=digest([listing.pk, listing.kind, listing.place.code, local_day(listing.listed_at).isoformat()]),
        )
        for listing in listed_in(scope)
    ]


registry.register(
    FigureDefinition(
        code="things_listed",
        name=_("Things listed for a swap"),
        unit=THING,
        rule=_("Things that residents listed, also those taken back later; none that the staff took off the pages."),
        dimensions=("region",),
        value=things_listed,
        recount=things_listed,
        evidence=rows_of_listings,
        stands_on=OF_SWAPS,
    )
)
