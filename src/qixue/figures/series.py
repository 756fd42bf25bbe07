"""Attendances over time: by day of a week, by month of a year. Each part is the figure of its own records."""

import datetime
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from qixue.core.changes import WHO_CAME
from qixue.core.figures import Scope
from qixue.core.kept import kept
from qixue.core.quantity import ATTENDANCE, Qualifier, Quantity
from qixue.participation.figures import sum_of
from qixue.participation.queries.cells import Sums, added
from qixue.participation.queries.placed import tallies_of

LONGEST_BY_DAY = 31  # days from the first to the last; a longer time is read by months


@dataclass(frozen=True)
class TimeSeries:
    """`points` are all days or all first days of months from the first to the last, those without anybody as well.

    A number that contradicts itself is None: it enters no sum.
    """

    is_by_month: bool
    points: tuple[tuple[datetime.date, Quantity | None], ...]


@kept(*WHO_CAME)
def attendance_over_time(scope: Scope) -> TimeSeries:
    """人次 of the sessions by the day on which they started; numbers that documents state have no day."""
    by_day: dict[datetime.date, list[tuple[Qualifier, Sums]]] = defaultdict(list)
    tallies = tallies_of(scope.programme).within(scope)
    for number, hedge, sums in tallies.sums_by(tallies.sessions.days[tallies.at]):
        if number:
            by_day[datetime.date.fromordinal(number)].append((hedge, sums))
    if not by_day:
        return TimeSeries(is_by_month=False, points=())
    first, last = min(by_day), max(by_day)
    if not is_read_by_months(by_day):
        return TimeSeries(False, tuple((day, sum_at(by_day.get(day))) for day in days_between(first, last)))
    by_month: dict[datetime.date, list[tuple[Qualifier, Sums]]] = defaultdict(list)
    for day, found in by_day.items():
        by_month[day.replace(day=1)] += found
    return TimeSeries(True, tuple((month, sum_at(by_month.get(month))) for month in months_between(first, last)))


def is_read_by_months(days: Collection[datetime.date]) -> bool:
    return (max(days) - min(days)).days >= LONGEST_BY_DAY


def sum_at(parts: list[tuple[Qualifier, Sums]] | None) -> Quantity | None:
    return sum_of(added(parts)) if parts else Quantity(0, ATTENDANCE)


def days_between(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    return [first + datetime.timedelta(days=number) for number in range((last - first).days + 1)]


def months_between(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """The first days of the months, from that of `first` to that of `last`."""
    months = range(12 * first.year + first.month - 1, 12 * last.year + last.month)
    return [datetime.date(month // 12, month % 12 + 1, 1) for month in months]
