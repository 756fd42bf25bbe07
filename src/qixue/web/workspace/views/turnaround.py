"""How long the steps of coordination take, by step and organisation; each number opens to the steps behind it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from qixue.core.clock import now
from qixue.core.figures import Scope, registry, shared_reads
from qixue.core.quantity import Quantity
from qixue.figures.queries import Figure, common_unit, value_in
from qixue.people.models import Organisation
from qixue.people.queries import organisations_for
from qixue.people.rules import Action
from qixue.programme.models import Programme
from qixue.programme.queries.turnaround import passages_in
from qixue.programme.turnaround import MEDIAN, SLOWEST, STEPS
from qixue.report.tables import Table
from qixue.web import parts, table_files
from qixue.web.table_files import PageTable
from qixue.web.tables.figures import evidence_table
from qixue.web.workspace.access import needs, programme_or_404
from qixue.web.workspace.tables.coordination import times_table

IN_TIME = "closed_in_time"
PER_PAGE = 25
ROWS_PER_PAGE = 50


@dataclass(frozen=True)
class Cell:
    """What the figures say about one step of one organisation's tree."""

    step: str
    label: Any
    median: Quantity | None
    slowest: Quantity | None
    count: int


def cells_of(scope: Scope) -> list[Cell]:
    return [
        Cell(step, words[0], value(f"{step}_days_{MEDIAN}", scope), value(f"{step}_days_{SLOWEST}", scope), count)
        for step, words in STEPS.items()
        for count in [len(passages_in(scope, step))]
    ]


def value(code: str, scope: Scope) -> Quantity | None:
    return value_in(scope, registry.definitions[code]).quantity


@needs(Action.SEE_FOLLOW_UPS)
def times(request: HttpRequest, code: str) -> HttpResponseBase:
    """The viewer's part as a whole, then each organisation of it that took any step, with those below it."""
    programme, part = programme_or_404(request.user, code, Action.SEE_FOLLOW_UPS)
    with shared_reads():
        whole = Scope(programme.code, organisation=part or None)
        active = {passage.path for step in STEPS for passage in passages_in(whole, step)}
        organisations = organisations_for(request.user, Action.SEE_FOLLOW_UPS).filter(path__in=active)
        page = parts.paginate(request, organisations, PER_PAGE)
        cells, in_time = cells_of(whole), value(f"{IN_TIME}_share", whole)
        context = {
            "programme": programme,
            "page": page,
            "steps": [(step, words[0]) for step, words in STEPS.items()],
            "whole": cells,
            "in_time": registry.definitions[f"{IN_TIME}_share"],
            "in_time_of_whole": in_time,
            "rows": [row_of(programme, organisation) for organisation in page],
        }
        tables = (
            PageTable("steps", lambda: times_table((programme.local_name, cell, in_time) for cell in cells)),
            PageTable("organisations", lambda: table_of_times(programme, organisations)),
        )
        return table_files.page(request, "workspace/board/times.html", context, *tables)


def table_of_times(programme: Programme, organisations: Iterable[Organisation]) -> Table:
    rows = (row_of(programme, organisation) for organisation in organisations)
    return times_table((organisation.local_name, cell, share) for organisation, cells, share in rows for cell in cells)


def row_of(programme: Programme, organisation: Organisation) -> tuple[Organisation, list[Cell], Quantity | None]:
    scope = Scope(programme.code, organisation=organisation.code)
    return organisation, cells_of(scope), value(f"{IN_TIME}_share", scope)


@needs(Action.SEE_FOLLOW_UPS)
def step_times(request: HttpRequest, code: str, step: str) -> HttpResponseBase:
    """The figures of one step with their rules and the passages behind them, of the viewer's part or less of it."""
    programme, part = programme_or_404(request.user, code, Action.SEE_FOLLOW_UPS)
    codes = [f"{step}_days_{MEDIAN}", f"{step}_days_{SLOWEST}"] if step in STEPS else [f"{step}_share"]
    if step not in {*STEPS, IN_TIME}:
        raise Http404
    organisation = chosen_organisation(request)
    scope = Scope(programme.code, organisation=organisation.code if organisation else part or None)
    with shared_reads():
        figures = [figure_of_step(each, scope) for each in codes]
        rows = list(figures[0].evidence())
    context = {
        "programme": programme,
        "organisation": organisation or Organisation.objects.filter(code=part).first(),
        "figures": figures,
        "figure": figures[0],
        "name": STEPS[step][0] if step in STEPS else figures[0].definition.name,
        "page": parts.paginate(request, rows, ROWS_PER_PAGE),
        "rows_unit": common_unit(rows),
        "as_of": now(),
    }
    table = PageTable("evidence", lambda: evidence_table(figures[0], rows))
    return table_files.page(request, "workspace/board/step.html", context, table)


def figure_of_step(code: str, scope: Scope) -> Figure:
    definition = registry.definitions[code]
    return Figure(code, definition, scope, value_in(scope, definition))


def chosen_organisation(request: HttpRequest) -> Organisation | None:
    """One of the viewer's part; out of it and missing are the same."""
    code = request.GET.get("organisation", "")
    if not code:
        return None
    found = organisations_for(request.user, Action.SEE_FOLLOW_UPS).filter(code=code).first()
    if found is None:
        raise Http404
    return found
