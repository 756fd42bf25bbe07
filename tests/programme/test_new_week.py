import datetime

import pytest

from qixue.core.clock import SHANGHAI
from qixue.programme.new_week import Move

MONDAY = datetime.date(2025, 11, 3)
TUESDAY = datetime.date(2026, 11, 3)


@pytest.mark.parametrize(
    ("first", "day", "expected"),
    [
        (datetime.date(2026, 11, 2), 0, datetime.date(2026, 11, 2)),  # both weeks begin on Monday: day by day
        (datetime.date(2026, 11, 2), 6, datetime.date(2026, 11, 8)),
        (TUESDAY, 0, datetime.date(2026, 11, 9)),  # the new week has its Monday at the end
        (TUESDAY, 1, datetime.date(2026, 11, 3)),
        (TUESDAY, 6, datetime.date(2026, 11, 8)),
        (TUESDAY, 7, datetime.date(2026, 11, 16)),  # a second week stays a second week
        (TUESDAY, -1, datetime.date(2026, 11, 1)),  # and the Sunday before it stays before it
    ],
)
def test_day_keeps_its_weekday_and_its_week(first: datetime.date, day: int, expected: datetime.date) -> None:
    former = MONDAY + datetime.timedelta(days=day)

    moved = Move(MONDAY, first).day(former)

    assert (moved, moved.weekday()) == (expected, former.weekday())


def test_hour_stays_as_the_clock_on_the_wall_showed_it() -> None:
    moved = Move(MONDAY, TUESDAY).moment(datetime.datetime(2025, 11, 4, 14, 30, tzinfo=SHANGHAI))

    assert moved == datetime.datetime(2026, 11, 3, 14, 30, tzinfo=SHANGHAI)


def test_start_on_another_weekday_is_noticed() -> None:
    starts = [MONDAY + datetime.timedelta(weeks=52), TUESDAY]

    assert [Move(MONDAY, start).keeps_weekday_of_start for start in starts] == [True, False]
