"""Figures about how steadily something goes on: weeks and months with a session, and the longest silence."""

import datetime
from collections.abc import Iterable
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.core.figures import FigureValue, Scope, Theme, shared
from qixue.core.quantity import DAY, MONTH, WEEK, Quantity
from qixue.programme.figures import counted_or_missing, define, session_rows
from qixue.programme.models import Programme
from qixue.programme.queries import held_sessions_in


@shared
def active_days(scope: Scope) -> frozenset[datetime.date]:
    """The days in Shanghai on which a session that was held began: many begin at one time."""
    starts = held_sessions_in(scope).exclude(starts_at=None).order_by().values_list("starts_at", flat=True)
    return frozenset(local_day(start) for start in starts.distinct() if start)


def active_months(scope: Scope) -> int:
    return len({day.replace(day=1) for day in active_days(scope)})


def active_weeks(scope: Scope) -> int:
    return len({day.isocalendar()[:2] for day in active_days(scope)})


def longest_gap(days: Iterable[datetime.date], first: datetime.date, last: datetime.date) -> int:
    """The most days in a row, from `first` to `last` inclusive, that are not among `days`."""
    one = datetime.timedelta(days=1)
    marks = [first - one, *sorted(day for day in set(days) if first <= day <= last), last + one]
    return max((after - before).days - 1 for before, after in pairwise(marks))


def silence(scope: Scope) -> FigureValue:
    """From the first day of the programme to the last session; to its last day once it is closed.

    Not to the present day: the same records give the same number, whenever they are read.
    """
    days = active_days(scope)
    if not days:
        return FigureValue(None)
    first, last = min(days), max(days)
    programme = Programme.objects.get(code=scope.programme)
    if programme.starts_on and programme.ends_on:
        first = min(first, programme.starts_on)
        last = max(last, programme.ends_on) if programme.state == Programme.State.CLOSED else last
    return FigureValue(Quantity(longest_gap(days, first, last), DAY))


define(
    "months_active",
    _("Months with a session"),
    MONTH,
    _("Calendar months in Asia/Shanghai with at least one session that was held."),
    lambda scope: counted_or_missing(scope, active_months(scope), MONTH),
    session_rows,
    theme=Theme.REGULARITY,
)
define(
    "weeks_active",
    _("Weeks with a session"),
    WEEK,
    _("Weeks from Monday to Sunday in Asia/Shanghai with at least one session that was held."),
    lambda scope: counted_or_missing(scope, active_weeks(scope), WEEK),
    session_rows,
    theme=Theme.REGULARITY,
)
define(
    "longest_silence",
    _("Longest silence"),
    DAY,
    _(
        "The most days in a row without a session that was held, from the first day of the programme to the last"
        " session, and to the last day of the programme once it is closed."
    ),
    silence,
    session_rows,
    theme=Theme.REGULARITY,
)
