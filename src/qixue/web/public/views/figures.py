from dataclasses import replace
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.figures import EvidenceRow
from qixue.figures.queries import Figure, figure_of, figures_of
from qixue.web import parts

PER_PAGE = 50


def figures(request: HttpRequest, code: str) -> HttpResponse:
    """Every figure of a programme; each opens to its rule and its records."""
    programme = parts.get_programme_or_404(code)
    ordered = sorted(figures_of(programme), key=group_order)
    groups = [(group_title(key), list(rows)) for key, rows in groupby(ordered, key=group_order)]
    return render(request, "public/figures/list.html", {"programme": programme, "groups": groups, "as_of": now()})


def group_order(figure: Figure) -> int:
    """0 the whole programme, 1 brands and series, 2 places, 3 kinds and organisations."""
    scope = figure.scope
    if scope.brand or scope.series:
        return 1
    if scope.region:
        return 2
    return 3 if scope.kind or scope.organisation else 0


def group_title(order: int) -> str:
    return [_("The whole programme"), _("Brands"), _("Places"), _("Kinds and organisations")][order]


def figure(request: HttpRequest, code: str, figure_code: str) -> HttpResponse:
    """One figure: what it counts, by which rule, and the records behind it."""
    programme = parts.get_programme_or_404(code)
    found = figure_of(programme, figure_code)
    if found is None:
        raise Http404
    page = parts.paginate(request, [for_everybody(row) for row in found.evidence()], PER_PAGE)
    context: dict[str, Any] = {"programme": programme, "figure": found, "page": page, "as_of": now()}
    return render(request, "public/figures/detail.html", context)


def for_everybody(row: EvidenceRow) -> EvidenceRow:
    """A record as the public sees it: notes that staff typed may name people and stay inside."""
    return replace(row, quote="") if row.session_id else row
