import pytest

from qixue.core.shades import level_of


@pytest.mark.parametrize(
    ("value", "highest", "level"), [(0, 9, 0), (1, 1000, 1), (9, 30, 2), (30, 30, 5), (31, 30, 5), (2, 0, 5)]
)
def test_shade_is_a_fifth_of_the_highest_and_never_nothing_for_something(value: int, highest: int, level: int):
    assert level_of(value, highest) == level
