"""How much is planned where and when: places by days of a week, or by weeks of a year; and what is silent."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce, TruncDate

from qixue.core.clock import SHANGHAI
from qixue.core.shades import level_of
from qixue.people.queries import path_filter
from qixue.places.models import Region
from qixue.programme.models import Programme
from qixue.programme.queries.slots import (
    line_place,
    lines_seen,
    live_sessions,
    planned_lines,
    session_place,
    sessions_seen,
)
from qixue.programme.queries.territory import Territory

LONGEST_BY_DAY = 31  # days; a longer programme is shown by weeks
DAY = datetime.timedelta(days=1)
# Sessions by the path of the region in which they are and their day.
Counts = Counter[tuple[str, datetime.date]]


@dataclass(frozen=True)
class Column:
    """A day, or a week from Monday to Sunday."""

    first: datetime.date
    last: datetime.date

    @property
    def is_week(self) -> bool:
        return self.first != self.last


@dataclass(frozen=True)
class Cell:
    """How many sessions; `level` 1 to 5 is its shade, 0 none."""

    column: Column
    count: int
    level: int


@dataclass(frozen=True)
class Row:
    """A place; `is_rest` stands for what is in the whole of the parent and in none of its parts."""

    region: Region
    cells: list[Cell]
    is_rest: bool = False

    @property
    def total(self) -> int:
        return sum(cell.count for cell in self.cells)

    @property
    def silent_columns(self) -> list[Column]:
        return [cell.column for cell in self.cells if cell.count == 0]


@dataclass(frozen=True)
class Heat:
    """`is_answered`: nothing is hidden from the viewer in these places, so that nothing there means nothing."""

    columns: list[Column]
    rows: list[Row]
    is_answered: bool = True

    @property
    def silent(self) -> list[Region]:
        """Places for which nothing is planned at all."""
        return [row.region for row in self.rows if row.total == 0 and self.is_answered]

    @property
    def silent_columns(self) -> list[Column]:
        """Days or weeks on which nothing is planned anywhere."""
        if not self.is_answered:
            return []
        counts = Counter[Column]()
        for row in self.rows:
            counts.update({cell.column: cell.count for cell in row.cells})
        return [column for column in self.columns if counts[column] == 0]


def heat_of(programme: Programme, counts: Counts, parent: Region, territory: Territory) -> Heat:
    """Sessions in each part of `parent`, by day or week.

    Only the parts that the viewer answers for are shown. Who answers for none sees where their own sessions are.
    """
    columns = columns_of(programme)
    parts = {region.path: region for region in parent.children.order_by("code")}
    found = by_part(counts, columns, {**parts, parent.path: parent})
    shown = [region for region in parts.values() if territory.covers(region)]
    is_answered = bool(shown)
    if not is_answered:
        shown = [region for region in parts.values() if any(found[region.pk, column] for column in columns)]
    highest = max((found[region.pk, column] for region in shown for column in columns), default=0)
    rows = [row_of(region, columns, found, highest) for region in shown]
    rest = row_of(parent, columns, found, highest, is_rest=True)
    if rest.total and (not is_answered or territory.covers(parent)):
        rows.append(rest)
    return Heat(columns, rows, is_answered)


def row_of(
    region: Region, columns: list[Column], found: Counter[tuple[int, Column]], highest: int, *, is_rest: bool = False
) -> Row:
    return Row(region, [cell(column, found[region.pk, column], highest) for column in columns], is_rest)


def cell(column: Column, count: int, highest: int) -> Cell:
    return Cell(column, count, level_of(count, highest))


def columns_of(programme: Programme) -> list[Column]:
    """The days of the programme, or its weeks when it is longer than a month; none where its days are not known."""
    first, last = programme.starts_on, programme.ends_on
    if first is None or last is None:
        return []
    if (last - first).days < LONGEST_BY_DAY:
        days = (first + number * DAY for number in range((last - first).days + 1))
        return [Column(day, day) for day in days]
    monday = first - first.weekday() * DAY
    mondays = (monday + 7 * number * DAY for number in range((last - monday).days // 7 + 1))
    return [Column(start, start + 6 * DAY) for start in mondays]


def counts_of(programme: Programme, paths: list[str], territory: Territory) -> Counts:
    """Lines of plans below the paths, and sessions: all that everybody may see for whoever answers for a place."""
    lines = planned_lines().filter(lines_seen(paths), version__plan__programme=programme)
    own = path_filter(paths, "activity__organisation__path")
    sessions = live_sessions().filter(sessions_seen(paths) if territory.paths else own, activity__programme=programme)
    counts: Counts = Counter()
    for rows in (by_place_and_day(lines, line_place()), by_place_and_day(sessions, session_place())):
        for path, day, count in rows:
            counts[path, day] += count
    return counts


def by_place_and_day(rows: QuerySet[Any], place: Coalesce) -> Iterable[tuple[str, datetime.date, int]]:
    days = rows.annotate(place=place, on=TruncDate("starts_at", tzinfo=SHANGHAI)).order_by()
    return days.values_list("place", "on").annotate(count=Count("pk"))


def by_part(counts: Counts, columns: list[Column], parts: dict[str, Region]) -> Counter[tuple[int, Column]]:
    """The counts per region and column, each under the smallest of the regions in which it is."""
    found: Counter[tuple[int, Column]] = Counter()
    for (path, day), count in counts.items():
        region = next((parts[start] for start in starts_of(path) if start in parts), None)
        column = next((column for column in columns if column.first <= day <= column.last), None)
        if region and column:
            found[region.pk, column] += count
    return found


def starts_of(path: str) -> list[str]:
    """The path itself and those above it: 44/4418/441826/ gives 44/4418/441826/, 44/4418/, 44/."""
    steps = path.rstrip("/").split("/")
    return ["/".join(steps[:length]) + "/" for length in range(len(steps), 0, -1)]
