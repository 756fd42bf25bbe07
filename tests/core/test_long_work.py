"""Files that take a core for long: one at a time on a machine."""

import subprocess
import sys
import threading
import time

import pytest

from qixue.core.long_work import Busy, one_at_a_time

HOLDER = """
import fcntl, sys
file = open(sys.argv[1], "w")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_only_one_of_a_kind_is_made_at_a_time() -> None:
    with one_at_a_time("atlas"):
        with pytest.raises(Busy), one_at_a_time("atlas"):
            pytest.fail("two at a time")
        with one_at_a_time("poster"):
            pass
    with one_at_a_time("atlas"):
        pass


def test_one_that_fails_makes_room_for_the_next() -> None:
    with pytest.raises(ValueError, match="paper"), one_at_a_time("atlas"):
        raise ValueError("paper")
    with one_at_a_time("atlas"):
        pass


def test_patience_waits_until_the_other_is_done() -> None:
    is_inside = threading.Event()

    def other() -> None:
        with one_at_a_time("atlas"):
            is_inside.set()
            time.sleep(0.2)

    thread = threading.Thread(target=other)
    thread.start()
    is_inside.wait(5)
    with one_at_a_time("atlas", patience=30):
        pass
    thread.join()


def test_no_more_than_the_line_wait_and_each_of_them_gets_their_turn() -> None:
    made, turned_away, is_over = [], [], threading.Event()

    def ask(number: int) -> None:
        try:
            with one_at_a_time("atlas", patience=30, line=2):
                made.append(number)
        except Busy:
            turned_away.append(number)
            if len(turned_away) == 3:
                is_over.set()

    threads = [threading.Thread(target=ask, args=[number]) for number in range(5)]
    with one_at_a_time("atlas"):
        for thread in threads:
            thread.start()
        assert is_over.wait(30)
        assert made == []
    for thread in threads:
        thread.join(30)

    assert sorted(made + turned_away) == [0, 1, 2, 3, 4]
    assert len(made) == 2


def test_process_that_is_killed_holds_nobody_up(settings) -> None:
    with one_at_a_time("atlas"):
        pass  # its file is there now
    command = [sys.executable, "-c", HOLDER, str(settings.VAR / "turns" / "atlas")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(Busy), one_at_a_time("atlas"):
            pytest.fail("two at a time")
        process.kill()
    with one_at_a_time("atlas"):
        pass
