"""学时: learning hours of 45 minutes, to one decimal. Sums add up minutes and are rounded once. Pure, no Django."""

import datetime
from decimal import ROUND_HALF_UP, Decimal

MINUTES = 45  # of one 学时


def minutes_between(start: datetime.datetime | None, end: datetime.datetime | None) -> int | None:
    """Whole minutes of a session; None when its times are not known."""
    return int((end - start).total_seconds() // 60) if start and end else None


def learning_hours(minutes: int) -> Decimal:
    return (Decimal(minutes) / MINUTES).quantize(Decimal("0.1"), ROUND_HALF_UP)
