"""Days as the minutes of a meeting write them, read from the day on which they were pasted."""

import datetime
import re

from qixue.core.typed import half_width

MONTH_DAY = re.compile(r"(?:(\d{4})\s*[年./-]\s*)?(\d{1,2})\s*(?:月|[./-])\s*(\d{1,2})\s*[日号]?")
LONE_DAY = re.compile(r"(?<![\d月./-])(\d{1,2})\s*[日号](?!\d)")
MONTH_END = re.compile(r"(?:(\d{4})\s*年)?\s*(本月|当月|下月|\d{1,2}\s*月)?(?:月)?(?:底|末)")
WEEKDAY = re.compile(r"(本|这|下)?(?:周|星期)([一二三四五六日天])")
WEEKDAYS = {name: number for number, name in enumerate("一二三四五六日")} | {"天": 6}
SOON = {"今天": 0, "当天": 0, "明天": 1, "后天": 2}
HALF_A_YEAR = 183  # days: a day and month that lie further back than this mean next year


def day_in(text: str, *, today: datetime.date) -> datetime.date | None:
    """The first day that the text names: 11月20日前, 20日, 11月底, 本周五, 明天; None when it names none."""
    words = re.sub(r"\s", "", half_width(text))
    for read in (month_and_day, month_end, weekday, lone_day, soon):
        if (day := read(words, today)) is not None:
            return day
    return None


def month_and_day(words: str, today: datetime.date) -> datetime.date | None:
    for match in MONTH_DAY.finditer(words):
        year, month, day = (int(part) if part else 0 for part in match.groups())
        found = real_day(year or today.year, month, day)
        if found and not year and (today - found).days > HALF_A_YEAR:
            found = real_day(today.year + 1, month, day)
        if found:
            return found
    return None


def month_end(words: str, today: datetime.date) -> datetime.date | None:
    if re.search(r"年(底|末)", words):
        return datetime.date(today.year, 12, 31)
    match = MONTH_END.search(words)
    if match is None or not (match[2] or "月底" in words or "月末" in words):
        return None
    month = today.month + (match[2] == "下月")
    if match[2] and match[2][0].isdigit():
        month = int(match[2].rstrip("月"))
    year = int(match[1]) if match[1] else today.year
    return last_day(year + (month > 12), month - 12 if month > 12 else month)


def last_day(year: int, month: int) -> datetime.date | None:
    return next((found for day in (31, 30, 29, 28) if (found := real_day(year, month, day))), None)


def weekday(words: str, today: datetime.date) -> datetime.date | None:
    """周五 is the next one, today included; 本周五 and 下周五 are counted from this week's Monday."""
    match = WEEKDAY.search(words)
    if match is None:
        return None
    monday = today - datetime.timedelta(days=today.weekday())
    day = monday + datetime.timedelta(days=WEEKDAYS[match[2]] + (7 if match[1] == "下" else 0))
    return day + datetime.timedelta(days=7) if match[1] is None and day < today else day


def lone_day(words: str, today: datetime.date) -> datetime.date | None:
    """20日前: the next such day of the month."""
    match = LONE_DAY.search(words)
    if match is None:
        return None
    day = int(match[1])
    following = (today.year + today.month // 12, today.month % 12 + 1)
    for year, month in ((today.year, today.month), following):
        found = real_day(year, month, day)
        if found and found >= today:
            return found
    return None


def soon(words: str, today: datetime.date) -> datetime.date | None:
    return next((today + datetime.timedelta(days=days) for word, days in SOON.items() if word in words), None)


def real_day(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None
