"""Giving a programme the figures that every programme has, under short names."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Max

from qixue.core.figures import registry
from qixue.figures.models import NamedFigure
from qixue.places.models import Region
from qixue.programme.models import Activity, Programme, Series

PER_BRAND = ("attendance", "sessions_total")
PER_COUNTY = ("attendance", "sessions_total", "attendance_per_1000")
LONGEST_CODE = NamedFigure._meta.get_field("code").max_length or 0


@transaction.atomic
def name_standard_figures(programme: Programme) -> list[NamedFigure]:
    """Name what is not named yet: every definition as a whole, and the usual ones by brand, series, kind and county.

    Figures that an erasure changes get no name: what is named may be stated by a document, and is to stay as it is.
    Names that a programme has stay as they are; called again it adds only what has come since.
    """
    named = programme.named_figures
    taken = set(named.values_list("code", flat=True))
    last = int(named.aggregate(last=Max("position"))["last"] or 0)
    missing = [row for row in standard_scopes(programme) if row[0] not in taken and len(row[0]) <= LONGEST_CODE]
    return NamedFigure.objects.bulk_create(
        NamedFigure(programme=programme, code=code, definition=definition, position=position, **dimensions)
        for position, (code, definition, dimensions) in enumerate(missing, start=last + 1)
    )


def standard_scopes(programme: Programme) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Code, definition and dimensions of each figure, in the order in which they are shown."""
    for code, definition in registry.definitions.items():  # apps register first what readers look for first
        if not definition.is_of_people_on_record:
            yield code, code, {}
    brands = list(programme.brands.order_by("pk"))
    for brand in brands:
        for code in PER_BRAND:
            yield f"{code}.{brand.code}", code, {"brand_code": brand.code}
    for series in Series.objects.filter(brand__in=brands).order_by("pk"):
        yield f"instalments_total.{series.code}", "instalments_total", {"series_code": series.code}
    branded = Activity.objects.filter(programme=programme, brand__isnull=False)
    for brand_code, kind in branded.order_by("brand__code", "kind").values_list("brand__code", "kind").distinct():
        yield f"sessions_total.{brand_code}.{kind}", "sessions_total", {"brand_code": brand_code, "kind": kind}
    used = programme.activities.order_by("kind").values_list("kind", flat=True).distinct()
    for kind in dict.fromkeys([Activity.Kind.TRAINING, *used]):
        yield f"attendance.{kind}", "attendance", {"kind": kind}
    counties = Region.objects.filter(parent=programme.region, level=Region.Level.COUNTY).order_by("code")
    for county in counties.values_list("code", flat=True):
        for code in PER_COUNTY:
            yield f"{code}.{county}", code, {"region_code": county}
