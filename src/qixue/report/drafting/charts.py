"""The charts that a work summary can hold: those of the pages, drawn from the figures that the programme has names for.

A number in a picture is a number of the document, so it has to be a figure that can be sealed. Days and months are no
dimension of figures: the chart over time stays on the pages.
"""

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from qixue.core.figures import Scope
from qixue.figures.charts import Audience, ChartMaker, by_brand, by_kind, by_place, per_thousand_by_place
from qixue.figures.queries import Figure
from qixue.report.chart_pictures import chart_alt, chart_caption, chart_png, has_fonts
from qixue.report.drafting.material import Material
from qixue.report.installed import installed_fonts
from qixue.report.official_document import Block, Picture

MOST_BARS = 20  # half a page


@dataclass(frozen=True)
class DocumentChart:
    """A chart that can be placed in a document, by a code that stays."""

    code: str
    name: Any  # translatable
    make: ChartMaker


DOCUMENT_CHARTS = {
    chart.code: chart
    for chart in (
        DocumentChart("attendance-by-place", _("Attendances by county"), by_place),
        DocumentChart("per-thousand-by-place", _("Attendances per 1,000 residents"), per_thousand_by_place),
        DocumentChart("attendance-by-brand", _("Attendances by brand"), by_brand),
        DocumentChart("attendance-by-kind", _("Attendances by kind of activity"), by_kind),
    )
}


def chart_picture(material: Material, code: str) -> Picture | None:
    """The chart as a block of the document, in the language in which this is called.

    None where the programme has names for less than two of its figures with a number, and on a server without Chinese
    fonts. Raises KeyError for a code that is not among DOCUMENT_CHARTS.
    """
    shown: dict[str, None] = {}

    def named(scope: Scope, definition: str) -> Figure | None:
        figure = material.figure(definition, **scope.dimensions())
        shown.update({figure.code: None} if figure else {})
        return figure

    chart = DOCUMENT_CHARTS[code].make(Scope(material.programme.code), Audience(named, address=lambda scope: ""))
    fonts = installed_fonts()
    if chart is None or not chart.is_worth_drawing or len(chart.bars) > MOST_BARS or not has_fonts(fonts):
        return None
    caption = chart_caption(chart, material.as_of)
    titled = replace(chart, title=f"{chart.title}（{material.as_of}）") if material.as_of else chart
    return Picture(chart_png(chart, fonts), caption, chart_alt(chart), tuple(shown), code, chart=titled)


def charts(material: Material, *codes: str) -> list[Block]:
    """Those of the charts that have something to compare."""
    return [picture for code in codes if (picture := chart_picture(material, code))]
