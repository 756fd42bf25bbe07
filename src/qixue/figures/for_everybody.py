"""Figures as everybody may read them.

Numbers of fewer than five people are not told, nor those from which they could be computed.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence, Set
from dataclasses import replace
from typing import TypeVar

from qixue.core.figures import EvidenceRow, FigureValue, Scope, registry, shared_reads
from qixue.figures.queries import Figure, figure_of, figures_named, figures_of
from qixue.programme.models import Programme

FEWEST = 5
Key = TypeVar("Key", bound=Hashable)
Base = tuple[Callable[[Scope], int], Scope]  # who is counted, and where


def withheld_parts(numbers: Mapping[Key, int], already: Set[Key] = frozenset()) -> set[Key]:
    """Which parts of a whole are not told. The whole is, so one part alone, or very small ones, would follow from it:
    then the smallest of the others stay untold as well.
    """
    withheld = {key for key, number in numbers.items() if key in already or 0 < number < FEWEST}
    if not withheld:
        return withheld
    for key in sorted(numbers.keys() - withheld, key=lambda key: numbers[key]):
        if len(withheld) > 1 and sum(numbers[each] for each in withheld) >= FEWEST:
            break
        if numbers[key]:
            withheld.add(key)
    return withheld


def public_figures_of(programme: Programme) -> list[Figure]:
    """`figures_of`, for everybody."""
    with shared_reads():
        return told(programme, figures_of(programme))


def public_figure_of(programme: Programme, code: str) -> Figure | None:
    """`figure_of`, for everybody."""
    with shared_reads():
        found = figure_of(programme, code)
        return told(programme, [found])[0] if found else None


def public_figures_named(programme: Programme, codes: Sequence[str]) -> list[Figure]:
    """`figures_named`, for everybody."""
    with shared_reads():
        return told(programme, figures_named(programme, codes))


def told(programme: Programme, figures: Sequence[Figure]) -> list[Figure]:
    """The figures, without the values that depend on all figures of the programme not to be told."""
    withheld = withheld_codes(programme)
    return [without_value(figure) if figure.code in withheld else figure for figure in figures]


def withheld_codes(programme: Programme) -> set[str]:
    """What documents state is public already."""
    of_people = [code for code, definition in registry.definitions.items() if definition.people]
    named = programme.named_figures.filter(definition__in=of_people).values_list("code", flat=True)
    bases: dict[str, Base] = {
        figure.code: (figure.definition.people, figure.scope)
        for figure in figures_named(programme, list(named))
        if figure.definition.people and not figure.value.is_reported
    }
    withheld = withheld_bases({base: base[0](base[1]) for base in bases.values()})
    return {code for code, base in bases.items() if base in withheld}


def withheld_bases(numbers: Mapping[Base, int]) -> set[Base]:
    """A number is a part of one whole for each of its dimensions: what one of them hides stays hidden in all."""
    families: dict[Hashable, dict[Base, int]] = defaultdict(dict)
    for (people, scope), number in numbers.items():
        for dimension, code in scope.dimensions().items():
            rest = tuple(sorted(scope.dimensions().items() - {(dimension, code)}))
            families[people, rest, dimension][people, scope] = number
    withheld = {base for base, number in numbers.items() if 0 < number < FEWEST}
    while True:
        more = withheld.union(*(withheld_parts(family, withheld) for family in families.values()))
        if more == withheld:
            return withheld
        withheld = more


def without_value(figure: Figure) -> Figure:
    return replace(figure, value=FigureValue(None, notes=figure.value.notes), is_withheld=True)


def public_rows(figure: Figure, rows: Sequence[EvidenceRow]) -> list[EvidenceRow]:
    """The rows behind a figure, one for each session: those of sessions with too few people without their numbers."""
    if figure.is_withheld:
        return []
    withheld = withheld_sessions(figure, rows)
    return [
        replace(row, quantity=None, record_count=0, is_withheld=True) if row.session_id in withheld else row
        for row in rows
    ]


def public_records(figure: Figure, rows: Sequence[EvidenceRow]) -> list[EvidenceRow]:
    """The single records behind a figure, without those of sessions with too few people: they could be counted."""
    if figure.is_withheld:
        return []
    withheld = withheld_sessions(figure, rows)
    return [row for row in rows if row.session_id not in withheld]


def withheld_sessions(figure: Figure, rows: Sequence[EvidenceRow]) -> set[int | None]:
    numbers: dict[int | None, int] = defaultdict(int)
    if figure.definition.people:
        for row in rows:
            if row.session_id and row.quantity:
                numbers[row.session_id] += int(row.quantity.value)
    return withheld_parts(numbers)
