"""Figures about how evenly attendances are spread over the counties of a city, or the towns of a county."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from qixue.core.changes import WHO_CAME, Subject
from qixue.core.figures import FigureDefinition, FigureValue, Scope, Theme, registry, shared
from qixue.core.kept import kept
from qixue.core.quantity import INDEX, Quantity, hedge_of_rate, rounded
from qixue.participation.counted_people import ALL_WHO_CAME
from qixue.participation.figures import attendance_in
from qixue.participation.inequality import Area, gini, theil, theil_between
from qixue.participation.residents import population
from qixue.participation.session_evidence import ENTRIES, evidence, evidence_by_session
from qixue.places.models import TOWN, Region

URBAN_COUNTIES = (Region.UnitType.DISTRICT, Region.UnitType.COUNTY_LEVEL_CITY)
PLACES = 3
OF_AREAS = _("Over {count} areas whose residents are published ({day}; {source}).")


@dataclass(frozen=True)
class Spread:
    """Residents and attendances by area, apart for town and country; `note` says what it stands on."""

    urban: tuple[Area, ...]
    rural: tuple[Area, ...]
    note: object

    @property
    def areas(self) -> list[Area]:
        return [*self.urban, *self.rural]

    @property
    def groups(self) -> list[Sequence[Area]]:
        return [group for group in (self.urban, self.rural) if group]


@shared
def spread_in(scope: Scope) -> Spread | None:
    """None where fewer than two areas have published residents, or nobody came."""
    areas = {region: population(replace(scope, region=region.code), "resident_population") for region in parts(scope)}
    known = {region: residents for region, residents in areas.items() if residents and residents.value}
    groups: dict[bool, list[Area]] = defaultdict(list)
    for region, residents in known.items():
        came = attendance_in(replace(scope, region=region.code)).quantity
        groups[is_urban(region)].append((float(residents.value), float(came.value) if came else 0.0))
    if len(known) < 2 or not any(came for group in groups.values() for _people, came in group):
        return None
    first = next(iter(known.values()))
    note = format_lazy(OF_AREAS, count=len(known), day=first.reference_on, source=first.source)
    return Spread(tuple(groups[True]), tuple(groups[False]), note)


@kept(Subject.RECORDS)
def parts(scope: Scope) -> list[Region]:
    """The regions just below that of the scope, or below the programme's city."""
    above = Region.objects.filter(code=scope.region) if scope.region else None
    above = Region.objects.filter(programmes__code=scope.programme) if above is None else above
    return list(Region.objects.filter(parent__in=above).exclude(unit_type=Region.UnitType.SPECIAL).order_by("code"))


def is_urban(region: Region) -> bool:
    """Districts and cities of the level of counties, subdistricts and county seats are town; the others country."""
    return region.unit_type in URBAN_COUNTIES or region.urban_rural_class in TOWN


def fewest_in_an_area(scope: Scope) -> int:
    """Of the areas in which anybody was: how they are spread would tell."""
    spread = spread_in(scope)
    return int(min((came for _residents, came in spread.areas if came), default=0)) if spread else 0


def measured(measure: Callable[[Spread], float]) -> Callable[[Scope], FigureValue]:
    def value(scope: Scope) -> FigureValue:
        spread, total = spread_in(scope), attendance_in(scope).quantity
        if spread is None or total is None:
            return FigureValue(None)
        number = rounded(Decimal(repr(abs(measure(spread)))), PLACES)
        return FigureValue(Quantity(number, INDEX, hedge_of_rate(total)), notes=(spread.note,))

    return value


def define(code: str, name: object, rule: object, measure: Callable[[Spread], float]) -> None:
    value = measured(measure)
    registry.register(
        FigureDefinition(
            code=code,
            name=name,
            unit=INDEX,
            rule=rule,
            dimensions=("brand", "series", "region", "kind"),  # an organisation has no residents
            value=value,
            recount=value,
            evidence=evidence,
            by_session=evidence_by_session,
            session_records=ENTRIES,
            theme=Theme.REACH,
            people=ALL_WHO_CAME,
            fewest=fewest_in_an_area,
            stands_on=WHO_CAME,
        )
    )


define(
    "attendance_gini",
    _("Unevenness between areas (Gini)"),
    _(
        "Gini index of attendances per resident over the counties of a city or the towns of a county, weighted by"
        " residents: 0 where all have as many, towards 1 where one has all."
    ),
    lambda spread: gini(spread.areas),
)
define(
    "attendance_theil",
    _("Unevenness between areas (Theil)"),
    _(
        "Theil index of attendances per resident over the counties of a city or the towns of a county: 0 where all have"
        " as many. It is the sum of the part between town and country and of the part within them."
    ),
    lambda spread: theil(spread.areas),
)
define(
    "attendance_theil_between",
    _("Unevenness between town and country (Theil)"),
    _(
        "The part of the Theil index that is between town and country. Districts and cities of the level of counties,"
        " subdistricts and county seats are town."
    ),
    lambda spread: theil_between(spread.groups),
)
define(
    "attendance_theil_within",
    _("Unevenness within town and within country (Theil)"),
    _("The part of the Theil index that is within town and within country."),
    lambda spread: theil(spread.areas) - theil_between(spread.groups),
)
