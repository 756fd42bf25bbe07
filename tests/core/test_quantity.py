from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qixue.core.quantity import (
    ATTENDANCE,
    PERSON,
    SESSION,
    ContradictoryQuantity,
    Qualifier,
    Quantity,
    UnitMismatch,
    floor_to_two_digits,
    round_to_two_digits,
    total,
)

AT_LEAST, ABOUT, NEARLY = Qualifier.AT_LEAST, Qualifier.ABOUT, Qualifier.NEARLY
SMALL = Decimal("3.5")


@pytest.mark.parametrize(
    ("value", "qualifier", "chinese", "english"),
    [
        (12, Qualifier.EXACT, "12人次", "12 attendances"),
        (1, Qualifier.EXACT, "1人次", "1 attendance"),
        (3500, AT_LEAST, "3500多人次", "more than 3,500 attendances"),
        (3900, NEARLY, "近3900人次", "nearly 3,900 attendances"),
        (400, ABOUT, "约400人次", "about 400 attendances"),
        (4000, Qualifier.CONTRADICTORY, "近4000多人次", "“nearly 4,000 and more” attendances"),
    ],
)
def test_text_keeps_the_hedge(value: int, qualifier: Qualifier, chinese: str, english: str) -> None:
    quantity = Quantity(value, ATTENDANCE, qualifier)

    assert (quantity.text("zh-hans"), quantity.text("en")) == (chinese, english)


@pytest.mark.parametrize(
    ("value", "upper"), [(3500, 3600), (80, 90), (1000, 1100), (35, None), (4000, 4100), (10, 20), (120, 130)]
)
def test_upper_bound_follows_usage(value: int, upper: int | None) -> None:
    quantity = Quantity(value, SESSION, AT_LEAST)

    assert (quantity.lower_exclusive, quantity.upper_exclusive_by_usage) == (value, upper)


def test_bounds_of_a_contradiction_are_unknown() -> None:
    quantity = Quantity(4000, PERSON, Qualifier.CONTRADICTORY)

    assert (quantity.lower_exclusive, quantity.upper_exclusive_by_usage) == (None, None)


@pytest.mark.parametrize(
    ("qualifiers", "expected"),
    [
        ([Qualifier.EXACT, Qualifier.EXACT], Qualifier.EXACT),
        ([Qualifier.EXACT, AT_LEAST], AT_LEAST),
        ([NEARLY, Qualifier.EXACT], NEARLY),
        ([AT_LEAST, NEARLY], ABOUT),
        ([ABOUT, AT_LEAST], ABOUT),
    ],
)
def test_total_combines_qualifiers(qualifiers: list[Qualifier], expected: Qualifier) -> None:
    result = total([Quantity(10, ATTENDANCE, qualifier) for qualifier in qualifiers], ATTENDANCE)

    assert (result.value, result.qualifier) == (10 * len(qualifiers), expected)


def test_total_of_lower_bounds_prints_two_digits() -> None:
    result = total([Quantity(3500, ATTENDANCE, AT_LEAST), Quantity(12, ATTENDANCE)], ATTENDANCE)

    assert (result.value, result.text("zh")) == (3512, "3500多人次")


def test_total_of_rough_numbers_says_no_more_than_its_parts() -> None:
    result = total([Quantity(21000, ATTENDANCE, ABOUT), Quantity(15482, ATTENDANCE)], ATTENDANCE)

    assert (result.value, result.text("zh"), result.text("en")) == (36482, "约36000人次", "about 36,000 attendances")


@pytest.mark.parametrize(
    ("value", "printed"),
    [(69982, 70000), (3550, 3600), (3549, 3500), (99, 99), (996, 1000), (0, 0), (SMALL, SMALL)],
)
def test_estimate_is_rounded_to_two_digits(value: int | Decimal, printed: int | Decimal) -> None:
    assert round_to_two_digits(value) == printed


def test_one_stated_number_keeps_its_wording() -> None:
    stated = Quantity(35, SESSION, AT_LEAST)

    assert total([stated], SESSION).text("zh") == "35多场"


def test_people_never_add_up() -> None:
    with pytest.raises(UnitMismatch):
        total([Quantity(3, PERSON), Quantity(4, PERSON)], PERSON)


def test_units_never_mix() -> None:
    with pytest.raises(UnitMismatch):
        total([Quantity(3, ATTENDANCE), Quantity(4, SESSION)], ATTENDANCE)


def test_contradiction_stays_out_of_sums() -> None:
    parts = [Quantity(3, ATTENDANCE), Quantity(4000, ATTENDANCE, Qualifier.CONTRADICTORY)]

    with pytest.raises(ContradictoryQuantity):
        total(parts, ATTENDANCE)


@given(st.integers(min_value=1, max_value=10**9))
def test_floor_never_exceeds_and_keeps_two_digits(value: int) -> None:
    floored = floor_to_two_digits(value)

    assert floored <= value < floored + max(1, 10 ** (len(str(value)) - 2))
