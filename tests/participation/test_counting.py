import pytest

from qixue.core.quantity import ATTENDANCE, Qualifier, Quantity
from qixue.participation.counting import HEAD_COUNT, LIST, LIST_AND_OTHERS, attendance_of, sum_of_reports


def attendances(value: int, qualifier: Qualifier = Qualifier.EXACT) -> Quantity:
    return Quantity(value, ATTENDANCE, qualifier)


@pytest.mark.parametrize(
    ("rule", "named", "head", "expected"),
    [
        (LIST, 0, None, None),
        (LIST, 12, None, 12),
        (LIST, 12, 40, 12),
        (HEAD_COUNT, 12, None, 12),
        (HEAD_COUNT, 0, 40, 40),
        (HEAD_COUNT, 12, 40, 40),
        (HEAD_COUNT, 45, 40, 45),
        (LIST_AND_OTHERS, 12, 40, 52),
        (LIST_AND_OTHERS, 0, 40, 40),
        (LIST_AND_OTHERS, 12, None, 12),
        (HEAD_COUNT, 0, 0, 0),
    ],
)
def test_attendance_follows_the_declared_rule(rule: str, named: int, head: int | None, expected: int | None) -> None:
    result = attendance_of(rule, named, None if head is None else attendances(head))

    assert (result and result.value) == expected


def test_attendance_keeps_the_estimate_of_the_head_count() -> None:
    result = attendance_of(LIST_AND_OTHERS, 12, attendances(40, Qualifier.ABOUT))

    assert result == Quantity(52, ATTENDANCE, Qualifier.ABOUT)


def test_sum_of_no_reports_is_missing_not_zero() -> None:
    assert sum_of_reports([]) is None
