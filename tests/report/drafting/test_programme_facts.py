"""The days of a programme in words."""

import datetime

import pytest
from tests.factories import NOON

from qixue.programme.models import Programme
from qixue.report.drafting.material import Material
from qixue.report.drafting.opening import theme_runs
from qixue.report.drafting.programme_facts import days_text


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "text"),
    [
        ("2026-11-23", "2026-11-23", "2026年11月23日"),
        ("2026-11-23", "2026-11-29", "2026年11月23日至29日"),
        ("2026-11-23", "2026-12-01", "2026年11月23日至12月1日"),
        ("2026-12-28", "2027-01-03", "2026年12月28日至2027年1月3日"),
        ("2026-11-23", "2027-11-29", "2026年11月23日至2027年11月29日"),
    ],
)
def test_days_name_month_and_year_again_where_they_change(starts_on: str, ends_on: str, text: str) -> None:
    days = [datetime.date.fromisoformat(day) for day in (starts_on, ends_on)]

    assert days_text(Programme(starts_on=days[0], ends_on=days[1])) == text


def test_marks_within_the_theme_are_inner_ones() -> None:
    programme = Programme(short_name="活动周", theme="全民智学，助力“双战双赢”")

    text = "".join(run if isinstance(run, str) else run.text for run in theme_runs(Material(programme, [], NOON)))

    assert text == "活动周以“全民智学，助力‘双战双赢’”为主题。"
