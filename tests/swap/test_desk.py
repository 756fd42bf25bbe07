"""What the desk of a round sees: what is due, what waits for whom, and what somebody is called."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import NOON
from tests.factories_swap_rounds import SwapRoundFactory, planned_ring, ring

from qixue.people.models import Resident
from qixue.swap.models import Handover, Listing, SwapRound
from qixue.swap.queries.desk import Due, listed_handovers, looked_for, progress_of, waited_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_() -> SwapRound:
    return SwapRoundFactory(state="handing_over", table_count=2)


def exchange(round_: SwapRound, size: int, *, here: int = 0, done: int = 0) -> list[Handover]:
    rows = planned_ring(round_, ring(round_, size))
    keys = [row.pk for row in rows]
    Handover.objects.filter(pk__in=keys[:here]).update(giver_confirmed_at=NOON)
    Handover.objects.filter(pk__in=keys[:done]).update(state="done", receiver_confirmed_at=NOON)
    return rows


def name(person: Resident, called: str) -> None:
    Resident.objects.filter(pk=person.pk).update(name=called)


def test_what_is_due_stands_first_and_what_is_done_last(round_: SwapRound) -> None:
    exchange(round_, 2, here=2, done=2)
    exchange(round_, 3)
    exchange(round_, 3, here=1)
    exchange(round_, 3, here=2)
    exchange(round_, 2, here=2)

    found = progress_of(round_)

    assert [(each.number, each.table, each.due) for each in found.exchanges] == [
        (5, 1, Due.NOW),
        (4, 2, Due.WAITS),
        (3, 1, Due.WAITS),
        (2, 2, Due.NOBODY),
        (1, 1, Due.DONE),
    ]
    assert (found.done, found.things, found.people_here, found.people) == (2, 13, 7, 13)
    assert [found.count_of(due) for due in Due] == [1, 2, 1, 1]


def test_who_is_waited_for_is_named_once(round_: SwapRound) -> None:
    rows = exchange(round_, 3, here=1)
    gone = exchange(round_, 2)
    Handover.objects.filter(pk__in=[row.pk for row in gone]).update(state="void", void_at=NOON)
    name(rows[1].giver, "陈红")
    Handover.objects.filter(pk=rows[2].pk).update(giver=rows[1].giver)

    assert waited_for(round_, [1, 2]) == {1: ["陈红"]}


@pytest.mark.parametrize("words", ["陈红", "chenhong", "ch", "电水壶", "3", "３"])
def test_people_things_and_numbers_are_found(round_: SwapRound, words: str) -> None:
    exchange(round_, 2)
    exchange(round_, 2)
    row, other = exchange(round_, 2)
    for person in Resident.objects.exclude(pk=row.giver_id):
        name(person, "王伟")
    name(row.giver, "陈红")
    Listing.objects.update(title="台灯")
    Listing.objects.filter(pk=row.listing_id).update(title="电水壶")

    found = looked_for(round_, words, progress_of(round_), most=10)

    assert [each.number for each in found] == [3]
    both, thing = [row.pk, other.pk], [row.pk]
    assert [shown.pk for shown in found[0].shown] == (thing if words == "电水壶" else both)


@pytest.mark.parametrize("words", ["2", "第2组", "2组", "第 2 组交换"])
def test_an_exchange_is_found_by_its_number_as_people_say_it(round_: SwapRound, words: str) -> None:
    for _each in range(3):
        exchange(round_, 2)

    assert [each.number for each in looked_for(round_, words, progress_of(round_), most=10)] == [2]


def test_of_what_is_found_the_due_comes_first(round_: SwapRound) -> None:
    exchange(round_, 2, here=2, done=2)
    exchange(round_, 2, here=1)
    exchange(round_, 2, here=2)
    Resident.objects.update(name="王伟")

    assert [each.number for each in looked_for(round_, "王", progress_of(round_), most=2)] == [3, 2]


def test_a_code_leads_to_the_thing_of_the_phone(round_: SwapRound) -> None:
    exchange(round_, 2)
    row, other = exchange(round_, 2)
    Handover.objects.update(code="111111")
    Handover.objects.filter(pk=other.pk).update(code="004217")

    found = looked_for(round_, "004 217", progress_of(round_), most=10)

    assert [(each.number, [shown.pk for shown in each.shown]) for each in found] == [(row.exchange, [other.pk])]
    assert looked_for(round_, "999999", progress_of(round_), most=10) == []


def test_the_list_is_in_the_order_of_the_tables(round_: SwapRound) -> None:
    for _each in range(3):
        exchange(round_, 2)

    assert [(row.table, row.exchange) for row in listed_handovers(round_)] == [
        (1, 1),
        (1, 1),
        (1, 3),
        (1, 3),
        (2, 2),
        (2, 2),
    ]


@pytest.mark.parametrize("count", [1, 4])
def test_the_desk_asks_the_database_as_often_for_many_as_for_one(round_: SwapRound, count: int) -> None:
    for _each in range(count):
        exchange(round_, 3, here=1)
    Resident.objects.update(name="王伟")

    with CaptureQueriesContext(connection) as queries:
        progress = progress_of(round_)
        waited_for(round_, [each.number for each in progress.exchanges])
        for found in looked_for(round_, "王", progress, most=50):
            assert [row.table for row in found.shown]

    assert len(queries) == 7
