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
def one_at_a_time(kind: str, *, patience: float = 0.0, line: int | None = None) -> Iterator[None]:
    """Raises Busy where another thread or process makes one of this kind, and still does after `patience` seconds.

    Who waits holds a thread that others need: no more than `line` on this machine do, if that is given, and for the
    others it is busy at once. The kernel lets go when a process ends, however it ends.
    """
    until = time.monotonic() + patience
    with opened(kind) as turn:
        if not try_to_take(turn):
            with place_in(line, kind):
                take(turn, until=until)
        yield


@contextmanager
def opened(name: str) -> Iterator[int]:
    """A file to lock, by its descriptor; closing it lets go."""
    folder = settings.VAR / "turns"
    folder.mkdir(parents=True, exist_ok=True)
    file = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield file
    finally:
        os.close(file)


@contextmanager
def place_in(line: int | None, kind: str) -> Iterator[None]:
    """Raises Busy where all places are taken."""
    if line is None:
        yield
        return
    for number in range(line):
        with opened(f"{kind}.{number}") as place:
            if try_to_take(place):
                yield
                return
    raise Busy


def try_to_take(file: int) -> bool:
    """Whether the lock of the file is ours now; it is not waited for."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def take(file: int, *, until: float) -> None:
    while not try_to_take(file):
        if time.monotonic() >= until:
            raise Busy
        time.sleep(GLANCE)
