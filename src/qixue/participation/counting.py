"""How the people of one session are counted: rule "attendance" of docs/reference/figures.md. Pure, no database."""

from collections.abc import Iterable

from qixue.core.quantity import ATTENDANCE, Quantity, total

LIST = "list"
HEAD_COUNT = "head_count"
LIST_AND_OTHERS = "list_and_others"


def attendance_of(rule: str, named: int, head: Quantity | None) -> Quantity | None:
    """人次 of one session from the number of named people and the head count, or None when nothing was recorded.

    `list`: the names are all. `head_count`: the head count covers everybody, so the larger of both stands.
    `list_and_others`: the head count covers only people who are not on the list, so both add up.
    """
    names = Quantity(named, ATTENDANCE)
    if head is None:
        return names if named else None
    if rule == LIST_AND_OTHERS:
        return total([names, head], ATTENDANCE) if named else head
    if rule == HEAD_COUNT:
        return head if head.value >= named else names
    return names


def sum_of_reports(parts: Iterable[Quantity]) -> Quantity | None:
    """人次 that documents state for an activity without naming sessions; None when there is none."""
    parts = list(parts)
    return total(parts, ATTENDANCE) if parts else None
