"""Sums and sets of people from cells against a recount from the ledger, whatever happens in between."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cell_scenes import assert_recount
from tests.counted import check_in
from tests.factories import ActivityFactory, RegionFactory, ResidentFactory, SessionFactory, VenueFactory, key
from tests.ledger_histories import LedgerMachine, run_histories, void

from qixue.core.figures import Scope, registry, shared_reads
from qixue.figures import change_triggers
from qixue.figures.queries import value_in
from qixue.participation.models import Attendance, Cell, CountedPerson, LedgerEntry, Participant, Tally
from qixue.participation.operations import cells
from qixue.participation.operations.cells import keep_cells
from qixue.participation.queries import cell_recount
from qixue.participation.queries.cell_recount import cells_that_differ
from qixue.participation.queries.cells import came_again_in, counts_in, numbers_of, people_in, trained_in
from qixue.participation.queries.placed import tallies_of
from qixue.programme.models import Activity, Session

pytestmark = [pytest.mark.django_db, pytest.mark.long(40)]


def test_random_histories_of_cells_equal_a_recount() -> None:
    run_histories(LedgerMachine, examples=30, steps=12)


def tables_read(scope: Scope) -> str:
    """The statements behind the people and the attendances of the scope, as text."""
    with CaptureQueriesContext(connection) as asked, shared_reads():
        people_in(scope), counts_in(scope), tallies_of(scope.programme)
    return " ".join(query["sql"] for query in asked)


def test_cells_are_read_once_until_one_of_them_changes() -> None:
    first, second = SessionFactory.create_batch(2)
    scopes = [Scope(each.activity.programme.code) for each in (first, second)]
    check_in(first, key())
    keep_cells()
    assert "c.again" in tables_read(scopes[0])

    check_in(first, key())
    read = tables_read(scopes[0])
    assert "c.again" not in read
    assert "participation_cellcount" not in read
    assert_recount(scopes[0])

    check_in(second, key())
    keep_cells()
    assert "c.again" in tables_read(scopes[0])
    assert_recount(scopes[0])


def test_what_a_figure_asks_of_cells_and_newcomers_is_one_statement() -> None:
    """Also where the state that it has seen says already that the copy is of no use."""
    session = SessionFactory()
    scope = Scope(session.activity.programme.code)
    check_in(session, key())
    keep_cells()

    assert sets_read_by_a_figure(scope) == [True]
    check_in(session, key())
    assert sets_read_by_a_figure(scope) == [False]
    check_in(session, key())
    keep_cells()
    assert sets_read_by_a_figure(scope) == [True]


def sets_read_by_a_figure(scope: Scope) -> list[bool]:
    """For each statement by which it asks who came, whether that gives the sets of the cells, too."""
    with CaptureQueriesContext(connection) as asked:
        value_in(scope, registry.definitions["participants"])
    return ["c.again" in query["sql"] for query in asked if "participation_attendance present" in query["sql"]]


def test_cells_are_read_each_time_while_nobody_watches_them() -> None:
    session = SessionFactory()
    scope = Scope(session.activity.programme.code)
    check_in(session, key())
    keep_cells()
    change_triggers.before_migration("default", ["a migration"])

    for _time in range(2):
        assert "c.again" in tables_read(scope)
    assert_recount(scope)


def test_whoever_comes_again_before_the_worker_does_is_counted_as_such() -> None:
    """Beside a cell that was read before: in a class, and at two sessions of a scope."""
    person, training = key(), ActivityFactory(kind=Activity.Kind.TRAINING)
    first, second = (SessionFactory(activity=training, number=number) for number in (1, 2))
    scope = Scope(training.programme.code)
    check_in(first, person, key())
    keep_cells()
    assert_recount(scope)

    check_in(second, person, key())

    assert_recount(scope)
    assert len(came_again_in(scope)) == 1
    assert trained_in(scope) == 3


def test_whoever_gets_a_number_while_a_figure_is_worked_out_is_still_known() -> None:
    session = SessionFactory()
    scope = Scope(session.activity.programme.code)
    person = Participant.objects.create(programme=session.activity.programme, resident=ResidentFactory())
    check_in(session, person.token)

    with shared_reads():
        people = people_in(scope)
        keep_cells()  # as the worker does, in between
        assert people & numbers_of(scope.programme, Participant.objects.all()) == people


def entry_of(session: Session, person: uuid.UUID) -> LedgerEntry:
    return Attendance.objects.get(session=session, person_token=person).entry


def test_figures_of_merged_tallies_do_not_read_the_sessions() -> None:
    session = SessionFactory()
    check_in(session, key(), key())
    keep_cells()
    Attendance.objects.all().delete()
    Tally.objects.update(named_count=7, attendance_count=7)

    scope = Scope(session.activity.programme.code)

    assert registry.definitions["participants"].value(scope).quantity.value == 2
    assert registry.definitions["attendance"].value(scope).quantity.value == 2


def test_recount_names_the_cell_that_was_changed() -> None:
    session = SessionFactory()
    check_in(session, key())
    keep_cells()
    cell = Cell.objects.get()
    assert cells_that_differ(session.activity.programme.code) == []

    cell.counts.update(attendance_count=5)

    assert cells_that_differ(session.activity.programme.code) == [cell.key]


def test_recount_names_the_cell_whose_people_were_changed() -> None:
    session = SessionFactory()
    check_in(session, key())
    keep_cells()
    Cell.objects.update(people=people_in(Scope("none")).serialize())

    assert cells_that_differ(session.activity.programme.code) == [Cell.objects.get().key]


def test_somebody_who_is_taken_back_is_gone_before_the_worker_comes() -> None:
    session, stays, goes = SessionFactory(), key(), key()
    check_in(session, stays, goes)
    keep_cells()

    void(entry_of(session, goes))

    assert Cell.objects.get().people is None
    assert_recount(Scope(session.activity.programme.code))


def test_merging_leaves_the_people_of_drafts_alone() -> None:
    session = SessionFactory()
    check_in(session, key())
    Activity.objects.update(state=Activity.State.DRAFT)

    assert keep_cells() == 0
    assert len(people_in(Scope(session.activity.programme.code))) == 0


def test_whoever_was_numbered_keeps_the_number_at_other_sessions() -> None:
    person = key()
    first = SessionFactory()
    check_in(first, person)
    keep_cells()
    check_in(SessionFactory(activity=first.activity), person)
    keep_cells()

    assert CountedPerson.objects.count() == 1
    assert len(people_in(Scope(first.activity.programme.code))) == 1


def test_recount_names_the_cell_in_which_a_stranger_stands() -> None:
    session = SessionFactory(venue=VenueFactory(region=RegionFactory()))
    check_in(session, key())
    keep_cells()
    cell = Cell.objects.get()

    Session.objects.update(venue=None)
    Tally.objects.update(is_merged=True)
    Cell.objects.update(people=cell.people)

    assert cells_that_differ(session.activity.programme.code) == [cell.key]


def test_recount_names_the_cell_of_somebody_without_a_number() -> None:
    session = SessionFactory()
    check_in(session, key())
    keep_cells()

    CountedPerson.objects.all().delete()

    assert cells_that_differ(session.activity.programme.code) == [Cell.objects.get().key]


def test_recount_looks_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    session = SessionFactory()
    check_in(session, key())
    keep_cells()
    counted = cell_recount.kept_counts
    moments = iter([{0: {}}])  # the sums were read before somebody came, and the entries afterwards
    monkeypatch.setattr(cell_recount, "kept_counts", lambda cells: next(moments, None) or counted(cells))

    assert cells_that_differ(session.activity.programme.code) == []


def test_whoever_comes_while_people_are_numbered_is_merged_with_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    session = SessionFactory()
    check_in(session, key())
    monkeypatch.setattr(cells, "number_people", lambda sessions: None)

    assert keep_cells() == 0

    monkeypatch.undo()
    assert_recount(Scope(session.activity.programme.code))
    assert keep_cells() == 1
    assert_recount(Scope(session.activity.programme.code))


def test_cells_that_a_migration_has_just_widened_can_be_read() -> None:
    session = SessionFactory()
    check_in(session, key())
    keep_cells()

    Cell.objects.update(again=b"")

    assert len(people_in(Scope(session.activity.programme.code))) == 1
    assert cells_that_differ(session.activity.programme.code) == []
