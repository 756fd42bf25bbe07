"""What the cities of a province have sent, and what it makes together."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from qixue.core.quantity import Quantity
from qixue.places.models import Region
from qixue.programme.models import Programme
from qixue.report.province_totals import ProvinceTotals
from qixue.report.tables import Column, Table, table_of
from qixue.web.tables.quantities import quantity_columns


@dataclass(frozen=True)
class Line:
    """A figure of the province, or of one of its cities."""

    figure: str
    region: Region
    quantity: Quantity | None
    gap: str = ""
    digest: str = ""


def lines_of(province: Region, totals: ProvinceTotals) -> Iterator[Line]:
    for figure in totals.figures:
        yield Line(figure.name, province, figure.whole, figure.gap)
        for part in figure.parts:
            yield Line(figure.name, part.city, part.quantity, digest=part.digest)


def province_table(programme: Programme, totals: ProvinceTotals) -> Table:
    columns: list[Column[Line]] = [
        Column(_("Figure"), lambda line: line.figure, 32),
        Column(_("Region"), lambda line: line.region.local_name, 20),
        *quantity_columns(_("Value"), lambda line: line.quantity),
        Column(_("Why there is no sum"), lambda line: line.gap, 40),
        Column(_("Digest of the return"), lambda line: line.digest, 66),
    ]
    return table_of(_("Figures of the cities"), lines_of(programme.region, totals), columns)
