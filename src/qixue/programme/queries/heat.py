"""How much is planned where and when: places by days of a week, or by weeks of a year; and what is silent."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from qixue.core.clock import SHANGHAI
from qixue.people.queries import path_filter
from qixue.places.models import Region
from qixue.programme.models import Activity, PlanLine, Programme, Session
from qixue.programme.queries.plans import counting_versions

LEVELS = 5
LONGEST_BY_DAY = 31  # days; a longer programme is shown by weeks
DAY = datetime.timedelta(days=1)
OFF = (Session.State.CANCELLED, Session.State.POSTPONED)


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
    region: Region
    cells: list[Cell]

    @property
    def total(self) -> int:
        return sum(cell.count for cell in self.cells)


@dataclass(frozen=True)
class Heat:
    columns: list[Column]
    rows: list[Row]

    @property
    def silent(self) -> list[Region]:
        """Places for which nothing is planned at all."""
        return [row.region for row in self.rows if row.total == 0]

    @property
    def silent_columns(self) -> list[Column]:
        """Days or weeks on which nothing is planned anywhere."""
        counts = Counter[Column]()
        for row in self.rows:
            counts.update({cell.column: cell.count for cell in row.cells})
        return [column for column in self.columns if counts[column] == 0]


def heat_of(programme: Programme, paths: list[str], parent: Region) -> Heat:
    """Sessions planned or announced below each child of `parent`, by day or week; only organisations below `paths`."""
    columns = columns_of(programme)
    regions = list(parent.children.order_by("code"))
    counts = counted(programme, paths, columns, {region.path: region for region in regions})
    highest = max(counts.values(), default=0)
    rows = [Row(region, [cell(column, counts[region.pk, column], highest) for column in columns]) for region in regions]
    return Heat(columns, rows)


def cell(column: Column, count: int, highest: int) -> Cell:
    level = max(1, round(LEVELS * count / highest)) if count else 0
    return Cell(column, count, level)


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


def counted(
    programme: Programme, paths: list[str], columns: list[Column], regions: dict[str, Region]
) -> Counter[tuple[int, Column]]:
    """Sessions per region and column: lines of plans, and sessions that no plan stands behind."""
    lines = PlanLine.objects.filter(
        path_filter(paths, "version__plan__organisation__path"), version__in=counting_versions(programme.pk)
    )
    sessions = Session.objects.filter(
        path_filter(paths, "activity__organisation__path"), activity__programme=programme, plan_line_key=None
    )
    sessions = sessions.exclude(state__in=OFF).exclude(activity__state=Activity.State.CANCELLED)
    counts: Counter[tuple[int, Column]] = Counter()
    for rows in (by_place_and_day(lines), by_place_and_day(sessions)):
        for path, day, count in rows:
            region = next((regions[start] for start in starts_of(path or "") if start in regions), None)
            column = next((column for column in columns if day and column.first <= day <= column.last), None)
            if region and column:
                counts[region.pk, column] += count
    return counts


def by_place_and_day(rows: QuerySet[Any]) -> Iterable[tuple[str | None, datetime.date | None, int]]:
    days = rows.annotate(on=TruncDate("starts_at", tzinfo=SHANGHAI)).order_by()
    return days.values_list("venue__region__path", "on").annotate(count=Count("pk"))


def starts_of(path: str) -> list[str]:
    """The path itself and those above it: 44/4418/441826/ gives 44/4418/441826/, 44/4418/, 44/."""
    steps = path.rstrip("/").split("/")
    return ["/".join(steps[:length]) + "/" for length in range(len(steps), 0, -1)]
