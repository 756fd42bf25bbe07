"""Turns at writing: SQLite takes one writer at a time, and its own waiting is no queue.

SQLite's busy handler sleeps and tries again, longer and longer: whoever came late gets in while somebody who waits is
asleep, so that under load some wait for seconds and most of the time nobody writes at all. Writers therefore line up
before they begin: threads of a process at a lock, the processes at a file lock beside the database. The kernel lets go
of the latter when a process ends, however it ends.
"""

import fcntl
import os
import threading
from pathlib import Path


class Turns:
    """The line of this process for one database file. A thread that has the turn takes it no second time."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self.here = threading.Lock()
        self.file: int | None = None

    def take(self) -> None:
        """Wait for one's turn."""
        self.here.acquire()
        try:
            if self.file is None:
                self.file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self.file, fcntl.LOCK_EX)
        except BaseException:
            self.here.release()
            raise

    def give(self) -> None:
        assert self.file is not None  # noqa: S101 - it was opened by the take before
        fcntl.flock(self.file, fcntl.LOCK_UN)
        self.here.release()


_turns: dict[str, Turns] = {}
_making = threading.Lock()


def turns_at(database: str) -> Turns:
    """The one line of this process for the database, however many connections it has."""
    with _making:
        if database not in _turns:
            _turns[database] = Turns(f"{database}-turns")
        return _turns[database]
