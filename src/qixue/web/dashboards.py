"""How a dashboard is laid out, for everybody and for staff, and where the numbers lead that everybody reads."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qixue.core.changes import Subject
from qixue.core.clock import now
from qixue.core.figures import Scope, Theme
from qixue.core.kept import kept
from qixue.figures.charts import Address, Audience
from qixue.figures.dashboards import DashboardDefinition, dashboard_of
from qixue.figures.for_everybody import public_figure_in
from qixue.figures.queries import Figure
from qixue.places.models import Region

THEME_TITLES = {
    Theme.ACTIVITY: _("What took place"),
    Theme.PEOPLE: _("People"),
    Theme.REACH: _("Reach"),
    Theme.REGULARITY: _("Regularity"),
}


def dashboard_context(
    definition: DashboardDefinition, scope: Scope, audience: Audience, figure_url: Callable[[Figure], str]
) -> dict[str, Any]:
    """For `components/dashboard.html`: each figure with the page of its rule and its records."""
    found = dashboard_of(definition, scope, audience)

    def linked(figures: list[Figure]) -> list[tuple[Figure, str]]:
        return [(figure, figure_url(figure)) for figure in figures]

    return {
        "headlines": linked(found.headlines),
        "themes": [(THEME_TITLES[theme], linked(figures)) for theme, figures in found.themes.items()],
        "missing": found.missing,
        "charts": found.charts,
        "has_withheld": found.has_withheld,
        "as_of": now(),
    }


def figure_url(figure: Figure) -> str:
    return figure_address(figure.code)(figure.scope)


def figure_address(code: str) -> Address:
    """The page of a figure in a scope."""

    def address(scope: Scope) -> str:
        narrowed = scope.dimensions()
        return reverse("public:figure", args=[scope.programme, code]) + (f"?{urlencode(narrowed)}" if narrowed else "")

    return address


def dashboard_address(scope: Scope) -> str:
    """The dashboard of a county or a brand; of places below a county the page of their attendances."""
    if scope.dimensions().keys() == {"brand"}:
        return reverse("public:brand_dashboard", args=[scope.programme, scope.brand])
    if scope.dimensions().keys() == {"region"} and is_county(scope.region):
        return reverse("public:county_dashboard", args=[scope.programme, scope.region])
    return figure_address("attendance")(scope)


@kept(Subject.RECORDS)
def is_county(code: str | None) -> bool:
    return Region.objects.filter(code=code, level="county").exists()


EVERYBODY = Audience(figure=public_figure_in, address=dashboard_address, is_everybody=True)
