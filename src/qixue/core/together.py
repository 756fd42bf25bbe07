"""One commit for all who wait: while a commit is on its way to the disk, others line up, and the next one takes all.

A disk syncs a few hundred or thousand times a second, however little is written. Where thousands change the same row,
each with a commit of their own, that is their limit. Here each is still answered only after their own act is on the
disk, and an act that fails takes no other with it.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction


class Act:
    """What one thread wants done; its outcome is there when `is_over`."""

    def __init__(self, run: Callable[[], Any]) -> None:
        self.run = run
        self.is_over = False
        self.result: Any = None
        self.error: BaseException | None = None

    def outcome(self) -> Any:
        """Raises what the act raised."""
        if self.error:
            raise self.error
        return self.result


class Line:
    """The acts of this process that wait for one database. Whoever is at its head acts for all that have lined up."""

    def __init__(self) -> None:
        self.waiting: deque[Act] = deque()
        self.head = threading.Lock()

    def take_part(self, run: Callable[[], Any]) -> Any:
        """The result of `run`, once it is committed. It may run in another thread, on that thread's connection."""
        if connection.in_atomic_block:
            with transaction.atomic():
                return run()
        act = Act(run)
        self.waiting.append(act)
        with self.head:
            if not act.is_over:
                self.go()
        return act.outcome()

    def go(self) -> None:
        """One transaction for all who have lined up by the time at which it begins."""
        acts: list[Act] = []
        try:
            with transaction.atomic():
                while self.waiting:
                    acts.append(self.waiting.popleft())
                    attempt(acts[-1])
        except BaseException as error:  # the commit failed, so that none of it is there
            for act in acts:
                act.error = act.error or error
            raise
        finally:
            for act in acts:
                act.is_over = True


def attempt(act: Act) -> None:
    """Behind a savepoint, so that the others stand whatever happens to it."""
    try:
        with transaction.atomic():
            act.result = act.run()
    except Exception as error:  # it is raised again where the act was asked for
        act.error = error
