"""What a section is written from, and the pieces it is written with.

Every number is a figure run bound to a named figure; what has no record is left out, never made up.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from qixue.core.figures import Scope
from qixue.figures.queries import Figure, dimension_labels
from qixue.programme.models import Brand, Passage, Programme
from qixue.report.official_document import Block, FigureRun, Paragraph, Run, Text
from qixue.report.phrases import ORDINALS
from qixue.report.stage import Stage, day_text, stage_of


@dataclass(frozen=True)
class Material:
    """A programme with its computed figures at a moment: all that a section is written from."""

    programme: Programme
    figures: Sequence[Figure]
    at: datetime.datetime

    @cached_property
    def stage(self) -> Stage:
        return stage_of(self.programme, self.at)

    @property
    def is_interim(self) -> bool:
        """Written before the week's end, so that its numbers are those of a moment and not the last."""
        return self.stage is not Stage.OVER

    @property
    def as_of(self) -> str:
        """截至11月23日 in a caption, whose numbers still grow; nothing once the week is over."""
        return f"截至{day_text(self.at)}" if self.is_interim else ""

    @property
    def already(self) -> str:
        return "已" if self.is_interim else ""

    def figure(self, definition: str, **dimensions: str) -> Figure | None:
        """The named figure of this definition and scope, if the programme has it and it has a value."""
        found = self.by_scope.get((definition, Scope(self.programme.code, **dimensions)))
        return found if found and found.quantity else None

    @cached_property
    def by_scope(self) -> dict[tuple[str, Scope], Figure]:
        """The first name of a figure that has several."""
        return {(item.definition.code, item.scope): item for item in reversed(self.figures)}

    def amount(self, definition: str, **dimensions: str) -> Figure | None:
        """`figure`, where it is more than nothing and to be printed: a summary does not list what there was not."""
        found = self.figure(definition, **dimensions)
        return found if found and found.is_printed and found.quantity and found.quantity.value else None

    def along(self, definition: str, dimension: str) -> list[Figure]:
        """The figure narrowed by this dimension alone, the largest first."""
        found = [
            (figure.quantity.value, figure)
            for (code, scope), figure in self.by_scope.items()
            if code == definition and scope.dimensions().keys() == {dimension} and figure.quantity
        ]
        return [figure for _value, figure in sorted(found, key=lambda pair: (-pair[0], pair[1].code))]

    @staticmethod
    def label(figure: Figure) -> str:
        """What narrows the figure: 清城区."""
        return "，".join(dimension_labels(figure.scope))

    def quotes(self, topic: str, brand: Brand | None = None, **narrower: bool) -> list[str]:
        """The words of the records on a topic, of the programme as a whole or of one brand."""
        passages = Passage.objects.filter(document__programme=self.programme, topic=topic, brand=brand, **narrower)
        return list(passages.order_by("position", "pk").values_list("quote", flat=True))


def figure_run(figure: Figure) -> FigureRun:
    """The figure as a sentence prints it. Raises ValueError for a figure without a value, which prints nothing."""
    if figure.quantity is None:
        raise ValueError(f"The figure {figure.code} has no value to print.")
    return FigureRun(figure.code, figure.quantity.text("zh"))


def facts(material: Material, wanted: Iterable[tuple[str, str, str]], joint: str = "，") -> list[Run | str]:
    """讲座21场、培训15班次: of (words before, definition, words after) those with an amount, joined."""
    runs: list[Run | str] = []
    for before, definition, after in wanted:
        if figure := material.amount(definition):
            runs += [joint if runs else "", before, figure_run(figure), after]
    return runs


def statement(lead: str, runs: Sequence[Run | str], end: str = "。") -> list[Run | str]:
    """A sentence, or nothing where there is nothing to say."""
    return [lead, *runs, end] if any(runs) else []


def numbered_runs(points: Sequence[Sequence[Run | str]]) -> list[Run | str]:
    """一是…；二是…。 At most ten points, as official style has it; the others are left out. One alone has no number."""
    runs: list[Run | str] = []
    for at, point in enumerate(points[: len(ORDINALS)]):
        runs += ["；" if at else "", f"{ORDINALS[at]}是" if len(points) > 1 else "", *point]
    return [*runs, "。"] if runs else []


def as_runs(runs: Iterable[Run | str]) -> tuple[Run, ...]:
    """Texts and figure runs without the empty ones."""
    return tuple(Text(run) if isinstance(run, str) else run for run in runs if run)


def paragraph(*runs: Run | str) -> list[Block]:
    """One paragraph from texts and figure runs; none when there is nothing to say."""
    kept = as_runs(runs)
    return [Paragraph(kept)] if kept else []
