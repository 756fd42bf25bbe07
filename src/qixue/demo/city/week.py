import datetime
from dataclasses import dataclass

from qixue.core.clock import local_moment

DAYS_BEHIND = 2
DAYS = 7


@dataclass(frozen=True)
class Week:
    """The seven days around today. What is known stops at midnight before today, whatever hour it is now."""

    today: datetime.date

    @property
    def first(self) -> datetime.date:
        return self.today - datetime.timedelta(days=DAYS_BEHIND)

    @property
    def last(self) -> datetime.date:
        return self.first + datetime.timedelta(days=DAYS - 1)

    @property
    def known_until(self) -> datetime.datetime:
        return local_moment(self.today, datetime.time.min)

    @property
    def prepared_at(self) -> datetime.datetime:
        """When roles were granted and registration opened: two weeks before the first day."""
        return local_moment(self.first - datetime.timedelta(days=14), datetime.time(8))

    def moment(self, day: int, hour: int, minute: int = 0) -> datetime.datetime:
        """Day 1 is the first of the week."""
        return local_moment(self.first + datetime.timedelta(days=day - 1), datetime.time(hour, minute))
