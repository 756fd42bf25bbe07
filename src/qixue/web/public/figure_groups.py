"""The figures of a programme as a reader looks for them: by theme, then by brand and by place."""

from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from qixue.core.figures import Scope
from qixue.figures.queries import Figure, dimension_labels
from qixue.places.models import Region
from qixue.programme.models import Programme, Series

PEOPLE = {"attendance", "attendance_per_1000", "participants", "registrations", "beneficiaries", "named_share"}
REACH = {"counties_covered", "townships_covered", "organisations_involved", "urban_rural_ratio"}


@dataclass(frozen=True)
class Line:
    """A figure under a heading that already says what it is about; `label` says the rest."""

    figure: Figure
    label: str


@dataclass
class Group:
    """Figures of one theme, or of one brand or place, which then is a card of its own."""

    title: str
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Grouped:
    """The three parts of the page; a part without figures is left out of it."""

    themes: list[Group]
    brands: list[Group]
    places: list[Group]


def grouped(programme: Programme, figures: list[Figure]) -> Grouped:
    """Each figure exactly once, in the programme's order within its group."""
    themes = {"activity": Group(_("What took place")), "people": Group(_("People")), "reach": Group(_("Reach"))}
    brands = {brand.code: Group(brand.local_name) for brand in programme.brands.order_by("code")}
    owners = dict(Series.objects.filter(brand__programmes=programme).values_list("code", "brand__code"))
    places: dict[str, Group] = {}
    names = {region.code: region.local_name for region in Region.objects.filter(code__in=region_codes(figures))}
    for figure in figures:
        scope = figure.scope
        brand = scope.brand or owners.get(scope.series or "")
        if brand in brands:
            brands[brand].lines.append(Line(figure, label(figure, replace(figure.scope, brand=None))))
        elif scope.region:
            place = places.setdefault(scope.region, Group(names.get(scope.region, scope.region)))
            place.lines.append(Line(figure, label(figure, replace(figure.scope, region=None))))
        else:
            themes[theme(figure)].lines.append(Line(figure, figure.name))
    parts = (list(themes.values()), list(brands.values()), list(places.values()))
    return Grouped(*([group for group in part if group.lines] for part in parts))


def region_codes(figures: list[Figure]) -> list[str]:
    return [figure.scope.region for figure in figures if figure.scope.region]


def theme(figure: Figure) -> str:
    code = figure.definition.code
    return "people" if code in PEOPLE else "reach" if code in REACH else "activity"


def label(figure: Figure, rest: Scope) -> str:
    """The figure's name with what the heading has not said."""
    return " · ".join([str(figure.definition.name), *dimension_labels(rest)])


def lines_of_brand(figures: list[Figure]) -> list[Line]:
    """The figures of a brand's own page."""
    return [Line(figure, label(figure, replace(figure.scope, brand=None))) for figure in figures]
