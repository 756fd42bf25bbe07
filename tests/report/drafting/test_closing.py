from collections.abc import Callable

import pytest
from tests.factories import ProgrammeFactory, RegionFactory, SessionFactory
from tests.report.drafting.conftest import material_of, text_of

from qixue.places.models import Region
from qixue.programme.models import Passage, Programme, Session
from qixue.report.drafting.closing import intentions, problems

pytestmark = pytest.mark.django_db
Topic = Passage.Topic


def test_week_whose_numbers_show_nothing_wrong_states_no_problem(programme: Programme) -> None:
    assert problems(material_of(programme)) == []
    assert intentions(material_of(programme)) == []


def test_silent_county_is_a_problem_and_has_its_plan(programme: Programme) -> None:
    RegionFactory(code="441823", name="阳山县", level=Region.Level.COUNTY, parent=programme.region)

    assert text_of(problems(material_of(programme))) == "活动推进中还存在一些实际困难：阳山县没有活动记录。"
    assert text_of(intentions(material_of(programme))) == "针对数据反映的问题，向阳山县送课程、送师资，补上活动空白。"


def test_session_that_nobody_counted_is_a_problem(programme: Programme) -> None:
    SessionFactory(activity=programme.activities.first(), number=9, state=Session.State.PLANNED)

    assert "部分场次结束后没有及时填报人数。" in text_of(problems(material_of(programme)))


def test_problem_that_a_passage_names_is_not_said_again(programme: Programme, say: Callable[[str, str], None]) -> None:
    SessionFactory(activity=programme.activities.first(), number=9, state=Session.State.PLANNED)
    say(Topic.PROBLEM, "有的单位填报人数不及时")
    say(Topic.INTENTION, "加强调度")

    assert text_of(problems(material_of(programme))) == "活动推进中还存在一些实际困难：有的单位填报人数不及时。"
    assert text_of(intentions(material_of(programme))) == "下一步，加强调度。"


def test_programme_known_from_documents_alone_has_no_problems_of_its_own() -> None:
    programme = ProgrammeFactory()
    RegionFactory(code="441823", name="阳山县", level=Region.Level.COUNTY, parent=programme.region)

    assert problems(material_of(programme)) == []
