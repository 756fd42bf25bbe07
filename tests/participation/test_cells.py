"""Sums and sets of people from cells against a recount from the ledger, whatever happens in between."""

import uuid
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.cell_scenes import assert_recount
from tests.counted import check_in
from tests.factories import (
    NOON,
    ActivityFactory,
    BrandFactory,
    EvidenceFactory,
    MemberFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RegionFactory,
    SessionFactory,
    UserFactory,
    VenueFactory,
    key,
)

from qixue.core.figures import Scope, registry
from qixue.core.quantity import Qualifier
from qixue.participation.models import Attendance, Cell, CountedPerson, LedgerEntry, Participant, Tally
from qixue.participation.operations import cells
from qixue.participation.operations.cells import keep_cells
from qixue.participation.operations.ledger import (
    correct_entry,
    record_head_count,
    void_entry,
)
from qixue.participation.queries import cell_recount
from qixue.participation.queries.cell_recount import cells_that_differ
from qixue.participation.queries.cells import people_in
from qixue.people.operations.erasure import erase_account
from qixue.programme.models import Activity, Session

pytestmark = [pytest.mark.django_db, pytest.mark.long(40)]

EXAMPLES, STEPS = 30, 12


def void(entry: LedgerEntry) -> None:
    void_entry(entry, reason="名单抄错", by=UserFactory(), at=NOON, client_uuid=key())


def entry_of(session: Session, person: uuid.UUID) -> LedgerEntry:
    return Attendance.objects.get(session=session, person_token=person).entry


class LedgerMachine(RuleBasedStateMachine):
    """Three sessions of two brands and regions; whoever comes, goes, is erased or moves, figures equal a recount."""

    sessions: list[Session]
    people: list[Participant]
    venues: list[Any]
    brands: list[Any]
    scopes: list[Scope]

    @initialize()
    def begin(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.tokens = [person.token for person in self.people]

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @rule(session=st.integers(0, 2), people=st.sets(st.integers(0, 4), min_size=1))
    def some_come(self, session: int, people: set[int]) -> None:
        row = self.session(session)
        inside = set(Attendance.objects.filter(session=row).values_list("person_token", flat=True))
        check_in(row, *sorted({self.tokens[place] for place in people} - inside))

    @rule(session=st.integers(0, 2), person=st.integers(0, 4))
    def one_is_taken_back(self, session: int, person: int) -> None:
        inside = Attendance.objects.filter(session=self.sessions[session], person_token=self.tokens[person])
        for row in inside.select_related("entry__organisation"):
            void(row.entry)

    @rule(session=st.integers(0, 2), count=st.integers(0, 9), qualifier=st.sampled_from(["exact", "about", "at_least"]))
    def heads_are_counted_or_corrected(self, session: int, count: int, qualifier: str) -> None:
        row = self.session(session)
        given = {"count": count, "qualifier": Qualifier(qualifier), "by": UserFactory(), "at": NOON}
        entry = LedgerEntry.objects.effective().head_counts().filter(session=row).first()
        if entry is None:
            record_head_count(row, evidence=EvidenceFactory(), client_uuid=key(), **given)
        else:
            correct_entry(entry, reason="数错了", evidence=None, client_uuid=key(), **given)

    @rule(session=st.integers(0, 2))
    def a_head_count_is_taken_back(self, session: int) -> None:
        for entry in LedgerEntry.objects.effective().head_counts().filter(session=self.sessions[session]):
            void(entry)

    @rule(person=st.integers(0, 4))
    def somebody_is_erased(self, person: int) -> None:
        found = Participant.objects.filter(token=self.tokens[person]).select_related("resident__user").first()
        if found and found.resident.user:
            erase_account(found.resident.user, at=NOON)

    @rule(session=st.integers(0, 2), venue=st.integers(0, 2))
    def a_session_moves(self, session: int, venue: int) -> None:
        Session.objects.filter(pk=self.sessions[session].pk).update(venue=self.venues[venue])

    @rule(session=st.integers(0, 2), brand=st.integers(0, 1), kind=st.sampled_from(["lecture", "training"]))
    def an_activity_changes(self, session: int, brand: int, kind: str) -> None:
        keys = self.sessions[session].activity_id
        Activity.objects.filter(pk=keys).update(brand=self.brands[brand], kind=kind)

    @rule()
    def the_worker_merges(self) -> None:
        keep_cells()

    @rule()
    def the_worker_merges_all(self) -> None:
        keep_cells()
        keep_cells()
        assert not Tally.objects.filter(is_merged=False).exists()
        assert cells_that_differ(self.scopes[0].programme) == []

    @invariant()
    def figures_equal_their_recount(self) -> None:
        if hasattr(self, "atomic"):
            for scope in self.scopes:
                assert_recount(scope)

    def session(self, place: int) -> Session:
        return Session.objects.select_related("activity__organisation", "activity__programme").get(
            pk=self.sessions[place].pk
        )


def test_random_histories_of_cells_equal_a_recount() -> None:
    programme = ProgrammeFactory()
    towns = [RegionFactory(code=code, parent=programme.region, level="township") for code in ("441801", "441802")]
    brands = BrandFactory.create_batch(2)
    county, town = OrganisationFactory.create_batch(2, region=towns[0])
    first, second = (
        ActivityFactory(programme=programme, brand=brands[0], organisation=each, region=towns[1])
        for each in (county, town)
    )
    venues = [*(VenueFactory(region=region) for region in towns), None]
    LedgerMachine.sessions = [SessionFactory(activity=each, venue=venues[0]) for each in (first, first, second)]
    people = MemberFactory.create_batch(5)
    LedgerMachine.people = [Participant.objects.create(resident=each, programme=programme) for each in people]
    LedgerMachine.venues, LedgerMachine.brands = venues, brands
    narrowings = [
        {},
        {"brand": brands[0].code},
        {"region": towns[1].code},
        {"organisation": county.code, "kind": "lecture"},
    ]
    LedgerMachine.scopes = [Scope(programme.code, **narrowing) for narrowing in narrowings]

    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )


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
    moments = iter([{}])  # the sums were read before somebody came, and the entries afterwards
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
