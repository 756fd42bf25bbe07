from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from qixue.core.clock import now
from qixue.core.figures import EvidenceRow
from qixue.figures.queries import figure_of, figures_of
from qixue.web import parts
from qixue.web.public.figure_groups import grouped

PER_PAGE = 50


def figures(request: HttpRequest, code: str) -> HttpResponse:
    """Every figure of a programme; each opens to its rule and its records."""
    programme = parts.get_programme_or_404(code)
    context = {"programme": programme, "grouped": grouped(programme, figures_of(programme)), "as_of": now()}
    return render(request, "public/figures/list.html", context)


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
