"""The recount of cells: it names those that do not say what the entries say, and no others."""

import uuid

import pytest
from pyroaring import BitMap
from tests.counted import check_in, head_count
from tests.factories import ActivityFactory, ProgrammeFactory, SessionFactory, key
from tests.ledger_histories import void

from qixue.core.quantity import Qualifier
from qixue.participation.models import Attendance, Cell, CellCount, CountedPerson
from qixue.participation.operations.cells import keep_cells
from qixue.participation.queries import cell_recount
from qixue.participation.queries.cell_recount import cells_that_differ
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db


def test_recount_names_the_cell_of_somebody_who_stands_in_the_place_of_another() -> None:
    session = SessionFactory()
    check_in(session, key(), key())
    keep_cells()
    elsewhere = CountedPerson.objects.create(token=key())
    cell = Cell.objects.get()
    people = BitMap.deserialize(bytes(cell.people or b""))

    people.remove(min(people))
    Cell.objects.update(people=(people | BitMap([elsewhere.pk])).serialize())

    assert cells_that_differ(session.activity.programme.code) == [cell.key]


def test_recount_names_the_cell_that_forgets_who_came_again() -> None:
    first, person = SessionFactory(), key()
    check_in(first, person)
    check_in(SessionFactory(activity=first.activity), person)
    keep_cells()
    assert cells_that_differ(first.activity.programme.code) == []

    Cell.objects.update(again=BitMap().serialize())

    assert cells_that_differ(first.activity.programme.code) == [Cell.objects.get().key]


def test_recount_counts_whoever_was_taken_back_and_came_again() -> None:
    session, stays, returns, goes = SessionFactory(), key(), key(), key()
    check_in(session, stays, returns, goes)
    taken_back(session, returns)
    taken_back(session, goes)
    check_in(session, returns)
    taken_back(session, returns)
    check_in(session, returns)
    keep_cells()
    keep_cells()

    assert [count.named_count for count in CellCount.objects.all()] == [2]
    assert cells_that_differ(session.activity.programme.code) == []


def test_recount_of_many_cells_goes_on_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    person = key()
    programme = ProgrammeFactory()
    sessions = [SessionFactory(activity=ActivityFactory(programme=programme)) for _class in range(3)]
    for session in sessions:
        check_in(session, person, key())
    keep_cells()
    monkeypatch.setattr(cell_recount, "PEOPLE_AT_ONCE", 1)
    assert cells_that_differ(programme.code) == []

    spoilt = Cell.objects.filter(activity=sessions[1].activity)
    spoilt.update(people=BitMap().serialize())

    assert cells_that_differ(programme.code) == [spoilt.get().key]


def test_recount_adds_heads_to_names() -> None:
    session = SessionFactory(counting_rule=Session.CountingRule.LIST_AND_OTHERS)
    beside = SessionFactory(activity=session.activity)
    check_in(session, key(), key())
    head_count(session, 40, Qualifier.ABOUT)
    check_in(beside, key())
    keep_cells()
    assert cells_that_differ(session.activity.programme.code) == []

    CellCount.objects.filter(qualifier=Qualifier.ABOUT).update(named_count=3)

    assert cells_that_differ(session.activity.programme.code) == [Cell.objects.get().key]


def taken_back(session: Session, person: uuid.UUID) -> None:
    void(Attendance.objects.get(session=session, person_token=person).entry)
