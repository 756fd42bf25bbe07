import datetime

import pytest
from django.utils.translation import override

from qixue.core.clock import SHANGHAI, day_bounds, local_day, local_moment
from qixue.core.clock_words import span


def test_session_that_passes_midnight_belongs_to_the_day_it_starts() -> None:
    late = datetime.datetime(2026, 11, 4, 15, 30, tzinfo=datetime.UTC)  # 23:30 in Shanghai

    assert local_day(late) == datetime.date(2026, 11, 4)


def test_utc_evening_is_the_next_day_in_shanghai() -> None:
    assert local_day(datetime.datetime(2026, 12, 31, 16, tzinfo=datetime.UTC)) == datetime.date(2027, 1, 1)


def test_day_bounds_cover_both_days_whole() -> None:
    start, end = day_bounds(datetime.date(2026, 11, 2), datetime.date(2026, 11, 3))

    assert start == local_moment(datetime.date(2026, 11, 2), datetime.time(0, 0))
    assert end == datetime.datetime(2026, 11, 4, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("end", "chinese", "english"),
    [
        ((26, 17), "2020年11月26日（周四）09:00-17:00", "Thu 26 Nov 2020, 09:00-17:00"),
        ((27, 0), "2020年11月26日（周四）09:00-00:00", "Thu 26 Nov 2020, 09:00-00:00"),
        (
            (27, 17),
            "2020年11月26日（周四）09:00至2020年11月27日（周五）17:00",
            "Thu 26 Nov 2020, 09:00 to Fri 27 Nov 2020, 17:00",
        ),
    ],
)
def test_span_of_several_days_says_both(end: tuple[int, int], chinese: str, english: str) -> None:
    start = datetime.datetime(2020, 11, 26, 9, tzinfo=SHANGHAI)
    until = datetime.datetime(2020, 11, *end, tzinfo=SHANGHAI)

    with override("zh-hans"):
        in_chinese = span(start, until)
    with override("en"):
        in_english = span(start, until)

    assert (in_chinese, in_english) == (chinese, english)
