"""How a dashboard is laid out, on public pages and in the workspace."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from qixue.core.clock import now
from qixue.core.figures import Scope, Theme
from qixue.figures.charts import Audience
from qixue.figures.dashboards import DashboardDefinition, dashboard_of
from qixue.figures.queries import Figure

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
