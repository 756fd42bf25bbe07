"""The figures of a programme as the proof-reader, which knows no database, is told of them."""

from collections.abc import Iterable

from qixue.figures.queries import Figure
from qixue.report.proofreader import KnownFigure

REQUIRED = frozenset({"sessions_total", "attendance"})  # what a work summary states at the least


def known_figures(figures: Iterable[Figure]) -> list[KnownFigure]:
    """Those that have a value."""
    return [
        KnownFigure(figure.code, figure.name, str(figure.quantity.value), figure.quantity.unit.zh)
        for figure in figures
        if figure.quantity
    ]


def is_required(figure: Figure) -> bool:
    """A total that has a value and that the programme prints."""
    is_whole = not figure.scope.dimensions()
    return bool(figure.definition.code in REQUIRED and is_whole and figure.is_printed and figure.quantity)
