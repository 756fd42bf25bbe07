"""One commit for all who wait: while a commit is on its way to the disk, others line up, and the next one takes all.

A disk syncs a few hundred or thousand times a second, however little is written. Where thousands change the same row,
each with a commit of their own, that is their limit. Here each is still answered only after their own act is on the
disk.
"""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import connection, transaction


class Act:
    """What one thread wants done; its outcome is there when `is_over`."""

    def __init__(self, asked: Any) -> None:
        self.asked = asked
        self.is_over = False
        self.result: Any = None
        self.error: BaseException | None = None

    def outcome(self) -> Any:
        """Raises what the act raised."""
        if self.error:
            raise self.error
        return self.result


class Line:
    """The acts of this process that wait for one database. Whoever is at its head acts for all that have lined up.

    What is asked for is a function; one that fails takes no other with it.
    """

    def __init__(self) -> None:
        self.waiting: deque[Act] = deque()
        self.head = threading.Lock()

    def take_part(self, asked: Any) -> Any:
        """The result, once it is committed. The act may run in another thread, on that thread's connection."""
        act = Act(asked)
        if connection.in_atomic_block:
            with transaction.atomic():
                self.run_for(deque([act]), [])
            return act.outcome()
        self.waiting.append(act)
        with self.head:
            if not act.is_over:
                self.go_or_leave(act)
        return act.outcome()

    def go_or_leave(self, act: Act) -> None:
        """Nobody does later what its asker was told has failed, also where the transaction could not even begin."""
        try:
            self.go()
        except BaseException:
            with suppress(ValueError):
                self.waiting.remove(act)
            raise

    def go(self) -> None:
        """One transaction for all who have lined up by the time at which it begins."""
        acts: list[Act] = []
        try:
            with transaction.atomic():
                self.run_for(self.waiting, acts)
        except BaseException as error:  # the commit failed, so that none of it is there
            for act in acts:
                act.error = act.error or error
            raise
        finally:
            for act in acts:
                act.is_over = True

    def run_for(self, waiting: deque[Act], acts: list[Act]) -> None:
        """Move those who wait to the acts, and run them."""
        while waiting:
            acts.append(waiting.popleft())
            attempt(acts[-1])


def attempt(act: Act) -> None:
    """Behind a savepoint, so that the others stand whatever happens to it."""
    try:
        with transaction.atomic():
            act.result = act.asked()
    except Exception as error:  # it is raised again where the act was asked for
        act.error = error


class JointLine(Line):
    """A line whose acts are done in few statements for all of them: they succeed or fail together.

    `lock` makes the transaction wait for its turn; `run` is then given what all have asked for who have lined up by
    then, and returns a result for each.
    """

    def __init__(self, lock: Callable[[], None], run: Callable[[list[Any]], list[Any]]) -> None:
        super().__init__()
        self.lock, self.run = lock, run

    def run_for(self, waiting: deque[Act], acts: list[Act]) -> None:
        self.lock()
        while waiting:
            acts.append(waiting.popleft())
        for act, result in zip(acts, self.run([act.asked for act in acts]), strict=True):
            act.result = result
