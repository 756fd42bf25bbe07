"""When something was going on: a calendar of sessions held, for the whole, each brand and each place."""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from qixue.core.changes import Subject
from qixue.core.clock import local_day
from qixue.core.clock_words import day, month
from qixue.core.figures import Scope
from qixue.core.kept import kept
from qixue.core.quantity import Quantity
from qixue.core.shades import level_of
from qixue.figures.charts import places_in
from qixue.figures.queries import figure_in
from qixue.figures.series import days_between, is_read_by_months, months_between
from qixue.programme.models import Brand, Programme
from qixue.programme.queries import held_sessions_in


@dataclass(frozen=True)
class Cell:
    """How many sessions were held in a part of the time, None where it may still come; `level` 1 to 5 is its shade."""

    label: str
    count: int | None
    level: int


@dataclass(frozen=True)
class CalendarRow:
    """One thing through the time. `silence` is the figure of its longest silence; None where nothing was held."""

    label: str
    scope: Scope
    cells: tuple[Cell, ...]
    silence: Quantity | None

    @property
    def active_count(self) -> int:
        return sum(1 for cell in self.cells if cell.count)


@dataclass(frozen=True)
class ActivityCalendar:
    """Rows over the same days of a week, or months of a longer time; `labels` head them."""

    labels: tuple[str, ...]
    is_by_month: bool
    rows: tuple[CalendarRow, ...]


def activity_calendar(programme: Programme, scope: Scope, *, today: datetime.date) -> ActivityCalendar:
    """From the first day of the programme or its sessions to the last; empty where nothing with a day was held."""
    items = list(rows_of(scope))
    counts = {item: counts_by_day(item) for _label, item in items}
    days = [*counts[scope], *(day for day in (programme.starts_on, programme.ends_on) if day)]
    if not counts[scope]:
        return ActivityCalendar((), False, ())
    first, last = min(days), max(days)
    is_by_month = is_read_by_months(days)
    parts = months_between(first, last) if is_by_month else days_between(first, last)
    labels = tuple(month(part) if is_by_month else day(part) for part in parts)
    rows = []
    for label, item in items:
        summed = Counter[datetime.date]()
        for date, count in counts[item].items():
            summed[date.replace(day=1) if is_by_month else date] += count
        silence = figure_in(item, "longest_silence")
        cells = cells_of(labels, [None if part >= today and not summed[part] else summed[part] for part in parts])
        rows.append(CalendarRow(label, item, cells, silence.quantity if silence else None))
    return ActivityCalendar(labels, is_by_month, tuple(rows))


def rows_of(scope: Scope) -> Iterator[tuple[str, Scope]]:
    """The whole, its brands, and the places just below it."""
    yield _("All together"), scope
    for brand in Brand.objects.filter(programmes__code=scope.programme).order_by("code"):
        yield brand.local_name, replace(scope, brand=brand.code)
    yield from places_in(scope)


@kept(Subject.RECORDS)
def counts_by_day(scope: Scope) -> Counter[datetime.date]:
    starts = held_sessions_in(scope).values_list("starts_at", flat=True)
    return Counter(local_day(start) for start in starts if start)


def cells_of(labels: tuple[str, ...], counts: list[int | None]) -> tuple[Cell, ...]:
    """Shaded by the highest of the row: a small brand is read as well as the whole city."""
    highest = max((count for count in counts if count), default=0)
    return tuple(Cell(label, count, level_of(count or 0, highest)) for label, count in zip(labels, counts, strict=True))
