"""Until when a seat that became free is kept for whoever is offered it. Hours by day count, those of the night do not.

A message that arrives at eleven in the evening is read at breakfast: an offer that ran out at three would pass through
the hands of people who sleep, and the seat would go to whoever happens to be awake.
"""

import datetime

from qixue.core.clock import SHANGHAI, local_moment

# In Shanghai: before and after it many of those who are 75 sleep, and nobody has an office to call.
DAY_BEGINS = datetime.time(8)
DAY_ENDS = datetime.time(21)

ONE_DAY = datetime.timedelta(days=1)


def end_of_offer(at: datetime.datetime, hours: int, starts_at: datetime.datetime | None) -> datetime.datetime:
    """When an offer made at `at` ends: after so many hours by day, and not later than the session starts."""
    left, day = datetime.timedelta(hours=hours), at.astimezone(SHANGHAI).date()
    begins = max(at, local_moment(day, DAY_BEGINS))
    while left > (by_day := max(local_moment(day, DAY_ENDS) - begins, datetime.timedelta())):
        left -= by_day
        day += ONE_DAY
        begins = local_moment(day, DAY_BEGINS)
    end = begins + left
    return min(end, starts_at) if starts_at else end
