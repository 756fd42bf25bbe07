from decimal import Decimal

from qixue.core.charts import Bar, Chart
from qixue.core.quantity import ATTENDANCE, Quantity


def chart(*values: int | None) -> Chart:
    quantities = [None if value is None else Quantity(value, ATTENDANCE) for value in values]
    return Chart("各日参与人次", "日", "人次", tuple(Bar(str(at), each) for at, each in enumerate(quantities)))


def test_bars_are_per_cent_of_the_longest():
    assert [length for _bar, length in chart(30, 0, None, 90).rows] == [Decimal("33.3"), 0, 0, 100]


def test_nothing_at_all_has_no_longest_bar():
    assert [length for _bar, length in chart(0, None).rows] == [0, 0]
    assert chart().rows == []


def test_chart_compares_two_numbers_at_least():
    assert not chart(5, 0, None).is_worth_drawing
    assert chart(5, 1).is_worth_drawing
