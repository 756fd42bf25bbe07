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
from weakref import WeakValueDictionary

from django.db import connection, transaction

from qixue.core.logs import get_logger
from qixue.core.statements import answers_to, vendor

log = get_logger("qixue.together")


class Act:
    """What one thread asks for; when it `is_over` its result is there, or it is to be done `again` by itself.

    Its thread is called when that is so, or when it is to act for all who wait. Each waits at a lock of its own, so
    that nobody whose act is over stands behind somebody whose act is not.
    """

    def __init__(self, asked: Any) -> None:
        self.asked = asked
        self.uncalled = threading.Lock()
        self.uncalled.acquire()
        self.is_over = self.again = False
        self.result: Any = None


class Line:
    """The acts of this process that wait for one row. Whoever is at its head acts for all that have lined up.

    They are done in few statements for all of them and succeed or fail together. Of several that have failed each is
    done again by whoever asked for it: only those see an error who have it alone, too.
    `lock` makes the transaction wait for its turn; `run` is then given what all have asked for who have lined up by
    then, and returns a result for each.
    """

    def __init__(self, lock: Callable[[], None], run: Callable[[list[Any]], list[Any]]) -> None:
        self.lock, self.run = lock, run
        self.waiting: deque[Act] = deque()
        self.head: Act | None = None
        self.changing = threading.Lock()  # who is in the line, and who at its head

    def take_part(self, asked: Any) -> Any:
        """The result, once it is committed. The act may run in another thread, on that thread's connection."""
        if connection.in_atomic_block:
            return self.alone(asked)
        act = Act(asked)
        try:
            with self.changing:
                self.waiting.append(act)
                if is_head := self.head is None:
                    self.head = act
            if not is_head:
                act.uncalled.acquire()
            if not act.is_over:
                self.go()
        except BaseException:
            self.leave(act)
            raise
        finally:
            if self.head is act:
                self.call_next()
        return self.alone(asked) if act.again else act.result

    def alone(self, asked: Any) -> Any:
        with transaction.atomic():
            self.lock()
            [result] = self.run([asked])
        return result

    def leave(self, act: Act) -> None:
        """Nobody does later what its asker was told has failed, also where the transaction could not even begin."""
        with self.changing, suppress(ValueError):
            self.waiting.remove(act)

    def call_next(self) -> None:
        """The head leaves; the next is called, if there is one."""
        with self.changing:
            self.head = self.waiting[0] if self.waiting else None
            if self.head:
                self.head.uncalled.release()

    def move_to(self, acts: list[Act]) -> None:
        """All who have lined up, from the line to the acts; one by one, so that an interrupt leaves none in both."""
        with self.changing:
            while self.waiting:
                acts.append(self.waiting.popleft())

    def go(self) -> None:
        """One transaction for all who have lined up by the time at which it has its turn."""
        acts: list[Act] = []
        try:
            with transaction.atomic():
                self.lock()
                self.move_to(acts)
                for act, result in zip(acts, self.run([act.asked for act in acts]), strict=True):
                    act.result = result
        except BaseException as error:  # also where the commit failed: none of it is there
            for act in acts:
                act.again = True
            if len(acts) < 2 or not isinstance(error, Exception):
                raise
            log.warning("failed_together", count=len(acts), error=type(error).__name__)  # its text may tell of people
        finally:
            for act in acts:
                act.is_over = True
                act.uncalled.release()


class Lines:
    """A line for each row, for as long as somebody is in it.

    `lock` is the statement that locks the row of a key; `run` is given the key and what is asked for.
    """

    def __init__(self, lock: str, run: Callable[[int, list[Any]], list[Any]]) -> None:
        self.lock, self.run = lock, run
        self.by_key: WeakValueDictionary[int, Line] = WeakValueDictionary()
        self.making = threading.Lock()

    def at(self, key: int) -> Line:
        with self.making:
            if (line := self.by_key.get(key)) is None:
                self.by_key[key] = line = Line(lambda: self.lock_row(key), lambda asked: self.run(key, asked))
            return line

    def lock_row(self, key: int) -> None:
        """In a statement of its own, so that those that follow see what the former holder of the lock has written. A
        transaction of SQLite has had its turn to begin.
        """
        if vendor() == "postgresql":
            answers_to((self.lock, [key]))
