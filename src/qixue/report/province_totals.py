"""What the cities of a province report together, by the rules by which each of them counts.

人次 and 场 add up with their hedges. People, rates and everything else whose parts do not make a whole are listed and
not added: the gap says why. Figures of different versions of a rule are not mixed.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.figures import registry
from qixue.core.quantity import ContradictoryQuantity, Qualifier, Quantity, Unit, UnitMismatch, total
from qixue.places.models import Region
from qixue.programme.models import Programme
from qixue.report.models import AcceptedKey, ProvinceReturn
from qixue.report.province_return_format import SignedReturn, quantity_sent, read_return
from qixue.report.seal_format import SealedFigure

NEVER_ADDS = _("People may have come in several cities, and rates are no parts: these numbers never add up.")
RULES_DIFFER = _("The cities count by different versions of the rule, which are not mixed.")
CONTRADICTORY = _("A number contradicts itself; its city has to clarify it first.")
NO_NUMBER = _("No city has sent a number.")


@dataclass(frozen=True)
class Part:
    """What one city sent for a figure, with the return that proves it."""

    city: Region
    figure: SealedFigure
    digest: str  # of the return

    @property
    def quantity(self) -> Quantity | None:
        return quantity_sent(self.figure)


@dataclass(frozen=True)
class ProvinceFigure:
    """A figure of all cities that have sent it; `whole` is None where they make none, and `gap` says why."""

    definition: str
    unit: Unit
    parts: tuple[Part, ...]
    whole: Quantity | None
    gap: str
    missing: tuple[Region, ...]  # cities of the province without a number for it

    @property
    def counted_exactly(self) -> Quantity | None:
        """What a hedged whole is at the least; None where all parts are exact, or none is."""
        if self.whole is None or self.whole.qualifier is Qualifier.EXACT:
            return None
        exact = [each for part in self.parts if (each := part.quantity) and each.qualifier is Qualifier.EXACT]
        return total(exact, self.unit) if exact else None

    @property
    def name(self) -> str:
        return str(registry.definitions[self.definition].name)


@dataclass(frozen=True)
class ProvinceTotals:
    cities: tuple[Region, ...]
    returns: tuple[ProvinceReturn, ...]  # the latest of each city that has sent one
    figures: tuple[ProvinceFigure, ...]

    @property
    def missing(self) -> list[Region]:
        """Cities that have sent nothing."""
        sent = {each.city_id for each in self.returns}
        return [city for city in self.cities if city.pk not in sent]


def totals_of(programme: Programme) -> ProvinceTotals:
    cities = tuple(cities_of(programme))
    kept = (
        ProvinceReturn.objects.filter(programme=programme).select_related("city").order_by("city__code", "seal_number")
    )
    latest = tuple({each.city_id: each for each in kept}.values())
    parts: dict[str, list[Part]] = {}
    for each in latest:
        for part in parts_of(each, read_return(each.content)):
            parts.setdefault(part.figure.definition, []).append(part)
    figures = (province_figure(definition, found, cities) for definition, found in parts.items())
    return ProvinceTotals(cities, latest, tuple(figures))


def cities_of(programme: Programme) -> QuerySet[Region]:
    """None for a programme whose region is no province."""
    return programme.region.children.filter(level=Region.Level.CITY).order_by("code", "pk")


@dataclass(frozen=True)
class Standing:
    """How far the province is with one city: what has come, and which keys it believes."""

    city: Region
    latest: ProvinceReturn | None
    keys: tuple[AcceptedKey, ...]


def standing_of(totals: ProvinceTotals) -> list[Standing]:
    latest = {each.city_id: each for each in totals.returns}
    keys = AcceptedKey.objects.filter(city__in=totals.cities).order_by("accepted_at", "pk")
    by_city: dict[int, list[AcceptedKey]] = {}
    for key in keys:
        by_city.setdefault(key.city_id, []).append(key)
    return [Standing(city, latest.get(city.pk), tuple(by_city.get(city.pk, ()))) for city in totals.cities]


def parts_of(kept: ProvinceReturn, sent: SignedReturn) -> Iterable[Part]:
    """The figures of the whole city: those of its counties and brands are parts of them."""
    whole = (figure for figure in sent.seal.figures.values() if not figure.dimensions)
    return [Part(kept.city, figure, kept.digest) for figure in {each.definition: each for each in whole}.values()]


def province_figure(definition: str, parts: list[Part], cities: tuple[Region, ...]) -> ProvinceFigure:
    unit = registry.definitions[definition].unit
    known = [part for part in parts if part.quantity]
    whole, gap = None, ""
    try:
        whole = sum_of(known, unit)
    except UnitMismatch:
        gap = str(NEVER_ADDS)
    except ContradictoryQuantity:
        gap = str(CONTRADICTORY)
    except MixedRules:
        gap = str(RULES_DIFFER)
    if not known:
        gap = str(NO_NUMBER)
    told = {part.city.pk for part in known}
    missing = tuple(city for city in cities if city.pk not in told)
    return ProvinceFigure(definition, unit, tuple(parts), whole, gap, missing)


class MixedRules(ValueError):
    """Figures that were counted by different versions of a rule were put into one sum."""


def sum_of(parts: list[Part], unit: Unit) -> Quantity | None:
    """None without parts. Raises MixedRules, UnitMismatch also for a single part that could not be added to another,
    ContradictoryQuantity."""
    if not parts:
        return None
    if not unit.is_additive:
        raise UnitMismatch(f"Numbers in {unit.code} do not add up over cities.")
    if len({part.figure.rule_version for part in parts}) > 1:
        raise MixedRules("The cities count by different versions of the rule.")
    quantities = [part.quantity for part in parts if part.quantity]
    if any(each.qualifier is Qualifier.CONTRADICTORY for each in quantities):
        raise ContradictoryQuantity("A contradictory number can enter no sum.")
    return total(quantities, unit)
