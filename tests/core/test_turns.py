"""Turns at writing to SQLite, and commits that several share."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection
from tests.factories import NOON, UserFactory, key

from qixue.core.models import KeptAnswer
from qixue.core.sqlite.turns import Turns, turns_at
from qixue.core.together import Line
from qixue.people.models import User


def test_turn_goes_to_one_at_a_time(tmp_path: Path) -> None:
    turns, inside, most = Turns(tmp_path / "turns"), [0], [0]

    def work(_number: int) -> None:
        for _time in range(50):
            turns.take()
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            inside[0] -= 1
            turns.give()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))

    assert (inside[0], most[0]) == (0, 1)


def test_other_process_waits_for_its_turn(tmp_path: Path) -> None:
    """Two lines of one file are what two processes have."""
    mine, other = Turns(tmp_path / "turns"), Turns(tmp_path / "turns")
    mine.take()
    is_taken = threading.Event()
    thread = threading.Thread(target=lambda: (other.take(), is_taken.set()))
    thread.start()

    assert not is_taken.wait(0.1)
    mine.give()
    assert is_taken.wait(5)
    thread.join()
    other.give()


def test_database_has_one_line() -> None:
    assert turns_at("/nowhere/a") is turns_at("/nowhere/a")
    assert turns_at("/nowhere/a") is not turns_at("/nowhere/b")


def closing(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except IntegrityError:
        return "refused"
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_act_that_fails_takes_no_other_with_it() -> None:
    user, line = UserFactory(), Line()
    twice = key()

    def keep(which: Any) -> Callable[[], Any]:
        return lambda: line.take_part(
            lambda: KeptAnswer.objects.create(actor_id=user.pk, key=which, digest="d", at=NOON).key
        )

    keys = [key() for _number in range(10)] + [twice, twice]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(closing, [keep(which) for which in keys]))

    assert answers[:10] == keys[:10]
    assert sorted(map(str, answers[10:])) == sorted([str(twice), "refused"])
    assert set(KeptAnswer.objects.values_list("key", flat=True)) == set(keys)


@pytest.mark.django_db(transaction=True)
def test_those_who_line_up_during_a_commit_share_the_next() -> None:
    line, begun, go_on = Line(), threading.Event(), threading.Event()

    def slow() -> int:
        begun.set()
        go_on.wait(5)
        return UserFactory().pk

    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(closing, lambda: line.take_part(slow))
        begun.wait(5)
        others = [threads.submit(closing, lambda: line.take_part(lambda: UserFactory().pk)) for _each in range(3)]
        while len(line.waiting) < 3 and not first.done():
            go_on.wait(0.01)
        go_on.set()

    assert {first.result(), *(other.result() for other in others)} == set(User.objects.values_list("pk", flat=True))
    assert not line.waiting
