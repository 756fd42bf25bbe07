"""Turns at writing to SQLite, and commits that several share."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from tests.factories import UserFactory

from qixue.core.sqlite.turns import Turns, turns_at
from qixue.core.together import Act, Line, Lines
from qixue.people.models import User
from qixue.programme.models import ListingEdition


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


def until(is_so: Callable[[], bool]) -> None:
    """Wait until it is; fails after half a minute, as code does that never comes there."""
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline, "What was waited for has not come."
        time.sleep(0.01)


class Users:
    """Lines at which each act makes a user of the name that is asked for, and what the statements were asked for."""

    def __init__(self) -> None:
        self.sets: list[list[str]] = []
        self.is_begun, self.go_on = threading.Event(), threading.Event()
        self.lines = Lines("SELECT 1 FROM people_user WHERE id = %s FOR UPDATE", self.run)

    def run(self, _key: int, names: list[str]) -> list[int]:
        self.sets.append(names)
        if names == ["slow"]:
            self.is_begun.set()
            self.go_on.wait(30)
        if "bug" in names:
            raise ValueError
        if "too late" in names:
            ListingEdition.objects.create(programme_id=0)  # which the database says when it commits
        return [UserFactory(display_name=name).pk for name in names]

    def ask(self, name: str) -> Any:
        try:
            return self.lines.at(1).take_part(name)
        except (ValueError, IntegrityError) as error:
            return type(error)
        finally:
            connection.close()

    def ask_together(self, *names: str) -> list[Any]:
        """What each is answered; they line up while the commit of another is on its way."""
        line = self.lines.at(1)
        with ThreadPoolExecutor(1 + len(names)) as threads:
            first = threads.submit(self.ask, "slow")
            self.is_begun.wait(30)
            others = []
            for number, name in enumerate(names, 1):
                others.append(threads.submit(self.ask, name))
                until(lambda number=number: len(line.waiting) >= number or first.done())
            self.go_on.set()
        assert not line.waiting
        return [User.objects.get(display_name="slow").pk == first.result(), *(other.result() for other in others)]


def pk_of(name: str) -> int:
    return User.objects.get(display_name=name).pk


@pytest.mark.django_db(transaction=True)
def test_those_who_line_up_during_a_commit_share_the_next() -> None:
    users = Users()

    answers = users.ask_together("李", "王", "张")

    assert answers == [True, pk_of("李"), pk_of("王"), pk_of("张")]
    assert users.sets == [["slow"], ["李", "王", "张"]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("guilty", "error"), [("bug", ValueError), ("too late", IntegrityError)])
@pytest.mark.parametrize("place", [0, 1])
def test_error_of_one_is_no_other_s(guilty: str, error: type[Exception], place: int) -> None:
    """Whether the one at the head acts for the guilty one or is it; whether a statement fails or the commit."""
    names = ["李", "王"]
    names.insert(place, guilty)

    answers = Users().ask_together(*names)

    expected: list[Any] = [pk_of("李"), pk_of("王")]
    expected.insert(place, error)
    assert answers == [True, *expected]
    assert User.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_whoever_is_answered_does_not_wait_for_the_next_set() -> None:
    held = {name: threading.Event() for name in ("李", "王", "赵")}  # who is at the head of a set
    sets: list[list[str]] = []

    def run(_key: int, names: list[str]) -> list[str]:
        sets.append(names)
        held[names[0]].wait(30)
        return names

    lines = Lines("SELECT 1 FROM people_user WHERE id = %s FOR UPDATE", run)
    line = lines.at(1)

    def ask(name: str) -> Any:
        try:
            return lines.at(1).take_part(name)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        try:
            threads.submit(ask, "李")
            until(lambda: sets == [["李"]])
            answers = []
            for number, name in enumerate(("王", "张"), 1):
                answers.append(threads.submit(ask, name))
                until(lambda number=number: len(line.waiting) == number)
            held["李"].set()
            until(lambda: sets[1:] == [["王", "张"]])
            threads.submit(ask, "赵")
            until(lambda: len(line.waiting) == 1)
            held["王"].set()
            assert [answer.result(30) for answer in answers] == ["王", "张"]
        finally:
            for each in held.values():
                each.set()

    assert sets[2:] == [["赵"]]


class Interrupting:
    """A lock that one is interrupted at, before or behind it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.is_done = False

    def acquire(self) -> None:
        raise KeyboardInterrupt

    def __enter__(self) -> None:
        self.lock.acquire()

    def __exit__(self, *_error: object) -> None:
        self.lock.release()
        if not self.is_done:
            self.is_done = True
            raise KeyboardInterrupt


def interrupted(line: Line) -> None:
    with pytest.raises(KeyboardInterrupt):
        line.take_part("李")


def test_interrupt_at_the_head_leaves_the_line_open() -> None:
    line = Line(lambda: None, list)
    line.changing = Interrupting()  # type: ignore[assignment]

    interrupted(line)

    assert (line.head, list(line.waiting)) == (None, [])


def test_interrupt_while_waiting_leaves_the_head_and_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(lambda: None, list)
    line.head = head = Act("王")
    monkeypatch.setattr(Act, "__init__", lambda act, asked: setattr(act, "uncalled", Interrupting()))

    interrupted(line)

    assert (line.head, list(line.waiting)) == (head, [])


@pytest.mark.django_db
def test_in_a_transaction_an_act_is_done_in_it() -> None:
    users = Users()

    with transaction.atomic():
        users.lines.at(1).take_part("李")
        transaction.set_rollback(True)

    assert not User.objects.exists()


def test_row_has_one_line_for_as_long_as_somebody_is_in_it() -> None:
    lines = Users().lines
    line = lines.at(1)

    assert lines.at(1) is line
    assert lines.at(2) is not line
    assert list(lines.by_key) == [1]
