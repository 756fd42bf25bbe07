"""Figures as everybody may read them: nothing of fewer than five people, nor what it would follow from."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from qixue.core.copies import Brief
from qixue.core.figures import (
    FEWEST,
    CountingNote,
    EvidenceRow,
    FigureValue,
    Scope,
    registry,
    shared,
    shared_reads,
)
from qixue.core.kept import unchanged
from qixue.figures.families import Part, withheld_parts
from qixue.figures.queries import Figure, figure_in, figure_of, figures_named, figures_of, unnamed_figures_on_record
from qixue.participation.counted_people import ALL_WHO_CAME
from qixue.programme.models import Programme

NARROWED_BY = frozenset({"region", "brand"})  # by visitors, one at a time
SETS: Brief[frozenset[Part]] = Brief(most=20)  # by programme


def public_figures_of(programme: Programme) -> list[Figure]:
    """`figures_of`, for everybody."""
    with shared_reads():
        return [told(figure) for figure in figures_of(programme)]


def public_figures_listed(programme: Programme) -> list[Figure]:
    """All that the page of the figures lists: those that have a name, and those of people on record."""
    with shared_reads():
        return [told(figure) for figure in (*figures_of(programme), *unnamed_figures_on_record(programme))]


def public_figure_of(programme: Programme, code: str) -> Figure | None:
    """`figure_of`, for everybody."""
    with shared_reads():
        found = figure_of(programme, code)
        return told(found) if found else None


def public_figures_named(programme: Programme, codes: Sequence[str]) -> list[Figure]:
    """`figures_named`, for everybody."""
    with shared_reads():
        return [told(figure) for figure in figures_named(programme, codes)]


def public_figure_in(scope: Scope, code: str) -> Figure | None:
    """`figure_in`, for everybody. Raises ValueError for a scope that the families do not protect."""
    narrowed = scope.dimensions().keys()
    if len(narrowed) > 1 or not narrowed <= NARROWED_BY:
        raise ValueError(f"Nothing protects small numbers in {scope}.")
    with shared_reads():
        found = figure_in(scope, code)
        return told(found) if found else None


def told(figure: Figure) -> Figure:
    """The figure, without a value that is not told. What documents state is public already."""
    people, fewest, scope = figure.definition.people, figure.definition.fewest, figure.scope
    if people is None or figure.value.is_reported:
        return figure
    is_told = len(scope.dimensions()) < 2 and scope not in withheld_parts(scope.programme, people)
    if is_told and not (fewest and 0 < unchanged(figure.definition.stands_on, fewest, scope) < FEWEST):
        return replace(figure, value=replace(figure.value, notes=told_notes(figure)))
    notes = tuple(note for note in figure.value.notes if not isinstance(note, CountingNote))
    return replace(figure, value=FigureValue(None, notes=notes), is_withheld=True)


def told_notes(figure: Figure) -> tuple[Any, ...]:
    """The notes beside a value that is told. Those that count stand beside the whole only: of two scopes one could take
    them from one another, and the families do not know them.
    """
    is_whole = not figure.scope.dimensions()
    notes = figure.value.notes
    return tuple(note for note in notes if not isinstance(note, CountingNote) or (is_whole and not note.is_of_few))


def public_rows(figure: Figure, rows: Sequence[EvidenceRow]) -> list[EvidenceRow]:
    """The rows behind a figure, one for each session: those that are withheld without their numbers, and where single
    records would tell of too few people, not how many these are.
    """
    if figure.is_withheld or not figure.definition.has_public_rows:
        return []
    with shared_reads():
        return [told_row(figure, row) for row in rows]


def told_row(figure: Figure, row: EvidenceRow) -> EvidenceRow:
    people, programme = figure.definition.people, figure.scope.programme
    if people is None:
        return row
    if row.session_id in withheld_parts(programme, people) if row.session_id else not row.digest:
        return replace(row, quantity=None, record_count=0, is_withheld=True)
    return replace(row, record_count=0) if row.session_id in withheld_sessions(programme) else row


def public_records(figure: Figure, rows: Sequence[EvidenceRow]) -> list[EvidenceRow]:
    """The single records behind a figure, without those that are withheld: they could be counted."""
    if figure.is_withheld or not figure.definition.has_public_rows:
        return []
    with shared_reads():
        return [row for row in rows if told_row(figure, row).record_count]


def attendances_withheld_now(programme_code: str) -> frozenset[Part]:
    """What is not told of all who came, as of less than a second ago, for a page that many ask for."""
    return SETS.have(programme_code, lambda: withheld_parts(programme_code, ALL_WHO_CAME))


@shared
def withheld_sessions(programme_code: str) -> frozenset[Part]:
    """Sessions whose single records are told nowhere: there are names as well as heads, and some may be too few."""
    kinds = {definition.people for definition in registry.all() if definition.people}
    return frozenset(chain(*(withheld_parts(programme_code, people) for people in kinds)))
