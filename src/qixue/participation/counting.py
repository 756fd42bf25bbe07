"""How the people of one session are counted: rule "attendance" of docs/reference/figures.md. Pure, no database."""

from collections.abc import Iterable

from qixue.core.quantity import ATTENDANCE, Quantity, total

LIST = "list"
HEAD_COUNT = "head_count"
LIST_AND_OTHERS = "list_and_others"


def attendance_of(rule: str, one_by_one: int, head: Quantity | None) -> Quantity | None:
    """人次 of one session from the people counted one by one and the head count, or None when nothing was recorded.

    One by one are those by name and those at the door who gave none. `list`: they are all. `head_count`: the head count
    covers everybody, so the larger of both stands. `list_and_others`: it covers only the others, so both add up.
    """
    singles = Quantity(one_by_one, ATTENDANCE)
    if head is None:
        return singles if one_by_one else None
    if rule == LIST_AND_OTHERS:
        return total([singles, head], ATTENDANCE) if one_by_one else head
    if rule == HEAD_COUNT:
        return head if head.value >= one_by_one else singles
    return singles


def sum_of_reports(parts: Iterable[Quantity]) -> Quantity | None:
    """人次 that documents state for an activity without naming sessions; None when there is none."""
    parts = list(parts)
    return total(parts, ATTENDANCE) if parts else None
