"""Attendances over time: by day of a week, by month of a year. Each part is the figure of its own records."""

import datetime
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from django.db.models import Count, QuerySet, Sum

from qixue.core.changes import Subject
from qixue.core.clock import local_day
from qixue.core.figures import Scope
from qixue.core.kept import kept
from qixue.core.quantity import ATTENDANCE, Qualifier, Quantity
from qixue.participation.figures import sum_of
from qixue.participation.models import Tally
from qixue.participation.queries import scope_condition
from qixue.participation.queries.cells import Sums, added

LONGEST_BY_DAY = 31  # days from the first to the last; a longer time is read by months


@dataclass(frozen=True)
class TimeSeries:
    """`points` are all days or all first days of months from the first to the last, those without anybody as well.

    A number that contradicts itself is None: it enters no sum.
    """

    is_by_month: bool
    points: tuple[tuple[datetime.date, Quantity | None], ...]


@kept(Subject.RECORDS, Subject.COUNTS)
def attendance_over_time(scope: Scope) -> TimeSeries:
    """人次 of the sessions by the day on which they started; numbers that documents state have no day."""
    day_of = cache(local_day)
    by_day: dict[datetime.date, list[tuple[Qualifier, Sums]]] = defaultdict(list)
    for start, hedge, tallies, attendance in sums_by_start(scope):
        by_day[day_of(start)].append((Qualifier(hedge), Sums(tallies, attendance)))
    if not by_day:
        return TimeSeries(is_by_month=False, points=())
    first, last = min(by_day), max(by_day)
    if not is_read_by_months(by_day):
        return TimeSeries(False, tuple((day, sum_at(by_day.get(day))) for day in days_between(first, last)))
    by_month: dict[datetime.date, list[tuple[Qualifier, Sums]]] = defaultdict(list)
    for day, found in by_day.items():
        by_month[day.replace(day=1)] += found
    return TimeSeries(True, tuple((month, sum_at(by_month.get(month))) for month in months_between(first, last)))


def sums_by_start(scope: Scope) -> QuerySet:
    """Start, hedge, number of sessions and 人次: many sessions start at one time."""
    tallies = Tally.objects.filter(scope_condition(scope), session__starts_at__isnull=False)
    sums = tallies.order_by().values_list("session__starts_at", "attendance_qualifier")
    return sums.annotate(Count("pk"), Sum("attendance_count"))


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
