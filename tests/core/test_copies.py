"""What threads that want the same thing at the same time get of it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from qixue.core.copies import Brief, Copies


def test_many_threads_that_ask_at_once_make_it_once():
    copies, made, start = Copies(2), [], threading.Barrier(8)

    def ask() -> str:
        start.wait()
        return copies.have("a", lambda: made.append("a") or "a")

    with ThreadPoolExecutor(8) as pool:
        answers = [future.result() for future in [pool.submit(ask) for _thread in range(8)]]

    assert (answers, made) == (["a"] * 8, ["a"])


def test_while_it_is_made_others_get_the_former_one_and_other_things():
    copies = Copies(2)

    def make() -> str:
        assert copies.have("new", lambda: "twice", meanwhile="former") == "former"
        assert copies.have("other", lambda: "other") == "other"
        return "new"

    assert copies.have("new", make, meanwhile="former") == "new"
    assert copies.have("new", lambda: "again", meanwhile="former") == "new"


def test_of_things_with_the_same_turn_one_is_made_at_a_time():
    copies = Copies(2)

    def make() -> str:
        assert copies.have("newest", lambda: "beside it", meanwhile="former", turn_at="shared") == "former"
        return "new"

    assert copies.have("new", make, meanwhile="former", turn_at="shared") == "new"
    assert not copies.turns


def test_an_old_one_is_made_again_by_one_thread():
    copies = Copies(2)
    copies.keep("a", 1)

    def make() -> int:
        assert copies.have("a", lambda: 3, meanwhile=1, is_old=lambda kept: kept < 2) == 1
        return 2

    assert copies.have("a", make, meanwhile=1, is_old=lambda kept: kept < 2) == 2


def test_after_a_failure_the_next_one_tries_again():
    copies = Copies(2)
    with pytest.raises(ZeroDivisionError):
        copies.have("a", lambda: 1 // 0)

    assert copies.have("a", lambda: 1) == 1


def test_those_used_last_are_kept():
    copies = Copies(2)
    for key in ("a", "b", "a", "c"):
        copies.have(key, lambda: 1)

    assert list(copies) == ["a", "c"]


@pytest.mark.parametrize(("seconds", "times"), [(60.0, 1), (0.0, 2)])
def test_brief_copy_is_used_as_long_as_it_may_be(monkeypatch, seconds, times):
    monkeypatch.setattr(Brief, "seconds", seconds)
    made: list[str] = []
    copies: Brief[None] = Brief(most=1)

    for _visit in range(2):
        assert copies.have("key", lambda: made.append("once more")) is None

    assert len(made) == times


class KeyOfMany:
    """A key that says when so many threads have asked for it: each looks it up once it knows when it asked."""

    def __init__(self, many: int) -> None:
        self.many, self.threads, self.have_all_asked = many, set(), threading.Event()

    def __hash__(self) -> int:
        self.threads.add(threading.get_ident())
        if len(self.threads) == self.many:
            self.have_all_asked.set()
        return 1


def test_those_who_waited_for_a_brief_copy_that_is_old_by_then_share_the_next_one():
    key, made = KeyOfMany(6), []
    copies: Brief[int] = Brief(most=1)

    def make() -> int:
        key.have_all_asked.wait(10)
        made.append(number := len(made) + 1)
        return number

    with ThreadPoolExecutor(6) as pool:
        answers = [future.result() for future in [pool.submit(copies.have, key, make) for _thread in range(6)]]

    assert sorted(answers) == [1] + [2] * 5
    assert made == [1, 2]
