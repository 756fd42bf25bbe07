"""What becomes of a scan, and which numbers a device still holds: rules without a database and without a clock.

The rules are described for readers in docs/reference/door-sync.md. A verdict follows from the facts alone, so it can be
worked out again at any time. Being in already is no verdict of these rules: attendances are a set, and whoever comes
second adds nothing to it. A delivery asks for hundreds of verdicts, so that facts are tuples.
"""

import datetime
from collections.abc import Iterable
from typing import NamedTuple

CLOCK_LIMIT = datetime.timedelta(minutes=5)  # a device whose clock is further off is marked
AROUND_SESSION = datetime.timedelta(hours=2)  # before its start and after its end people still come and go
HIGHEST_PACE = 60  # scans of one device in one minute; nobody lets people in faster
MINUTE = datetime.timedelta(minutes=1)

# What a device shows of whoever may stay inside, and of a head count; nothing is said by apps from before they said it.
LET_IN = frozenset({"", "in", "already", "walked_in", "counted", "count_waits"})

NAME_GONE = "name_gone"  # shown by an entry that is not all that it was

# Marks: odd, and counted all the same. Of what is put aside they say what else is odd.
CLOCK_OFF, CANCELLED_LATER, NAMESAKE = "clock_off", "cancelled_later", "namesake"


def is_before_door(starts_at: datetime.datetime | None, moment: datetime.datetime) -> bool:
    """Whether the door of a session with this start is not open yet; without a start it never opens."""
    return starts_at is None or moment < starts_at - AROUND_SESSION


class Window(NamedTuple):
    """A session as the rules see it. Without a start nothing can be said about the time."""

    starts_at: datetime.datetime | None
    ends_at: datetime.datetime | None
    is_off: bool = False

    def is_open_at(self, moment: datetime.datetime) -> bool:
        if self.starts_at is None:
            return False
        ends_at = self.ends_at or self.starts_at
        return self.starts_at - AROUND_SESSION <= moment <= ends_at + AROUND_SESSION


class Holder(NamedTuple):
    """The registration that was shown: its state, and whether it is for this session. `is_forgotten`: whoever had it
    was counted here, and nothing says any more by which entry.
    """

    state: str
    is_here: bool
    cancelled_at: datetime.datetime | None = None
    is_forgotten: bool = False


class Facts(NamedTuple):
    """All that decides. `session` is None where it is not one of the device's, `holder` where nobody was found.

    `problem` says why a ticket or code led to nobody. `list_from` is when the device fetched the list that it worked
    with at that moment, None where it had none. `pace` says which scan of its minute it was, `shown` what the device
    made of it before somebody's eyes.
    """

    occurred_at: datetime.datetime
    corrected_at: datetime.datetime
    received_at: datetime.datetime
    hours_end: datetime.datetime | None
    session: Window | None
    holder: Holder | None = None
    needs_holder: bool = True
    problem: str = ""
    list_from: datetime.datetime | None = None
    pace: int = 1
    shown: str = ""


class Judgement(NamedTuple):
    """`reason` is empty where the scan counts; else the code of why a person has to look at it."""

    reason: str = ""
    marks: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        return not self.reason


def judge(facts: Facts) -> Judgement:
    """Whether a scan counts. The first thing that is wrong is the reason; where that is the hour, what is wrong about
    the person as well is a mark: whoever decides must know that nobody has the code.
    """
    untimely, holder = wrong_time(facts), wrong_holder(facts)
    reason = wrong_place(facts) or untimely or holder or turned_away(facts)
    if not reason and facts.pace > HIGHEST_PACE:
        reason = "too_fast"
    marks = [holder] if holder and reason == untimely else []
    if abs(facts.corrected_at - facts.occurred_at) > CLOCK_LIMIT:
        marks.append(CLOCK_OFF)
    if not reason and facts.holder and facts.holder.state == "cancelled":
        marks.append(CANCELLED_LATER)
    return Judgement(reason, tuple(marks))


def wrong_place(facts: Facts) -> str:
    if facts.session is None:
        return "unknown_session"
    return "session_off" if facts.session.is_off else ""


def wrong_time(facts: Facts) -> str:
    if facts.corrected_at > facts.received_at + CLOCK_LIMIT:
        return "in_future"
    if facts.session and not facts.session.is_open_at(facts.corrected_at):
        return "outside_hours"
    if facts.hours_end and facts.corrected_at > facts.hours_end:
        return "device_hours_over"
    return ""


def wrong_holder(facts: Facts) -> str:
    """Whoever waits, for a seat or the draw, has none; what was cancelled counts if the device could not know."""
    holder = facts.holder
    if holder is None:
        return (facts.problem or "unknown_person") if facts.needs_holder else ""
    if not holder.is_here:
        return "wrong_session"
    if holder.is_forgotten:
        return "forgotten"
    if holder.state in {"waiting", "entered"}:
        return "waiting"
    if holder.state == "cancelled" and was_known(holder, facts):
        return "cancelled"
    return ""


def turned_away(facts: Facts) -> str:
    """Whoever was sent away or elsewhere is not in by what the server has learned since; a person may know better.

    `name_gone`: it was sent before with a name or photo that the phone has forgotten, and a server restored from a
    backup asked for it again.
    """
    if facts.shown == NAME_GONE:
        return NAME_GONE
    return "" if facts.shown in LET_IN else "turned_away"


def was_known(holder: Holder, facts: Facts) -> bool:
    """Whether the device had a list in which the registration was cancelled already. Without any list it had to ask."""
    if holder.cancelled_at is None:
        return True
    if holder.cancelled_at > facts.corrected_at:
        return False
    return facts.list_from is None or facts.list_from >= holder.cancelled_at


def minute_of(moment: datetime.datetime) -> datetime.datetime:
    return moment.replace(second=0, microsecond=0)


def arrived_with(numbers: Iterable[int], arrived_to: int) -> int:
    """Up to which number all have arrived, once these have, too.

    >>> arrived_with([5, 3, 4, 8], arrived_to=2)
    5
    """
    for number in sorted(numbers):
        arrived_to += number == arrived_to + 1
    return arrived_to


def missing_ranges(numbers: Iterable[int], highest: int, arrived_to: int = 0) -> list[tuple[int, int]]:
    """Which of the numbers up to `highest` are not there, as first and last of each gap; all up to `arrived_to` are.

    >>> missing_ranges([1, 2, 5], 7)
    [(3, 4), (6, 7)]
    """
    gaps, expected = [], arrived_to + 1
    for number in sorted({number for number in numbers if arrived_to < number <= highest}):
        if number > expected:
            gaps.append((expected, number - 1))
        expected = number + 1
    if expected <= highest:
        gaps.append((expected, highest))
    return gaps


def size_of(gaps: Iterable[tuple[int, int]]) -> int:
    return sum(last - first + 1 for first, last in gaps)
