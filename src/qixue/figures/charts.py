"""Charts of figures in a scope: over time, by place and by brand. One definition for pages, paper and documents."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from qixue.core.charts import Bar, Chart
from qixue.core.clock_words import day, month
from qixue.core.figures import Scope
from qixue.figures.families import withheld_parts
from qixue.figures.queries import Figure
from qixue.figures.series import attendance_over_time
from qixue.participation.counted_people import ALL_WHO_CAME
from qixue.participation.equity_figures import is_urban, parts
from qixue.programme.models import Activity, Brand

Address = Callable[[Scope], str]  # where a bar leads, by what it is about; "" for nowhere


@dataclass(frozen=True)
class Audience:
    """For whom a dashboard is: how they read a figure, and where a bar leads.

    For everybody there is no chart whose bars two dimensions narrow, nor one of the days of a part: what is withheld
    would follow from them.
    """

    figure: Callable[[Scope, str], Figure | None]
    address: Address
    is_everybody: bool = False


ChartMaker = Callable[[Scope, Audience], Chart | None]  # None where the scope leaves nothing to compare


def over_time(scope: Scope, audience: Audience) -> Chart | None:
    if audience.is_everybody and scope.dimensions():
        return None
    series = attendance_over_time(scope)
    withheld = withheld_parts(scope.programme, ALL_WHO_CAME) if audience.is_everybody else frozenset()
    word = month if series.is_by_month else day
    bars = tuple(
        Bar(word(date), None if date in withheld else quantity, is_withheld=date in withheld)
        for date, quantity in series.points
    )
    if series.is_by_month:
        return Chart(_("Attendances by month"), _("Month"), _("Attendances"), bars)
    return Chart(_("Attendances by day"), _("Day"), _("Attendances"), bars)


def by_place(scope: Scope, audience: Audience) -> Chart | None:
    """By the counties of the city, or by the towns of the county that the scope is about."""
    if audience.is_everybody and scope.dimensions().keys() - {"region"}:
        return None
    bars = compared("attendance", places_in(scope), audience)
    if scope.region is None:
        return Chart(_("Attendances by county"), _("County, city or district"), _("Attendances"), bars)
    return Chart(_("Attendances by town"), _("Town or subdistrict"), _("Attendances"), bars)


def by_brand(scope: Scope, audience: Audience) -> Chart | None:
    if scope.brand is not None or (audience.is_everybody and scope.dimensions()):
        return None
    brands = Brand.objects.filter(programmes__code=scope.programme).order_by("code")
    scopes = [(brand.local_name, replace(scope, brand=brand.code)) for brand in brands]
    return Chart(_("Attendances by brand"), _("Brand"), _("Attendances"), compared("attendance", scopes, audience))


def by_kind(scope: Scope, audience: Audience) -> Chart | None:
    """By kinds of activity, which are not told to everybody."""
    if audience.is_everybody or scope.kind is not None:
        return None
    kinds = Activity.objects.filter(programme__code=scope.programme).order_by("kind").values_list("kind").distinct()
    scopes = [(str(Activity.Kind(kind).label), replace(scope, kind=kind)) for (kind,) in kinds]
    title = _("Attendances by kind of activity")
    return Chart(title, _("Kind of activity"), _("Attendances"), compared("attendance", scopes, audience))


def per_thousand_by_place(scope: Scope, audience: Audience) -> Chart:
    """Each place measured by its own residents."""
    return per_thousand(places_in(scope), audience)


def per_thousand_in_town_and_country(scope: Scope, audience: Audience) -> Chart:
    """The same, each with whether it counts as town or country in the unevenness between them."""
    words = {True: _("town"), False: _("country")}
    scopes = [
        (f"{region.local_name} · {words[is_urban(region)]}", replace(scope, region=region.code))
        for region in parts(scope)
    ]
    return per_thousand(scopes, audience)


def per_thousand(scopes: Iterable[tuple[str, Scope]], audience: Audience) -> Chart:
    bars = compared("attendance_per_1000", scopes, audience)
    return Chart(_("Attendances per 1,000 residents"), _("County, city or district"), _("per 1,000 residents"), bars)


def rural_sessions_by_place(scope: Scope, audience: Audience) -> Chart:
    bars = compared("sessions_rural", places_in(scope), audience)
    return Chart(_("Sessions in the country by county"), _("County, city or district"), _("Sessions"), bars)


def places_in(scope: Scope) -> list[tuple[str, Scope]]:
    """The places just below that of the scope, each with its own scope."""
    return [(region.local_name, replace(scope, region=region.code)) for region in parts(scope)]


def compared(code: str, scopes: Iterable[tuple[str, Scope]], audience: Audience) -> tuple[Bar, ...]:
    """The same figure in several scopes, the largest first; each bar leads to what it is about."""
    found = [(label, figure) for label, scope in scopes if (figure := audience.figure(scope, code))]
    ordered = sorted(found, key=lambda pair: number_of(pair[1]), reverse=True)
    return tuple(
        Bar(label, figure.quantity, audience.address(figure.scope), figure.is_withheld) for label, figure in ordered
    )


def number_of(figure: Figure) -> Decimal:
    """Missing numbers come after those of nobody."""
    return Decimal(figure.quantity.value) if figure.quantity else Decimal(-1)
