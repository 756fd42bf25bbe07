"""What is counted is kept until something changes, and never longer."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import strategies as st
from hypothesis.stateful import rule
from tests.counted import check_in, head_count
from tests.factories import (
    NOON,
    ActivityFactory,
    BrandFactory,
    EvidenceFactory,
    ProgrammeFactory,
    RegistrationFactory,
    ResidentFactory,
    SessionFactory,
    key,
)
from tests.factories_afterwards import organiser_of
from tests.factories_swap_rounds import SwapRoundFactory, planned_ring, ring
from tests.figures.conftest import held
from tests.ledger_histories import LedgerMachine, run_histories
from tests.watched_reads import unwatched

from qixue.cli.database import migrate
from qixue.core import changes
from qixue.core.changes import Subject
from qixue.core.checkup import Level
from qixue.core.figures import NO_PERIOD, Scope, registry, shared_reads
from qixue.core.kept import COPIES
from qixue.core.models import Change
from qixue.core.quantity import Qualifier
from qixue.figures import change_triggers
from qixue.figures.checkup import check_change_triggers
from qixue.figures.families import withheld_parts
from qixue.figures.queries import value_in
from qixue.participation.counted_people import ALL_WHO_CAME, BY_NAME
from qixue.participation.models import Participant, Registration, Tally
from qixue.participation.operations.attendances import rebuild_attendances
from qixue.participation.operations.cells import keep_cells
from qixue.participation.operations.ledger import correct_entry, record_reported_attendance
from qixue.participation.queries import placed
from qixue.programme.models import Award, Session
from qixue.swap.models import Handover, Listing, SwapRound

pytestmark = pytest.mark.django_db
SESSIONS = registry.definitions["sessions_total"]
ONE_MIGRATION = ["a migration"]


def moved(act: Callable[[], Any]) -> set[Subject]:
    """The subjects whose state the act has moved."""
    before = changes.states()
    act()
    after = changes.states()
    return {subject for subject in Subject if before.get(subject) != after.get(subject)}


def test_a_value_is_worked_out_once_until_something_changes() -> None:
    session = SessionFactory()
    scope = Scope(session.activity.programme.code)
    assert value_in(scope, SESSIONS).quantity.value == 1

    with CaptureQueriesContext(connection) as asked:
        assert value_in(scope, SESSIONS).quantity.value == 1
    assert [query["sql"] for query in asked] == [changes.STATES]

    SessionFactory(activity=session.activity, number=session.number + 1)
    assert value_in(scope, SESSIONS).quantity.value == 2


def test_a_block_asks_once_whether_anything_has_changed() -> None:
    session = SessionFactory()
    scope, lectures = Scope(session.activity.programme.code), registry.definitions["lectures"]
    before = [value_in(scope, each) for each in (SESSIONS, lectures)]

    with CaptureQueriesContext(connection) as asked, shared_reads():
        assert [value_in(scope, each) for each in (SESSIONS, lectures)] == before

    assert len(asked) == 1


def test_what_a_block_has_read_before_is_not_kept_as_new() -> None:
    session = SessionFactory()
    scope, attendance = Scope(session.activity.programme.code), registry.definitions["attendance"]
    with shared_reads():
        assert attendance.value(scope).quantity.value == 0
        check_in(session, key())
        assert value_in(scope, attendance).quantity.value == 1

    assert value_in(scope, attendance).quantity.value == 1


def test_seats_move_nothing_and_merging_what_is_merged() -> None:
    session = SessionFactory()
    check_in(session, key())

    assert moved(lambda: Session.objects.update(taken_count=3, waiting_count=1)) == set()
    assert moved(keep_cells) == {Subject.CELLS}
    assert Tally.objects.get().is_merged


def test_each_subject_moves_with_what_it_is_about() -> None:
    session, registration = SessionFactory(), RegistrationFactory()

    assert moved(lambda: check_in(session, key())) == {Subject.COUNTS}
    assert moved(lambda: Session.objects.filter(pk=session.pk).update(speaker="王老师")) == {Subject.RECORDS}
    assert moved(BrandFactory) >= {Subject.RECORDS}
    gone = Registration.objects.filter(pk=registration.pk)
    assert moved(lambda: gone.update(state=Registration.State.WAITING, waiting_number=1)) == {Subject.SIGN_UPS}
    assert moved(gone.delete) == {Subject.SIGN_UPS}


def test_many_rows_that_come_in_one_statement_are_noted() -> None:
    programme, people = ProgrammeFactory(), [ResidentFactory() for _ in range(3)]
    before = Change.objects.count()

    rows = [Participant(programme=programme, resident=person) for person in people]
    assert moved(lambda: Participant.objects.bulk_create(rows)) == {Subject.PEOPLE}

    noted = {"sqlite": 3, "postgresql": 1}[connection.vendor]
    assert Change.objects.count() - before == noted


def test_a_walk_in_without_a_name_moves_the_counts_where_the_heads_say_how_many_came() -> None:
    session = SessionFactory(counting_rule=Session.CountingRule.HEAD_COUNT)
    head_count(session, 30)
    check_in(session, key())
    keep_cells()

    assert moved(lambda: check_in(session, None)) == {Subject.COUNTS}


def test_rows_made_anew_move_the_counts() -> None:
    check_in(SessionFactory(), key())

    assert moved(rebuild_attendances) == {Subject.COUNTS}


def test_a_document_that_is_replaced_by_one_with_the_same_number_moves_the_counts() -> None:
    activity, evidence = ActivityFactory(), EvidenceFactory(text="约三十人次")
    by = organiser_of(activity)
    given = {"count": 30, "qualifier": Qualifier.ABOUT, "by": by, "at": NOON}
    entry = record_reported_attendance(
        activity, evidence=EvidenceFactory(), period=NO_PERIOD, client_uuid=key(), **given
    )

    assert moved(lambda: correct_entry(entry, evidence=evidence, reason="另一份", client_uuid=key(), **given)) == {
        Subject.COUNTS
    }


def test_what_happens_in_swaps_moves_the_swaps() -> None:
    round_ = SwapRoundFactory()
    planned_ring(round_, ring(round_, 2))

    assert moved(lambda: Listing.objects.update(hidden_at=NOON)) == {Subject.SWAPS}
    assert moved(lambda: Handover.objects.update(agreed_at=NOON)) == {Subject.SWAPS}
    assert moved(lambda: SwapRound.objects.update(title="春季集市")) == {Subject.SWAPS}


def test_adding_up_moves_nothing_and_leaves_a_row_each() -> None:
    session = SessionFactory()
    for _number in range(changes.ENOUGH):
        check_in(session, key())

    assert moved(lambda: changes.add_up(at=session.starts_at)) == set()
    assert Change.objects.count() == len(Subject)


def test_many_changes_are_added_up_in_one_run_of_several_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "MOST", changes.ENOUGH)
    Change.objects.all().delete()
    Change.objects.bulk_create(Change(subject=Subject.COUNTS, size=7) for _number in range(3 * changes.ENOUGH))

    assert moved(lambda: changes.add_up(at=NOON)) == set()

    assert Change.objects.count() < changes.ENOUGH


def test_few_changes_are_left_alone() -> None:
    session = SessionFactory()

    assert changes.add_up(at=session.starts_at) == 0


def test_nothing_is_kept_while_the_database_migrates() -> None:
    session = SessionFactory()
    scope = Scope(session.activity.programme.code)
    value_in(scope, SESSIONS)

    change_triggers.before_migration("default", ONE_MIGRATION)
    Session.objects.update(state=Session.State.CANCELLED)

    assert changes.states() == {}
    assert value_in(scope, SESSIONS).quantity.value == 0
    change_triggers.after_migration("default", ONE_MIGRATION)
    assert value_in(scope, SESSIONS).quantity.value == 0
    assert changes.states().keys() == set(Subject)


def test_doctor_names_triggers_that_are_gone() -> None:
    assert check_change_triggers("127.0.0.1").level == Level.OK

    change_triggers.remove(connection)

    found = check_change_triggers("127.0.0.1")
    assert found.level == Level.WARNING
    assert "programme_session" in found.values["names"]


def test_triggers_of_an_earlier_version_are_replaced_by_the_next_migration(monkeypatch: pytest.MonkeyPatch) -> None:
    session, present = SessionFactory(), change_triggers.present(connection)
    with monkeypatch.context() as earlier:
        earlier.setitem(change_triggers.WATCHED, "programme_session", (Subject.RECORDS, ("state",)))
        change_triggers.install(connection)
    assert check_change_triggers("127.0.0.1").level == Level.WARNING

    assert migrate() == 0

    assert sorted(change_triggers.present(connection)) == sorted(present)
    assert moved(lambda: Session.objects.filter(pk=session.pk).update(speaker="王老师")) == {Subject.RECORDS}


def test_figures_are_kept_after_the_database_was_emptied() -> None:
    Change.objects.all().delete()
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")  # as `flush` does when it has emptied it

    assert changes.states().keys() == set(Subject)
    assert moved(SessionFactory) >= {Subject.RECORDS}


@pytest.mark.django_db(transaction=True)
def test_each_table_loses_and_gets_its_triggers_by_itself() -> None:
    """Whoever did it for all of them at once would hold up every writer until the last one is done."""
    with CaptureQueriesContext(connection) as asked:
        change_triggers.install(connection)

    at_once: list[set[str]] = [set()]
    for query in asked:
        if query["sql"] in {"BEGIN", "COMMIT"}:
            at_once.append(set())
        elif query["sql"].startswith("CREATE TRIGGER"):
            at_once[-1].add(re.findall(r" ON (\w+)", query["sql"])[0])
        else:
            assert not (query["sql"].startswith("DROP TRIGGER") and len(at_once) % 2 == 0)  # in a transaction
    assert [len(tables) for tables in at_once if tables] == [1] * len(change_triggers.WATCHED)


def test_subjects_of_another_version_are_left_out() -> None:
    Change.objects.bulk_create(Change(subject=subject, size=1) for subject in ["weather", *Subject])

    assert changes.states().keys() == set(Subject)


def test_all_that_is_watched_is_there() -> None:
    assert change_triggers.WATCHED.keys() <= set(connection.introspection.table_names())


def test_all_figures_of_a_week_read_only_what_is_watched() -> None:
    programme = ProgrammeFactory()
    check_in(held(programme), key())

    for definition in registry.all():
        COPIES.clear()  # or a figure would not read what another has read
        value_in(Scope(programme.code), definition)  # tests/conftest.py refuses what is not watched


def test_statements_are_searched_for_what_is_not_watched() -> None:
    def refused(sql: str, *subjects: Subject) -> set[str]:
        return unwatched(sql, subjects or tuple(Subject))

    sessions = 'FROM "programme_session"'
    assert refused(f'SELECT "programme_session"."taken_count" {sessions}') == {"programme_session.taken_count"}
    assert refused(f'SELECT T4."taken_count" {sessions} T4') == {"programme_session.taken_count"}
    assert refused("SELECT s.taken_count FROM programme_session s") == {"programme_session.taken_count"}
    assert refused("SELECT taken_count FROM programme_session") == {"programme_session.taken_count"}
    assert refused(f'SELECT "programme_session"."speaker" {sessions}') == set()
    assert refused("SELECT 1 FROM core_outboxmessage") == {"core_outboxmessage"}
    assert refused("SELECT named_count FROM participation_tally", Subject.RECORDS) == {"participation_tally"}
    assert refused("SELECT 1 FROM participation_attendance", Subject.RECORDS) == {"participation_attendance"}
    assert refused("SELECT named_count FROM participation_tally", Subject.COUNTS) == set()


def test_a_session_that_came_while_others_were_read_is_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    session = SessionFactory()
    code, before = session.activity.programme.code, placed.places_of(session.activity.programme.code)
    came_since = SessionFactory(activity=session.activity)
    for each in (session, came_since):
        check_in(each, *[key() for _person in range(7)])
    monkeypatch.setattr(placed, "places_of", lambda _code: before)
    COPIES.clear()

    assert withheld_parts(code, ALL_WHO_CAME) == {came_since.pk}


class KeptMachine(LedgerMachine):
    """The same histories, and changes of records by hand. All figures are as when they are worked out anew."""

    @rule(
        session=st.integers(0, 2), state=st.sampled_from(Session.State.values), speaker=st.sampled_from(["", "王老师"])
    )
    def a_session_is_edited(self, session: int, state: str, speaker: str) -> None:
        Session.objects.filter(pk=self.sessions[session].pk).update(state=state, speaker=speaker)

    @rule(session=st.integers(0, 2))
    def somebody_signs_up(self, session: int) -> None:
        RegistrationFactory(session=self.session(session))

    @rule(session=st.integers(0, 2))
    def all_sign_off(self, session: int) -> None:
        Registration.objects.filter(session=self.sessions[session]).delete()

    @rule(is_given=st.booleans())
    def an_award_is_given_or_not(self, is_given: bool) -> None:
        programme = self.sessions[0].activity.programme
        if is_given:
            Award.objects.create(programme=programme, code=str(key())[:20], title="学习型城市", level="city")
        else:
            Award.objects.all().delete()

    @rule(year=st.sampled_from([None, 1950, 2015]), person=st.integers(0, 4))
    def a_year_of_birth_is_known(self, year: int | None, person: int) -> None:
        type(self.people[person].resident).objects.filter(pk=self.people[person].resident_id).update(birth_year=year)

    def check(self, scope: Scope) -> None:
        if scope not in self.scopes[::2]:  # the whole and a place: each costs a hundred counts
            return
        with shared_reads():
            shown = {each.code: value_in(scope, each).quantity for each in registry.all()}
        with shared_reads():
            assert shown == {each.code: each.recount(scope).quantity for each in registry.all()}
        for people in (ALL_WHO_CAME, BY_NAME):
            withheld = withheld_parts(scope.programme, people)
            assert withheld == withheld_parts.__wrapped__(scope.programme, people)  # type: ignore[attr-defined]


def test_random_histories_show_what_a_recount_gives() -> None:
    run_histories(KeptMachine, examples=4, steps=6)
