"""Figures about how steadily something goes on: weeks and months with a session, and the longest silence."""

import datetime
from collections.abc import Iterable
from itertools import pairwise

from django.db.models.functions import TruncMonth, TruncWeek
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import SHANGHAI, local_day
from qixue.core.figures import FigureValue, Scope, Theme
from qixue.core.quantity import DAY, MONTH, WEEK, Quantity
from qixue.programme.figures import counted_or_missing, define, session_rows
from qixue.programme.models import Programme
from qixue.programme.queries import held_sessions_in


def active_months(scope: Scope) -> int:
    return starts_by(scope, TruncMonth("starts_at", tzinfo=SHANGHAI))


def active_weeks(scope: Scope) -> int:
    return starts_by(scope, TruncWeek("starts_at", tzinfo=SHANGHAI))


def starts_by(scope: Scope, part: TruncMonth | TruncWeek) -> int:
    dated = held_sessions_in(scope).exclude(starts_at=None)
    return dated.annotate(part=part).order_by().values("part").distinct().count()


def longest_gap(days: Iterable[datetime.date], first: datetime.date, last: datetime.date) -> int:
    """The most days in a row, from `first` to `last` inclusive, that are not among `days`."""
    one = datetime.timedelta(days=1)
    marks = [first - one, *sorted(day for day in set(days) if first <= day <= last), last + one]
    return max((after - before).days - 1 for before, after in pairwise(marks))


def silence(scope: Scope) -> FigureValue:
    """From the first day of the programme to the last session; to its last day once it is closed.

    Not to the present day: the same records give the same number, whenever they are read.
    """
    starts = held_sessions_in(scope).values_list("starts_at", flat=True)
    days = {local_day(start) for start in starts if start}
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
