"""Whether a week is still to come, under way or over: a summary of an unfinished week must not read as finished."""

import datetime
from enum import Enum

from qixue.core.clock import SHANGHAI, day_bounds, local_day
from qixue.programme.models import Programme
from qixue.report.official_document import date_text


class Stage(Enum):
    BEFORE = "before"
    RUNNING = "running"
    OVER = "over"


def stage_of(programme: Programme, at: datetime.datetime) -> Stage:
    """A programme whose days are not on record is one that is told of afterwards: over."""
    if programme.starts_on is None or programme.ends_on is None:
        return Stage.OVER
    start, end = day_bounds(programme.starts_on, programme.ends_on)
    if at < start:
        return Stage.BEFORE
    return Stage.RUNNING if at < end else Stage.OVER


def day_text(at: datetime.datetime) -> str:
    """11月23日 in Shanghai; the year stands once, where the day is first named."""
    local = at.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日"


def full_day_text(at: datetime.datetime) -> str:
    return date_text(local_day(at))


def full_moment_text(at: datetime.datetime) -> str:
    """2026年11月23日21时05分."""
    local = at.astimezone(SHANGHAI)
    return f"{full_day_text(at)}{local.hour}时{local.minute:02}分"
