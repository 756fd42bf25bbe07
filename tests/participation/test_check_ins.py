"""Who is in: once per session and person in the database itself, taken away by a void, and recounted."""

import importlib

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from tests.factories import (
    NOON,
    DoorDeviceFactory,
    EvidenceFactory,
    OpenSessionFactory,
    RegistrationFactory,
    RoleAssignmentFactory,
    SessionFactory,
    key,
)
from tests.participation.test_ledger import attendance_draft

from qixue.cli import main
from qixue.core.figures import Scope, registry
from qixue.core.quantity import Qualifier
from qixue.core.refusal import Refused
from qixue.participation.models import Attendance, LedgerEntry, Participant, Registration, Scan, Tally
from qixue.participation.operations.attendances import rebuild_attendances
from qixue.participation.operations.cells import keep_cells
from qixue.participation.operations.check_ins import check_in, hold_attended
from qixue.participation.operations.ledger import append_entries, record_head_count, void_entry
from qixue.participation.queries import chain_faults
from qixue.participation.queries.attendances import attendance_faults, kept_attendances, recounted_attendances
from qixue.participation.queries.cell_recount import cells_that_differ
from qixue.participation.queries.session_roots import roots_that_differ
from qixue.people.models import Role, User
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> Session:
    return SessionFactory()


@pytest.fixture
def clerk(session: Session) -> User:
    return RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.DOOR_VOLUNTEER).user


def test_second_attendance_of_one_person_is_refused_by_the_database(session: Session) -> None:
    token = key()
    append_entries(session.activity.organisation, [attendance_draft(session, person_token=token)])

    with pytest.raises(IntegrityError), transaction.atomic():
        append_entries(session.activity.organisation, [attendance_draft(session, person_token=token)])

    assert LedgerEntry.objects.count() == 1
    assert list(chain_faults()) == []


def test_person_who_was_taken_back_can_be_entered_again(session: Session, clerk: User, organiser: User) -> None:
    person = RegistrationFactory(session=session)
    first = check_in(session, registration=person, by=clerk, at=NOON, client_uuid=key())
    void_entry(first, reason="认错了人", by=organiser, at=NOON, client_uuid=key())
    assert not Attendance.objects.exists()

    again = check_in(session, registration=person, by=clerk, at=NOON, client_uuid=key())

    assert again != first
    assert Attendance.objects.get().entry == again
    assert Tally.objects.get(session=session).named_count == 1
    assert Participant.objects.count() == 1  # the same person under the same token


def test_person_who_is_in_stays_in_as_they_came(session: Session, clerk: User) -> None:
    person = RegistrationFactory(session=session)

    entries = [check_in(session, registration=person, by=clerk, at=NOON, client_uuid=key()) for _time in range(2)]

    assert entries[0] == entries[1]


def test_same_key_gives_the_first_entry(session: Session, clerk: User) -> None:
    form = key()

    entries = [check_in(session, name="李明", by=clerk, at=NOON, client_uuid=form) for _time in range(2)]

    assert entries[0] == entries[1]


def test_name_that_is_none_is_refused(session: Session, clerk: User) -> None:
    with pytest.raises(Refused) as refused:
        check_in(session, name="李😀明", by=clerk, at=NOON, client_uuid=key())

    assert (refused.value.code, LedgerEntry.objects.exists()) == ("name_mistaken", False)


def test_rows_are_made_anew_from_the_entries(session: Session, clerk: User, organiser: User) -> None:
    for name in ("李明", "王芳", "赵敏"):
        entry = check_in(session, name=name, by=clerk, at=NOON, client_uuid=key())
    void_entry(entry, reason="重复", by=organiser, at=NOON, client_uuid=key())
    before = kept_attendances()

    assert recounted_attendances() == before
    assert rebuild_attendances() == 2
    assert kept_attendances() == before


def test_rows_that_are_not_what_the_ledger_says_are_named_and_mended(
    session: Session, clerk: User, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = [check_in(session, name=name, by=clerk, at=NOON, client_uuid=key()) for name in ("李明", "王芳")]
    assert main(["ledger", "verify"]) == 0
    Attendance.objects.get(entry=entries[1]).delete()

    assert [(fault.sequence, fault.what) for fault in attendance_faults()] == [(2, "attendance")]
    codes = [main(["ledger", command]) for command in ("verify", "rebuild", "verify")]

    assert codes == [1, 0, 0]
    assert kept_attendances() == recounted_attendances()


def test_early_comers_do_not_close_the_sign_up_and_the_session_is_held_once_it_begins(
    session: Session, clerk: User
) -> None:
    session = OpenSessionFactory(activity=session.activity)
    early = session.starts_at.replace(hour=session.starts_at.hour - 1)
    check_in(session, by=clerk, at=early, client_uuid=key())
    session.refresh_from_db()
    assert session.state == Session.State.PLANNED

    counts = [hold_attended(at=moment) for moment in (early, session.starts_at, session.starts_at)]

    session.refresh_from_db()
    assert (counts, session.state) == ([0, 1, 0], Session.State.HELD)


@pytest.mark.parametrize("state", [Session.State.CANCELLED, Session.State.POSTPONED])
def test_nobody_is_checked_in_where_nothing_took_place(state: str, session: Session, clerk: User) -> None:
    with pytest.raises(Refused) as caught:
        check_in(SessionFactory(activity=session.activity, state=state), by=clerk, at=NOON, client_uuid=key())

    assert caught.value.code == "session_off"


def test_nobody_is_checked_in_by_somebody_of_another_office(session: Session) -> None:
    stranger = RoleAssignmentFactory(role=Role.ORGANISER).user

    with pytest.raises(Refused) as caught:
        check_in(session, name="李明", by=stranger, at=NOON, client_uuid=key())

    assert caught.value.code == "not_in_charge"
    assert not LedgerEntry.objects.exists()


def test_nobody_is_checked_in_long_before_the_start(session: Session, clerk: User) -> None:
    with pytest.raises(Refused) as caught:
        check_in(OpenSessionFactory(activity=session.activity), by=clerk, at=NOON, client_uuid=key())

    assert caught.value.code == "session_not_open"


@pytest.mark.parametrize("state", [Registration.State.WAITING, Registration.State.OFFERED])
def test_people_at_the_door_may_let_in_who_waits(state: str, session: Session, clerk: User) -> None:
    number = 1 if state == Registration.State.WAITING else None
    until = NOON if state == Registration.State.OFFERED else None
    person = RegistrationFactory(session=session, state=state, waiting_number=number, offered_until=until)

    entry = check_in(session, registration=person, by=clerk, at=NOON, client_uuid=key())

    assert entry.source == LedgerEntry.Source.DOOR


def test_cancelled_registration_is_entered_as_a_walk_in(session: Session, clerk: User) -> None:
    person = RegistrationFactory(session=session, state=Registration.State.CANCELLED)

    with pytest.raises(Refused) as caught:
        check_in(session, registration=person, by=clerk, at=NOON, client_uuid=key())

    assert caught.value.code == "registration_cancelled"


def figures_of(session: Session) -> dict[str, float | None]:
    """As pages show them; each is the same counted anew."""
    scope, found = Scope(session.activity.programme.code), {}
    for code in ("attendance", "participants", "named_share"):
        definition = registry.definitions[code]
        shown, recounted = definition.value(scope).quantity, definition.recount(scope).quantity
        assert shown == recounted
        found[code] = float(shown.value) if shown else None
    return found


@pytest.mark.parametrize(("rule", "attendance"), [("list", 4), ("head_count", 5), ("list_and_others", 9)])
def test_walk_ins_without_a_name_are_counted_and_are_no_people_by_name(
    session: Session, clerk: User, organiser: User, rule: str, attendance: int
) -> None:
    Session.objects.filter(pk=session.pk).update(counting_rule=rule)
    session.refresh_from_db()
    check_in(session, name="李明", by=clerk, at=NOON, client_uuid=key())
    for _person in range(4):
        entry = check_in(session, by=clerk, at=NOON, client_uuid=key())
    void_entry(entry, reason="多按了一次", by=organiser, at=NOON, client_uuid=key())
    if rule != "list":
        record_head_count(
            session,
            count=5,
            qualifier=Qualifier.EXACT,
            evidence=EvidenceFactory(),
            by=clerk,
            at=NOON,
            client_uuid=key(),
        )

    figures = figures_of(session)

    assert (figures["attendance"], figures["participants"]) == (attendance, 1)
    assert figures["named_share"] == round(100 / attendance, 1)
    keep_cells()
    assert figures_of(session) == figures
    assert cells_that_differ(session.activity.programme.code) == []
    assert roots_that_differ(session.activity.programme.code) == []
    assert list(chain_faults()) == []


def test_stored_walk_ins_without_a_name_are_entered_anew_without_a_token(session: Session, clerk: User) -> None:
    """As they were stored until migration 0022; somebody with a name stays as they are."""
    check_in(session, name="李明", by=clerk, at=NOON, client_uuid=key())
    walk_in = attendance_draft(session, person_token=key(), source=LedgerEntry.Source.WALK_IN)
    append_entries(session.activity.organisation, [walk_in])
    assert figures_of(session) == {"attendance": 2, "participants": 2, "named_share": 100}
    migration = importlib.import_module("qixue.participation.migrations.0022_unnamed")

    for _twice in range(2):
        migration.enter_without_token(apps, None)

    tally = Tally.objects.get(session=session)
    assert (tally.named_count, tally.unnamed_count, tally.attendance_count) == (1, 1, 2)
    assert LedgerEntry.objects.count() == 4
    assert list(chain_faults()) == []
    assert list(attendance_faults()) == []
    keep_cells()
    assert figures_of(session) == {"attendance": 2, "participants": 1, "named_share": 50}


def accepted(entry: LedgerEntry, **sent: object) -> None:
    """The scan of a walk-in that was put aside and let count, as it was stored once 0020 had emptied its digest."""
    moments = dict.fromkeys(("occurred_at", "corrected_at", "received_at", "decided_at"), NOON)
    decided = {"verdict": "review", "reason": "too_fast", "decision": "accepted", "decision_reason": "在场"}
    device = DoorDeviceFactory(digest=key().hex * 2)
    Scan.objects.create(device=device, uuid=key(), kind="walk_in", sent=sent, entry=entry, **decided, **moments)


def test_stored_walk_ins_that_were_put_aside_lose_their_token_unless_they_were_erased(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they were stored until migration 0024, some more than it takes at once."""
    migration = importlib.import_module("qixue.participation.migrations.0024_unnamed_put_aside")
    monkeypatch.setattr(migration, "BATCH", 2)
    elsewhere, walk_in = SessionFactory(), LedgerEntry.Source.WALK_IN
    drafts = [attendance_draft(session, person_token=key(), source=walk_in) for _person in range(3)]
    *unnamed, erased = append_entries(session.activity.organisation, drafts)
    unnamed += append_entries(elsewhere.activity.organisation, [attendance_draft(elsewhere, source=walk_in)])
    for entry in unnamed:
        accepted(entry, session=entry.session_id)
    accepted(erased)  # of what was sent an erasure leaves nothing

    for _twice in range(2):
        migration.enter_without_token(apps, None)

    tallies = Tally.objects.order_by("pk").values_list("named_count", "unnamed_count", "attendance_count")
    assert list(tallies) == [(1, 2, 3), (0, 1, 1)]
    assert LedgerEntry.objects.count() == 4 + 2 * 3
    assert Attendance.objects.get().entry == erased
    assert list(chain_faults()) == []
    assert list(attendance_faults()) == []
