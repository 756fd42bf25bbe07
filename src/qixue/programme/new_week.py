"""Where the days of one programme fall in another: the same weekday of the new week. Pure dates."""

import datetime
from dataclasses import dataclass

DAYS_OF_A_WEEK = 7


@dataclass(frozen=True)
class Move:
    """From a programme that began on one day to one that begins on another."""

    from_first: datetime.date
    to_first: datetime.date

    @property
    def keeps_weekday_of_start(self) -> bool:
        """Whether both begin on the same weekday, so that the order of the days stays as it was."""
        return self.from_first.weekday() == self.to_first.weekday()

    def day(self, day: datetime.date) -> datetime.date:
        """The same weekday in the same week of the new programme, counted from its first day."""
        weeks = (day - self.from_first).days // DAYS_OF_A_WEEK
        start = self.to_first + datetime.timedelta(weeks=weeks)
        return start + datetime.timedelta(days=(day.weekday() - start.weekday()) % DAYS_OF_A_WEEK)

    def moment(self, moment: datetime.datetime) -> datetime.datetime:
        """The same hour on the moved day. `moment` carries the zone in which its day is meant."""
        return moment + (self.day(moment.date()) - moment.date())
