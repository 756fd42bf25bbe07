"""The charts of public pages, from figures that the page has already."""

from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.charts import Bar, Chart
from qixue.core.clock_words import day, month
from qixue.core.figures import Scope
from qixue.figures.for_everybody import withheld_parts
from qixue.figures.queries import Figure
from qixue.figures.series import attendance_over_time
from qixue.places.models import Region
from qixue.programme.models import Programme


def charts_of(programme: Programme, figures: list[Figure]) -> list[Chart]:
    """Attendances over time and by county, as far as there is something to compare."""
    charts = [over_time(programme), by_county(programme, figures)]
    return [chart for chart in charts if chart.is_worth_drawing]


def over_time(programme: Programme) -> Chart:
    series = attendance_over_time(Scope(programme.code))
    withheld = withheld_parts({date: int(quantity.value) for date, quantity in series.points if quantity})
    word = month if series.is_by_month else day
    bars = tuple(
        Bar(word(date), None if date in withheld else quantity, is_withheld=date in withheld)
        for date, quantity in series.points
    )
    if series.is_by_month:
        return Chart(_("Attendances by month"), _("Month"), _("Attendances"), bars)
    return Chart(_("Attendances by day"), _("Day"), _("Attendances"), bars)


def by_county(programme: Programme, figures: list[Figure]) -> Chart:
    """In the order of the numbers, the largest first; each bar opens to its figure."""
    named = sorted((figure for figure in figures if is_of_a_region_alone(figure)), key=number_of, reverse=True)
    regions = Region.objects.in_bulk([figure.scope.region for figure in named], field_name="code")
    bars = tuple(
        Bar(
            regions[figure.scope.region].local_name,
            figure.quantity,
            reverse("public:figure", args=[programme.code, figure.code]),
            figure.is_withheld,
        )
        for figure in named
    )
    return Chart(_("Attendances by county"), _("County, city or district"), _("Attendances"), bars)


def is_of_a_region_alone(figure: Figure) -> bool:
    return figure.definition.code == "attendance" and set(figure.scope.dimensions()) == {"region"}


def number_of(figure: Figure) -> Decimal:
    """Missing numbers come after those of nobody."""
    return Decimal(figure.quantity.value) if figure.quantity else Decimal(-1)
