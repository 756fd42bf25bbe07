"""Charts of figures in a scope: over time, by place and by brand. One definition for pages, paper and documents."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from qixue.core.charts import Bar, Chart
from qixue.core.clock_words import day, month
from qixue.core.figures import Scope
from qixue.figures.queries import Figure, figure_in
from qixue.figures.series import attendance_over_time
from qixue.participation.equity_figures import is_urban, parts
from qixue.programme.models import Brand

Address = Callable[[Scope], str]  # where a bar leads, by what it is about; "" for nowhere
ChartMaker = Callable[[Scope, Address], Chart | None]  # None where the scope leaves nothing to compare


def over_time(scope: Scope, _address: Address) -> Chart:
    series = attendance_over_time(scope)
    if series.is_by_month:
        bars = tuple(Bar(month(first), quantity) for first, quantity in series.points)
        return Chart(_("Attendances by month"), _("Month"), _("Attendances"), bars)
    bars = tuple(Bar(day(date), quantity) for date, quantity in series.points)
    return Chart(_("Attendances by day"), _("Day"), _("Attendances"), bars)


def by_place(scope: Scope, address: Address) -> Chart:
    """By the counties of the city, or by the towns of the county that the scope is about."""
    bars = compared("attendance", places_in(scope), address)
    if scope.region is None:
        return Chart(_("Attendances by county"), _("County, city or district"), _("Attendances"), bars)
    return Chart(_("Attendances by town"), _("Town or subdistrict"), _("Attendances"), bars)


def by_brand(scope: Scope, address: Address) -> Chart | None:
    if scope.brand is not None:
        return None
    brands = Brand.objects.filter(programmes__code=scope.programme).order_by("code")
    scopes = [(brand.local_name, replace(scope, brand=brand.code)) for brand in brands]
    return Chart(_("Attendances by brand"), _("Brand"), _("Attendances"), compared("attendance", scopes, address))


def per_thousand_by_place(scope: Scope, address: Address) -> Chart:
    """Each place measured by its own residents, and whether it counts as town or country."""
    words = {True: _("town"), False: _("country")}
    scopes = [
        (f"{region.local_name} · {words[is_urban(region)]}", replace(scope, region=region.code))
        for region in parts(scope)
    ]
    bars = compared("attendance_per_1000", scopes, address)
    return Chart(_("Attendances per 1,000 residents"), _("County, city or district"), _("per 1,000 residents"), bars)


def rural_sessions_by_place(scope: Scope, address: Address) -> Chart:
    bars = compared("sessions_rural", places_in(scope), address)
    return Chart(_("Sessions in the country by county"), _("County, city or district"), _("Sessions"), bars)


def places_in(scope: Scope) -> list[tuple[str, Scope]]:
    """The places just below that of the scope, each with its own scope."""
    return [(region.local_name, replace(scope, region=region.code)) for region in parts(scope)]


def compared(code: str, scopes: Iterable[tuple[str, Scope]], address: Address) -> tuple[Bar, ...]:
    """The same figure in several scopes, the largest first; each bar leads to what it is about."""
    found = [(label, figure) for label, scope in scopes if (figure := figure_in(scope, code))]
    ordered = sorted(found, key=lambda pair: number_of(pair[1]), reverse=True)
    return tuple(Bar(label, figure.quantity, address(figure.scope)) for label, figure in ordered)


def number_of(figure: Figure) -> Decimal:
    """Missing numbers come after those of nobody."""
    return Decimal(figure.quantity.value) if figure.quantity else Decimal(-1)
