"""Days and times in words, as people who take part read them; `clock.minute_text` is for records, tables and files."""

import datetime

from django.utils.functional import lazy
from django.utils.translation import gettext as _

from qixue.core.clock import SHANGHAI, local_day, now
from qixue.core.language import is_chinese

WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
INSTANT = datetime.timedelta(microseconds=1)  # before a midnight is the day that ends there


def day(date: datetime.date | datetime.datetime | None) -> str:
    """11月12日（周六）, or Sat 12 Nov; with the year where it is not the present one."""
    if date is None:
        return _("date not stated")
    if isinstance(date, datetime.datetime):
        date = date.astimezone(SHANGHAI).date()
    is_this_year = date.year == local_day(now()).year
    if is_chinese():
        year = "" if is_this_year else f"{date.year}年"
        return f"{year}{date.month}月{date.day}日（周{WEEKDAYS_ZH[date.weekday()]}）"
    year = "" if is_this_year else f" {date.year}"
    return f"{WEEKDAYS_EN[date.weekday()]} {date.day} {MONTHS_EN[date.month - 1]}{year}"


def month(date: datetime.date) -> str:
    """2026年11月, or Nov 2026."""
    return f"{date.year}年{date.month}月" if is_chinese() else f"{MONTHS_EN[date.month - 1]} {date.year}"


def clock(moment: datetime.datetime | None) -> str:
    """09:00 in Shanghai; empty where there is no time."""
    return moment.astimezone(SHANGHAI).strftime("%H:%M") if moment else ""


def day_clock(moment: datetime.datetime | None) -> str:
    """11月28日（周六）19:00, or Sat 28 Nov, 19:00, for those who take part; empty where there is no time."""
    return f"{day(moment)}{'' if is_chinese() else ', '}{clock(moment)}" if moment else ""


def clock_of(moment: datetime.datetime) -> str:
    """The time alone where it is today; else with the day."""
    return clock(moment) if local_day(moment) == local_day(now()) else day_clock(moment)


def clocks(start: datetime.datetime, end: datetime.datetime | None) -> str:
    """09:00-11:00; where the end is on another day, 09:00至11月29日（周日）17:00, or 09:00 to Sun 29 Nov, 17:00."""
    if end is None:
        return clock(start)
    if start.astimezone(SHANGHAI).date() == (end - INSTANT).astimezone(SHANGHAI).date():
        return f"{clock(start)}-{clock(end)}"
    return f"{clock(start)}{'至' if is_chinese() else ' to '}{day_clock(end)}"


def span(start: datetime.datetime | None, end: datetime.datetime | None) -> str:
    """The day with the clock of its beginning and end, see `clocks`; or that the date is not stated."""
    return f"{day(start)}{'' if is_chinese() else ', '}{clocks(start, end)}" if start else _("date not stated")


# For a sentence that says later, and in the language of its reader, why not.
day_lazy, day_clock_lazy = lazy(day, str), lazy(day_clock, str)
