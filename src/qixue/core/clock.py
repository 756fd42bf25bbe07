"""One clock and one zone: UTC is stored, Asia/Shanghai is shown and decides on which day something happened."""

import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime.datetime:
    """The present moment, read once per act at the edge (a view, a command) and passed on as `at`."""
    return timezone.now()


def local_day(moment: datetime.datetime) -> datetime.date:
    """The calendar day in Shanghai; a session that passes midnight belongs to the day on which it starts."""
    return moment.astimezone(SHANGHAI).date()


def minute_text(moment: datetime.datetime | None) -> str:
    """Day and minute in Shanghai, for tables and files: 2026-11-04 09:00; empty where there is none."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if moment else ""


def local_moment(day: datetime.date, time: datetime.time) -> datetime.datetime:
    return datetime.datetime.combine(day, time, tzinfo=SHANGHAI)


def day_bounds(first: datetime.date, last: datetime.date) -> tuple[datetime.datetime, datetime.datetime]:
    """Start of `first` and end (exclusive) of `last` in Shanghai."""
    start = local_moment(first, datetime.time.min)
    return start, local_moment(last + datetime.timedelta(days=1), datetime.time.min)
