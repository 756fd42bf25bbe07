"""Attendances over time."""

import datetime

import pytest
from tests.counted import check_in, head_count
from tests.factories import NOON, key
from tests.figures.conftest import held

from qixue.core.figures import Scope
from qixue.core.quantity import Qualifier
from qixue.figures.series import attendance_over_time, months_between
from qixue.programme.models import Programme

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def test_days_of_a_week_with_the_empty_ones(programme: Programme) -> None:
    check_in(held(programme), key(), key())
    head_count(held(programme), 40, Qualifier.AT_LEAST)
    check_in(held(programme, starts_at=NOON + 2 * DAY, ends_at=None), key())
    check_in(held(programme, starts_at=None, ends_at=None), key())

    series = attendance_over_time(Scope(programme.code))

    numbers = [(point.isoformat(), quantity and quantity.text("zh")) for point, quantity in series.points]
    assert not series.is_by_month
    assert numbers == [("2026-11-04", "42多人次"), ("2026-11-05", "0人次"), ("2026-11-06", "1人次")]


def test_session_late_in_the_evening_belongs_to_the_day_in_shanghai(programme: Programme) -> None:
    check_in(held(programme, starts_at=datetime.datetime(2026, 11, 4, 17, tzinfo=datetime.UTC), ends_at=None), key())

    [(day, _quantity)] = attendance_over_time(Scope(programme.code)).points
    assert day.isoformat() == "2026-11-05"


def test_longer_times_are_read_by_months(programme: Programme) -> None:
    for start in (NOON, NOON + 31 * DAY, NOON + 62 * DAY):
        check_in(held(programme, starts_at=start, ends_at=None), key())

    series = attendance_over_time(Scope(programme.code))

    assert series.is_by_month
    assert [(point.isoformat(), quantity.value) for point, quantity in series.points if quantity] == [
        ("2026-11-01", 1),
        ("2026-12-01", 1),
        ("2027-01-01", 1),
    ]


def test_months_run_over_the_end_of_the_year() -> None:
    months = months_between(datetime.date(2026, 11, 30), datetime.date(2027, 2, 1))

    assert [month.isoformat() for month in months] == ["2026-11-01", "2026-12-01", "2027-01-01", "2027-02-01"]
