"""The sessions of a programme by days, as those who plan it look at them: a month, a day, a place."""

import calendar
import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from qixue.core.clock import day_bounds, local_day
from qixue.programme.models import Programme
from qixue.programme.queries.conflicts import Meeting, conflicts_among, slots_within
from qixue.programme.queries.slots import Slot
from qixue.programme.search import matches

DAY = datetime.timedelta(days=1)
MOST_DAYS = 62  # of a programme that is listed whole
MONDAY_FIRST = calendar.Calendar()


@dataclass(frozen=True)
class Wanted:
    """What a viewer narrows by; what is empty narrows nothing. `place_path` is a region's; `organisation` is typed."""

    place_path: str = ""
    is_place_only: bool = False  # what is in the whole of the place and in none of its parts
    organisation: str = ""
    kind: str = ""
    is_own_only: bool = False  # without what everybody may see

    def fits(self, slot: Slot) -> bool:
        if self.kind and slot.kind != self.kind:
            return False
        is_there = slot.region_path == self.place_path if self.is_place_only else self.is_within(slot)
        names = (slot.organisation_name, slot.organisation_name_en)
        return is_there and (not self.organisation or matches(self.organisation, names))

    def is_within(self, slot: Slot) -> bool:
        return slot.region_path.startswith(self.place_path)


@dataclass
class CalendarDay:
    """One day of a month. `is_programme` is False on days outside the programme, where silence means nothing."""

    date: datetime.date
    is_programme: bool
    slots: list[Slot] = field(default_factory=list)
    conflict_count: int = 0

    @property
    def is_silent(self) -> bool:
        return self.is_programme and not self.slots

    @property
    def stages(self) -> list[tuple[str, int]]:
        """How many are planned, announced and held, those that are."""
        counts = Counter(slot.stage for slot in self.slots)
        return [(stage, counts[stage]) for stage in ("planned", "announced", "held") if counts[stage]]


@dataclass(frozen=True)
class Month:
    """Weeks from Monday; None stands for a day of another month."""

    first: datetime.date
    weeks: list[list[CalendarDay | None]]
    in_conflict: frozenset[str]  # keys of the slots

    @property
    def days(self) -> list[CalendarDay]:
        return [day for week in self.weeks for day in week if day]

    @property
    def last(self) -> datetime.date:
        return self.days[-1].date


def month_of(
    programme: Programme, first: datetime.date, paths: list[str], wanted: Wanted, *, at: datetime.datetime
) -> Month:
    """The month that begins on `first`. Conflicts of what is over are not marked."""
    weeks = MONDAY_FIRST.monthdatescalendar(first.year, first.month)
    everything = slots_on(first, next_month(first) - DAY)
    shown = shown_of(everything, programme, paths, wanted)
    still = [slot for slot in everything if (slot.ends_at or slot.starts_at) > at]
    in_conflict = keys_in_conflict(conflicts_among(still, programme, paths))
    days: dict[datetime.date, CalendarDay] = {}
    for date in (date for week in weeks for date in week if date.month == first.month):
        days[date] = CalendarDay(date, is_within(programme, date))
    for slot in shown:
        day = days[local_day(slot.starts_at)]
        day.slots.append(slot)
        day.conflict_count += slot.key in in_conflict
    return Month(first, [[days.get(date) for date in week] for week in weeks], in_conflict)


def slots_on(first: datetime.date, last: datetime.date) -> list[Slot]:
    """Of all programmes, by their day in Shanghai."""
    start, end = day_bounds(first, last)
    return slots_within(Q(starts_at__gte=start, starts_at__lt=end))


def shown_of(slots: Iterable[Slot], programme: Programme, paths: list[str], wanted: Wanted) -> list[Slot]:
    """The programme's own that the viewer may see and asks for, by time."""
    own = (slot for slot in slots if slot.programme_id == programme.pk)
    seen = (slot for slot in own if slot.is_below(paths) or (slot.is_public and not wanted.is_own_only))
    return sorted((slot for slot in seen if wanted.fits(slot)), key=lambda slot: (slot.starts_at, slot.key))


def keys_in_conflict(meetings: Iterable[Meeting]) -> frozenset[str]:
    """The slots on both sides."""
    return frozenset(slot.key for meeting in meetings for slot in (meeting.slot, meeting.other) if slot)


def is_within(programme: Programme, date: datetime.date) -> bool:
    first, last = programme.starts_on, programme.ends_on
    return first is not None and last is not None and first <= date <= last


def months_of(programme: Programme) -> list[datetime.date]:
    """The first day of each month in which the programme has days."""
    if programme.starts_on is None or programme.ends_on is None:
        return []
    months = [programme.starts_on.replace(day=1)]
    while (following := next_month(months[-1])) <= programme.ends_on:
        months.append(following)
    return months


def days_to_list(
    programme: Programme, first: datetime.date | None, last: datetime.date | None, month: datetime.date
) -> tuple[datetime.date, datetime.date]:
    """What is listed of a programme where one end, or neither, is asked for: never all days of all years.

    A programme of weeks is listed whole, one of a year by the month that begins on `month`.
    """
    starts_on, ends_on = programme.starts_on or month, programme.ends_on or next_month(month) - DAY
    if first is None and last is None:
        is_long = (ends_on - starts_on).days >= MOST_DAYS
        return (month, next_month(month) - DAY) if is_long else (starts_on, ends_on)
    if first is None:
        first = min(starts_on, last or starts_on)
    return first, last or max(ends_on, first)


def next_month(first: datetime.date) -> datetime.date:
    return (first + 31 * DAY).replace(day=1)
