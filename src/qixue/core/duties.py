"""What the worker does again and again. Apps register their duties; the queues themselves are tables."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction

from qixue.core.logs import get_logger

log = get_logger("qixue.worker")


@dataclass
class Duty:
    """`run(at=)` does what is due and returns how much that was; it must be safe to run twice and beside itself.

    One that takes many seconds has `has_work(at=)`, which says whether anything waits: the worker then leaves it to a
    process of its own, so that codes and letters do not wait.
    """

    name: str
    run: Callable[..., int]
    every: datetime.timedelta
    has_work: Callable[..., bool] | None = None


def for_each(duty: str, rows: Iterable[Any], act: Callable[[Any], int]) -> int:
    """Act on every row in a transaction of its own; one that fails is logged and holds up no other.

    Returns how much was done. It is tried again with the next run.
    """
    return sum(act_on(duty, row, act) for row in rows)


def act_on(duty: str, row: Any, act: Callable[[Any], int]) -> int:
    try:
        with transaction.atomic():
            return act(row)
    except Exception:  # whatever it raises, those after it are not to wait for it
        log.exception("duty_row_failed", duty=duty, row=getattr(row, "pk", row))
        return 0


@dataclass
class Duties:
    """All duties, and when each was last done by this process."""

    duties: list[Duty] = field(default_factory=list)
    done_at: dict[str, datetime.datetime] = field(default_factory=dict)

    def register(self, duty: Duty) -> None:
        """Raises ValueError for a name that is there already."""
        if any(known.name == duty.name for known in self.duties):
            raise ValueError(f"The duty {duty.name} is registered twice.")
        self.duties.append(duty)

    def run_due(self, *, at: datetime.datetime, apart: Callable[[str], None] | None = None) -> dict[str, int]:
        """Do what is due; one duty that fails is logged and holds up no other. Returns how much each did.

        `apart` begins by its name what takes long, and does not wait for it.
        """
        due = [duty for duty in self.duties if self.is_due(duty, at=at)]
        return {duty.name: self.run_one(begun_apart(duty, apart), at=at) for duty in due}

    def named(self, name: str) -> Duty:
        """Raises ValueError where there is none."""
        for duty in self.duties:
            if duty.name == name:
                return duty
        raise ValueError(f"There is no duty {name}.")

    def is_due(self, duty: Duty, *, at: datetime.datetime) -> bool:
        return duty.name not in self.done_at or at >= self.done_at[duty.name] + duty.every

    def run_one(self, duty: Duty, *, at: datetime.datetime) -> int:
        self.done_at[duty.name] = at
        try:
            count = duty.run(at=at)
        except Exception:  # the worker outlives a duty that fails, whatever it raises
            log.exception("duty_failed", duty=duty.name)
            return 0
        if count:
            log.info("duty_done", duty=duty.name, count=count)
        return count


def begun_apart(duty: Duty, apart: Callable[[str], None] | None) -> Duty:
    """The duty itself, or one that has it begun elsewhere, where it takes long."""
    has_work = duty.has_work
    if apart is None or has_work is None:
        return duty

    def begin(*, at: datetime.datetime) -> int:
        if has_work(at=at):
            apart(duty.name)
        return 0

    return replace(duty, run=begin)


duties = Duties()
