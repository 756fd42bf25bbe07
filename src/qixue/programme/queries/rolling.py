"""The next instalments of a series, planned from its last one, before they are written."""

import datetime
from dataclasses import dataclass

from django.db.models import Max

from qixue.core.clock import SHANGHAI, local_day
from qixue.programme.models import Brand, Instalment, Programme, Series, Session

MOST_INSTALMENTS, MOST_WEEKS = 52, 26


@dataclass(frozen=True)
class Rhythm:
    """So many instalments, one every so many weeks, none before `not_before`."""

    count: int
    every_weeks: int
    not_before: datetime.date | None = None


@dataclass(frozen=True)
class NextInstalment:
    number: int
    starts_at: datetime.datetime
    ends_at: datetime.datetime | None


@dataclass(frozen=True)
class Roll:
    """A series, the session of its last instalment that is taken as the pattern, and what would follow."""

    series: Series
    pattern: Session | None
    last_number: int
    following: tuple[NextInstalment, ...] = ()


def last_number(series: Series) -> int:
    """The highest number of the series in any programme; 0 where it has none."""
    return int(series.instalments.aggregate(last=Max("number"))["last"] or 0)


def pattern_of(series: Series) -> Session | None:
    """The latest dated session of the instalment with the highest number."""
    numbered = Instalment.objects.filter(series=series, sessions__starts_at__isnull=False).exclude(
        sessions__state__in=Session.OFF_STATES
    )
    last = numbered.order_by("-number", "-pk").first()
    if last is None:
        return None
    sessions = Session.objects.filter(instalment=last).exclude(starts_at=None).exclude(state__in=Session.OFF_STATES)
    related = ("activity__organisation", "activity__brand", "activity__region", "venue", "instalment")
    return sessions.select_related(*related).order_by("-starts_at", "-pk").first()


def roll_of(series: Series, rhythm: Rhythm) -> Roll:
    pattern, number = pattern_of(series), last_number(series)
    if pattern is None or pattern.starts_at is None:
        return Roll(series, None, number)
    first = first_start(pattern.starts_at.astimezone(SHANGHAI), rhythm)
    length = pattern.ends_at - pattern.starts_at if pattern.ends_at else None
    following = []
    for step in range(rhythm.count):
        starts_at = first + datetime.timedelta(weeks=step * rhythm.every_weeks)
        following.append(NextInstalment(number + 1 + step, starts_at, starts_at + length if length else None))
    return Roll(series, pattern, number, tuple(following))


def first_start(last: datetime.datetime, rhythm: Rhythm) -> datetime.datetime:
    """The weekday and hour of the last one, the rhythm after it, and not before the day that was asked for."""
    start = last + datetime.timedelta(weeks=rhythm.every_weeks)
    if rhythm.not_before is None or local_day(start) >= rhythm.not_before:
        return start
    late = (rhythm.not_before - local_day(start)).days
    return start + datetime.timedelta(weeks=-(-late // 7))


def rolls_of(brand: Brand, rhythm: Rhythm, series: Series | None = None) -> list[Roll]:
    """For each series of the brand, or for one of them."""
    wanted = brand.series.order_by("position", "pk")
    return [roll_of(each, rhythm) for each in (wanted.filter(pk=series.pk) if series else wanted)]


def outside(roll: Roll, programme: Programme) -> int:
    """How many of the next instalments are not within the days of the programme."""
    first, last = programme.starts_on, programme.ends_on
    if first is None or last is None:
        return 0
    return sum(not first <= local_day(each.starts_at) <= last for each in roll.following)
