"""The figures of a programme as a reader looks for them: by theme, then by brand and by place."""

from dataclasses import dataclass, field, replace

from qixue.core.figures import Scope
from qixue.core.language import is_chinese
from qixue.core.quantity import Qualifier, Quantity, Unit, total
from qixue.figures.queries import Figure, dimension_labels
from qixue.places.models import Region
from qixue.programme.models import Programme, Series
from qixue.web.dashboards import THEME_TITLES


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
class Column:
    """A figure that places have; `total` is its sum over them, None where parts give no sum."""

    title: str
    unit: Unit
    total: Quantity | None

    @property
    def unit_beside_title(self) -> str:
        """The unit for the head of the column; empty where an English title has its words already."""
        if is_chinese():
            return self.unit.zh
        return "" if self.unit.en_plural.casefold() in self.title.casefold() else self.unit.en_plural


@dataclass(frozen=True)
class PlaceTable:
    """Figures of places side by side: a row per place, whose cells follow the columns."""

    columns: list[Column]
    rows: list[tuple[str, list[tuple[Column, Figure | None]]]]
    hedged: list[Quantity]  # one number of each hedge that the table shows, totals included

    @property
    def has_total(self) -> bool:
        return any(column.total for column in self.columns)


@dataclass(frozen=True)
class Grouped:
    """The three parts of the page; a part without figures is left out of it."""

    themes: list[Group]
    brands: list[Group]
    places: PlaceTable | None


def grouped(programme: Programme, figures: list[Figure]) -> Grouped:
    """Each figure exactly once, in the programme's order within its group."""
    themes = {theme: Group(str(title)) for theme, title in THEME_TITLES.items()}
    brands = {brand.code: Group(brand.local_name) for brand in programme.brands.order_by("code")}
    owners = dict(Series.objects.filter(brand__programmes=programme).values_list("code", "brand__code"))
    places: dict[str, Group] = {}
    regions = {region.code: region for region in Region.objects.filter(code__in=region_codes(figures))}
    for figure in figures:
        scope = figure.scope
        brand = scope.brand or owners.get(scope.series or "")
        if brand in brands:
            brands[brand].lines.append(Line(figure, label(figure, replace(figure.scope, brand=None))))
        elif scope.region:
            place = places.setdefault(scope.region, Group(regions[scope.region].local_name))
            place.lines.append(Line(figure, label(figure, replace(figure.scope, region=None))))
        else:
            themes[figure.definition.theme].lines.append(Line(figure, figure.name))
    shown_themes = [group for group in themes.values() if group.lines]
    shown_brands = [group for group in brands.values() if group.lines]
    disjoint = are_disjoint([regions[code] for code in places])
    return Grouped(shown_themes, shown_brands, place_table(list(places.values()), disjoint) if places else None)


def are_disjoint(regions: list[Region]) -> bool:
    """Whether no region lies in another of them."""
    return not any(
        first.path.startswith(second.path) for first in regions for second in regions if first.pk != second.pk
    )


def place_table(places: list[Group], are_disjoint: bool) -> PlaceTable:
    """A column for each figure in the order in which the places name it; a total where the places are disjoint."""
    cells = {(place.title, line.label): line.figure for place in places for line in place.lines}
    labels = list(dict.fromkeys(label for _place, label in cells))
    columns = [column([cells.get((place.title, text)) for place in places], text, are_disjoint) for text in labels]
    rows = [(place.title, [(item, cells.get((place.title, item.title))) for item in columns]) for place in places]
    shown = [figure.quantity for figure in cells.values()] + [column.total for column in columns]
    hedged = {item.qualifier: item for item in shown if item and item.qualifier is not Qualifier.EXACT}
    return PlaceTable(columns, rows, list(hedged.values()))


def column(cells: list[Figure | None], title: str, are_disjoint: bool) -> Column:
    """One figure over all places, with its sum; rates and people give none.

    A number that contradicts itself leaves the column without a sum, which would hide the contradiction; so does one
    that is withheld, which would be missing in it.
    """
    figures = [figure for figure in cells if figure]
    unit, numbers = figures[0].definition.unit, [figure.quantity for figure in figures if figure.quantity]
    is_sound = all(number.qualifier is not Qualifier.CONTRADICTORY for number in numbers)
    is_sound = is_sound and not any(figure.is_withheld for figure in figures)
    adds_up = are_disjoint and unit.is_additive and is_sound
    return Column(title, unit, total(numbers, unit) if numbers and adds_up else None)


def region_codes(figures: list[Figure]) -> list[str]:
    return [figure.scope.region for figure in figures if figure.scope.region]


def label(figure: Figure, rest: Scope) -> str:
    """The figure's name with what the heading has not said."""
    return " · ".join([str(figure.definition.name), *dimension_labels(rest)])


def lines_of_brand(figures: list[Figure]) -> list[Line]:
    """The figures of a brand's own page."""
    return [Line(figure, label(figure, replace(figure.scope, brand=None))) for figure in figures]
