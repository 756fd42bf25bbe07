"""Files that take a core for long are made one at a time on a machine.

Each process of the site has a few threads and one interpreter: twenty who want a work summary in the same minute would
take them all, and whoever signs up meanwhile would wait until the last is made.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

GLANCE = 0.05  # seconds between two looks at whether it is free


class Busy(Exception):
    """Somebody else's is under way."""


@contextmanager
def one_at_a_time(kind: str, *, patience: float = 0.0) -> Iterator[None]:
    """Raises Busy where another thread or process makes one of this kind, and still does after `patience` seconds.

    Who waits holds a thread that others need. The kernel lets go when a process ends, however it ends.
    """
    folder = settings.VAR / "turns"
    folder.mkdir(parents=True, exist_ok=True)
    file = os.open(folder / kind, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        take(file, until=time.monotonic() + patience)
        yield
    finally:
        os.close(file)


def take(file: int, *, until: float) -> None:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise Busy from None
            time.sleep(GLANCE)
        else:
            return
