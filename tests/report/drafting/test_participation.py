from decimal import Decimal

import pytest
from django.utils.translation import override
from tests.factories import NOON, ActivityFactory, ProgrammeFactory, SessionFactory
from tests.report.drafting.conftest import material_of, text_of

from qixue.core.figures import FigureValue, Scope, registry
from qixue.core.quantity import ATTENDANCE, PERCENT, RATIO, Qualifier, Quantity
from qixue.figures.queries import Figure
from qixue.programme.models import Programme
from qixue.report.drafting.last_year import comparison_text, course
from qixue.report.drafting.material import Material
from qixue.report.drafting.participation import participation
from qixue.report.official_document import FigureRun, Picture, Table, runs_of

pytestmark = pytest.mark.django_db


def written(programme: Programme) -> list[object]:
    with override("zh-hans"):
        return list(participation(material_of(programme)))


def test_section_says_what_is_on_record_and_lists_nothing_that_there_was_not(programme: Programme) -> None:
    blocks = written(programme)

    assert text_of(blocks) == (
        "活动覆盖2个县（市、区），开放学习场所3个。\n从活动类型看，共举办讲座2场、培训1班次。\n学习时长80学时。"
    )
    assert "0" not in {run.text[:1] for block in blocks for run in runs_of(block) if isinstance(run, FigureRun)}


def written_from(**numbers: Quantity) -> str:
    """The paragraphs of a programme that has these figures alone."""
    programme = ProgrammeFactory()
    figures = [
        Figure(code, registry.definitions[code], Scope(programme.code), FigureValue(quantity))
        for code, quantity in numbers.items()
    ]
    with override("zh-hans"):
        return text_of(participation(Material(programme, figures, NOON)))


def test_rate_of_those_who_came_names_the_sessions_that_it_is_over() -> None:
    """Registrations of sessions to come are among all, and not among those of the rate."""
    text = written_from(registrations=Quantity(6251, ATTENDANCE), show_rate=Quantity(Decimal("89.7"), PERCENT))

    assert text == "受理报名6251人次，已举办场次的到场率为89.7%。"


def test_ratio_reads_well_with_its_hedge() -> None:
    ratio = Quantity(Decimal("3.52"), RATIO, Qualifier.ABOUT)

    assert written_from(urban_rural_ratio=ratio) == "从每千人参与人次看，城镇是农村的约3.52倍。"


@pytest.mark.usefixtures("fonts")
def test_section_holds_the_chart_of_kinds_and_the_table_of_counties(programme: Programme) -> None:
    blocks = written(programme)

    assert [type(block) for block in blocks if isinstance(block, Picture | Table)] == [Picture, Table]


def test_programme_without_sessions_has_no_such_section() -> None:
    assert written(ProgrammeFactory()) == []


def year_before_with_sessions(programme: Programme, count: int) -> None:
    last = ProgrammeFactory(code="before", year=programme.year - 1, organisation=programme.organisation)
    activity = ActivityFactory(programme=last)
    for number in range(1, count + 1):
        SessionFactory(activity=activity, number=number)


@pytest.mark.parametrize(("count", "word"), [(1, "增长"), (3, "持平"), (5, "下降")])
def test_year_before_is_compared_in_words(programme: Programme, count: int, word: str) -> None:
    year_before_with_sessions(programme, count)

    assert comparison_text(material_of(programme)) == f"与上年相比，活动场次{word}。"


def test_half_a_week_is_not_compared_with_a_whole_one(programme: Programme) -> None:
    year_before_with_sessions(programme, 1)
    programme.starts_on = programme.ends_on = NOON.date()

    assert comparison_text(material_of(programme)) == ""


def test_programme_without_a_year_before_compares_nothing(programme: Programme) -> None:
    assert comparison_text(material_of(programme)) == ""


@pytest.mark.parametrize(
    ("before", "after", "qualifier", "word"),
    [
        (100, 101, Qualifier.EXACT, "增长"),
        (100, 105, Qualifier.ABOUT, ""),
        (100, 120, Qualifier.ABOUT, "增长"),
        (100, 80, Qualifier.AT_LEAST, "下降"),
    ],
)
def test_hedged_numbers_that_are_close_say_no_course(before: int, after: int, qualifier: Qualifier, word: str) -> None:
    assert course(Quantity(before, ATTENDANCE), Quantity(after, ATTENDANCE, qualifier)) == word
