import datetime

from qixue.core.clock import SHANGHAI, day_bounds, local_day, local_moment


def test_session_that_passes_midnight_belongs_to_the_day_it_starts() -> None:
    late = datetime.datetime(2026, 11, 4, 15, 30, tzinfo=datetime.UTC)  # 23:30 in Shanghai

    assert local_day(late) == datetime.date(2026, 11, 4)


def test_utc_evening_is_the_next_day_in_shanghai() -> None:
    assert local_day(datetime.datetime(2026, 12, 31, 16, tzinfo=datetime.UTC)) == datetime.date(2027, 1, 1)


def test_day_bounds_cover_both_days_whole() -> None:
    start, end = day_bounds(datetime.date(2026, 11, 2), datetime.date(2026, 11, 3))

    assert start == local_moment(datetime.date(2026, 11, 2), datetime.time(0, 0))
    assert end == datetime.datetime(2026, 11, 4, tzinfo=SHANGHAI)
