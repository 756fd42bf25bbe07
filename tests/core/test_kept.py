"""Who asks for the same while it changes all the time does not stand in line for copies that nobody else can use."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from qixue.core import changes, kept
from qixue.core.changes import Subject
from qixue.core.kept import unchanged

THREADS = 6


def test_those_who_wait_use_what_was_begun_after_they_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers, made, all_have_asked = itertools.count(1), [], threading.Event()
    monkeypatch.setattr(changes, "states", lambda: {Subject.COUNTS: next(numbers)})

    class Asked(kept.KeptReads):
        def __init__(self) -> None:
            super().__init__()
            if self.states[Subject.COUNTS] >= THREADS:
                all_have_asked.set()

    monkeypatch.setattr(kept, "KeptReads", Asked)

    def read() -> int:
        all_have_asked.wait()
        made.append("a")
        return len(made)

    with ThreadPoolExecutor(THREADS) as pool:
        answers = [
            future.result() for future in [pool.submit(unchanged, (Subject.COUNTS,), read) for _ in range(THREADS)]
        ]

    assert sorted(answers) == [1, *[2] * (THREADS - 1)]
