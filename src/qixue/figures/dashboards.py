"""Dashboards: the figures and charts that stand together about a year, a county, a brand or a part of the tree."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qixue.core.charts import Chart
from qixue.core.figures import FigureDefinition, Scope, Theme, registry, shared_reads
from qixue.figures.charts import (
    Audience,
    ChartMaker,
    by_brand,
    by_place,
    over_time,
    per_thousand_in_town_and_country,
    rural_sessions_by_place,
)
from qixue.figures.queries import Figure


@dataclass(frozen=True)
class DashboardDefinition:
    """What a dashboard holds, whatever it is about; what its scope cannot have is left out.

    `headlines` are codes of figures, read first and shown even where there is no record. All others of the `themes`
    follow as far as there is one, without those `left_out`.
    """

    headlines: tuple[str, ...]
    themes: tuple[Theme, ...]
    charts: tuple[ChartMaker, ...]
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Dashboard:
    """A dashboard in a scope. `missing` are the figures that it could have and that no record feeds."""

    headlines: list[Figure]
    themes: dict[Theme, list[Figure]]
    missing: list[FigureDefinition]
    charts: list[Chart]
    has_withheld: bool


# Of one county it says nothing how many counties took part, of one brand nothing how many brands.
POINTLESS = {
    "region": frozenset({"counties_covered", "counties_reported"}),
    "brand": frozenset({"brands_active", "brand_projects"}),
}
OVERVIEW = DashboardDefinition(
    headlines=("sessions_total", "attendance", "participants", "attendance_per_1000"),
    themes=tuple(Theme),
    charts=(over_time, by_place, by_brand),
)
PART_WITHIN_A_COUNTY = replace(OVERVIEW, left_out=POINTLESS["region"])  # of a part of the tree, its scope does not tell
SUMMARY_OF_A_PLACE = replace(OVERVIEW, themes=())  # beside another dashboard; the rest stands on its own page
TOWN_AND_COUNTRY = DashboardDefinition(
    headlines=(
        "urban_rural_ratio",
        "attendance_gini",
        "attendance_theil",
        "attendance_theil_between",
        "attendance_theil_within",
        "sessions_rural",
    ),
    themes=(),
    charts=(per_thousand_in_town_and_country, rural_sessions_by_place),
)
REGULARITY = DashboardDefinition(headlines=("months_active", "weeks_active", "longest_silence"), themes=(), charts=())


def dashboard_of(definition: DashboardDefinition, scope: Scope, audience: Audience) -> Dashboard:
    """The figures and charts of a definition in a scope, as the audience may read them."""
    with shared_reads():
        headlines = figures_in(scope, definition.headlines, audience)
        others = [code for code in registry.definitions if code not in definition.headlines]
        wanted = [code for code in others if registry.definitions[code].theme in definition.themes]
        wanted = [code for code in wanted if code not in definition.left_out]
        followers = figures_in(scope, wanted, audience)
        charts = [chart for make in definition.charts if (chart := make(scope, audience)) and chart.is_worth_drawing]
    known = [figure for figure in followers if figure.quantity is not None]
    themes = {theme: [figure for figure in known if figure.definition.theme == theme] for theme in definition.themes}
    return Dashboard(
        headlines=headlines,
        themes={theme: figures for theme, figures in themes.items() if figures},
        missing=[figure.definition for figure in followers if figure.quantity is None and not figure.is_withheld],
        charts=charts,
        has_withheld=any(figure.is_withheld for figure in (*headlines, *followers))
        or any(chart.has_withheld for chart in charts),
    )


def figures_in(scope: Scope, codes: Sequence[str], audience: Audience) -> list[Figure]:
    """Those of the figures that the scope can have and that say something of it, in the order of the codes."""
    pointless = frozenset[str]().union(*(POINTLESS.get(name, frozenset()) for name in scope.dimensions()))
    asked = [code for code in codes if code not in pointless]
    found = (audience.figure(scope, code) for code in asked)
    return [figure for figure in found if figure is not None]
