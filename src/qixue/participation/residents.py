"""How many people live where a figure looks: published and verified, with the source beside it."""

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from qixue.core.changes import Subject
from qixue.core.figures import Scope
from qixue.core.kept import kept
from qixue.places.models import Population, Region


@kept(Subject.RECORDS)
def population(scope: Scope, indicator: str) -> Population | None:
    """The latest verified value for the scope's region, or for the programme's city."""
    regions = Region.objects.filter(code=scope.region) if scope.region else None
    if regions is None:
        regions = Region.objects.filter(programmes__code=scope.programme)
    series = Population.objects.filter(region__in=regions, indicator=indicator, unit="persons", status="verified")
    return series.order_by("-reference_on", "pk").first()


def population_note(residents: Population) -> Any:
    return format_lazy(
        _("Residents: {value} ({day}; {source})."),
        value=f"{residents.value:,.0f}",
        day=residents.reference_on,
        source=residents.source,
    )
