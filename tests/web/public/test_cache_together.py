"""Visitors who ask for the same page at the same time: it is made once for all of them, and never too old."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpResponse
from django.test import RequestFactory

from qixue.core.copies import Copies, Flights
from qixue.web.public import cache

VISITORS = 6


class CountedFlights(Flights):
    """Tells how many have boarded."""

    def __init__(self) -> None:
        super().__init__()
        self.boarded = threading.Semaphore(0)

    def board(self, key):
        found = super().board(key)
        self.boarded.release()
        return found


@pytest.fixture(autouse=True)
def flights(monkeypatch) -> CountedFlights:
    counted = CountedFlights()
    monkeypatch.setattr(cache, "flights", counted)
    monkeypatch.setattr(cache, "pages", Copies(10))
    monkeypatch.setattr(cache, "KEPT_FOR", 60.0)
    return counted


def ask_together(flights: CountedFlights, answer_first, answer_later) -> tuple[list, int]:
    """What each visitor got, and how often the page was made. It is first made when all have asked for it."""
    made, all_have_asked, lock = [], threading.Event(), threading.Lock()

    @cache.shared_for_a_second
    def view(request):
        with lock:
            made.append(number := len(made) + 1)
        if number == 1:
            all_have_asked.wait()
        return (answer_first if number == 1 else answer_later)(number)

    def visit():
        request = RequestFactory().get("/")
        request.session = SessionBase()
        try:
            return view(request).content.decode()
        except ValueError as error:
            return repr(error)

    with ThreadPoolExecutor(VISITORS) as pool:
        visits = [pool.submit(visit) for _visitor in range(VISITORS)]
        for _visitor in range(VISITORS):
            flights.boarded.acquire()
        all_have_asked.set()
        return [visit.result() for visit in visits], len(made)


def page(number: int) -> HttpResponse:
    return HttpResponse(f"page {number}")


def test_page_is_made_once_for_all_who_ask_at_once(flights):
    assert ask_together(flights, page, page) == (["page 1"] * VISITORS, 1)


def test_who_waited_for_a_page_that_is_old_by_then_shares_the_next_one(flights, monkeypatch):
    monkeypatch.setattr(cache, "KEPT_FOR", 0.0)

    answers, count = ask_together(flights, page, page)

    assert (sorted(answers), count) == (["page 1"] + ["page 2"] * (VISITORS - 1), 2)


def test_page_that_is_not_for_everybody_is_made_for_each(flights):
    def personal(number: int) -> HttpResponse:
        return HttpResponse(f"page {number}", headers={"Cache-Control": "no-store"})

    answers, count = ask_together(flights, personal, personal)

    assert (len(set(answers)), count) == (VISITORS, VISITORS)


def test_who_waited_for_a_page_that_failed_is_answered(flights):
    def broken(_number: int) -> HttpResponse:
        raise ValueError

    answers, _count = ask_together(flights, broken, page)

    assert answers.count("ValueError()") == 1
    assert sum(answer.startswith("page") for answer in answers) == VISITORS - 1
    assert flights.under_way == {}
