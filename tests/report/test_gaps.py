import datetime
from collections.abc import Callable

import pytest
from tests.factories import NOON, ActivityFactory, ProgrammeFactory, RegionFactory, SessionFactory
from tests.factories_returns import ReturnCallFactory

from qixue.programme.models import Programme, Session
from qixue.report.gaps import UNCOUNTED, UNFINISHED, Gap, gaps_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def week() -> Programme:
    day = NOON.date()
    return ProgrammeFactory(theme="学习", starts_on=day, ends_on=day, organisation__name="清远市图书馆")


def gaps(programme: Programme, code: str, *, days: int = 0) -> list[Gap]:
    return [gap for gap in gaps_of(programme, at=NOON + datetime.timedelta(days=days)) if gap.code == code]


def test_session_over_without_a_count_is_named_with_its_organisation(week: Programme) -> None:
    session = SessionFactory(activity__programme=week, number=2, state=Session.State.PLANNED)

    [gap] = gaps(week, UNCOUNTED)

    assert gap.text_zh == "清远市图书馆11月4日“稻田养鱼”第2场已结束，尚未填报人数。"
    assert gap.text_en == "清远市图书馆: session 2 of “稻田养鱼” on 2026-11-04 is over and not counted yet."
    assert gap.session_id == session.pk


def test_session_that_is_counted_to_come_called_off_or_of_another_week_is_no_gap(
    week: Programme, count_ten: Callable[[Session], None]
) -> None:
    activity = ActivityFactory(programme=week)
    count_ten(SessionFactory(activity=activity))
    SessionFactory(activity=activity, starts_at=NOON, ends_at=NOON + datetime.timedelta(hours=1))
    SessionFactory(activity=activity, state=Session.State.CANCELLED)
    SessionFactory(activity__programme=ProgrammeFactory(organisation=week.organisation))

    assert gaps(week, UNCOUNTED) == []


def test_unfinished_week_is_a_gap_until_its_end(week: Programme) -> None:
    found = [[gap.text_zh for gap in gaps(week, UNFINISHED, days=days)] for days in (0, 1)]

    assert found == [["活动周11月4日结束，本稿为阶段稿；请在结束并补齐人数后重新生成，再行签发。"], []]


def test_county_without_a_return_is_named_where_the_text_speaks_of_the_whole_city(week: Programme) -> None:
    RegionFactory(code="441826", name="连南县", name_en="", level="county", unit_type="county", parent=week.region)

    before = gaps(week, "returns_missing")
    ReturnCallFactory(programme=week, name="阶段情况", is_open=True)
    [gap] = gaps(week, "returns_missing")

    assert before == []
    assert gap.text_zh == "填报“阶段情况”尚缺1个县（市、区）：连南县。文中“全市”的情况不含这些县。"
