import datetime
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from tests.factories import NOON, ActivityFactory, EvidenceFactory, SessionFactory, key
from tests.factories_afterwards import organiser_of

from qixue.core.figures import Period, Scope
from qixue.core.models import AuditEntry
from qixue.core.quantity import Qualifier
from qixue.core.refusal import Refused
from qixue.participation import queries, triggers
from qixue.participation.models import LedgerEntry, Tally
from qixue.participation.operations.ledger import (
    EntryDraft,
    append_entries,
    correct_entry,
    record_head_count,
    record_reported_attendance,
    void_entry,
)
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db
Kind, Source = LedgerEntry.Kind, LedgerEntry.Source


@pytest.fixture
def session() -> Session:
    return SessionFactory()


def counted(session: Session, count: int = 40, **changes: object) -> LedgerEntry:
    values = {
        "count": count,
        "qualifier": Qualifier.EXACT,
        "evidence": EvidenceFactory(),
        "by": organiser_of(session.activity),
        "at": NOON,
        "client_uuid": key(),
    }
    return record_head_count(session, **{**values, **changes})


def attendance_draft(session: Session, **changes: object) -> EntryDraft:
    values = {
        "kind": Kind.ATTENDANCE,
        "activity": session.activity,
        "session": session,
        "source": Source.DOOR,
        "actor": None,
        "recorded_at": NOON,
        "client_uuid": key(),
        "person_token": key(),
    }
    return EntryDraft(**{**values, **changes})


def check_in(session: Session, people: int) -> list[LedgerEntry]:
    return append_entries(session.activity.organisation, [attendance_draft(session) for _ in range(people)])


def attendance(session: Session) -> tuple[int, str] | None:
    tally = Tally.objects.filter(session=session).first()
    return (tally.attendance_count, tally.attendance_qualifier) if tally else None


def test_head_count_enters_the_ledger_with_evidence_and_audit(session: Session) -> None:
    entry = counted(session, 40)

    assert (entry.sequence, entry.count, entry.evidence.text) == (1, 40, "签到表第1页")
    assert attendance(session) == (40, "exact")
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["ledger.head_count"]


def test_head_count_of_a_planned_session_marks_it_held() -> None:
    session = SessionFactory(state=Session.State.PLANNED)

    counted(session)

    session.refresh_from_db()
    assert session.state == Session.State.HELD


def test_head_count_sent_twice_with_one_key_counts_once(session: Session) -> None:
    once = key()

    first, second = counted(session, 40, client_uuid=once), counted(session, 40, client_uuid=once)

    assert (first, attendance(session)) == (second, (40, "exact"))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"count": -1}, "count_out_of_range"),
        ({"count": 1_000_001}, "count_out_of_range"),
        ({"qualifier": Qualifier.CONTRADICTORY}, "qualifier_not_countable"),
        ({"at": NOON - datetime.timedelta(days=1)}, "session_not_started"),
    ],
)
def test_bad_head_count_is_refused_and_changes_nothing(session: Session, changes: dict, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        counted(session, **changes)

    assert (refusal.value.code, LedgerEntry.objects.count(), attendance(session)) == (code, 0, None)


@pytest.mark.parametrize(
    ("state", "rule", "code"),
    [
        (Session.State.CANCELLED, Session.CountingRule.HEAD_COUNT, "session_cancelled"),
        (Session.State.HELD, Session.CountingRule.LIST, "session_counts_names"),
    ],
)
def test_session_that_takes_no_head_count_refuses_it(state: str, rule: str, code: str) -> None:
    session = SessionFactory(state=state, counting_rule=rule)

    with pytest.raises(Refused) as refusal:
        counted(session)

    assert refusal.value.code == code


def test_second_head_count_is_refused(session: Session) -> None:
    counted(session)

    with pytest.raises(Refused) as refusal:
        counted(session)

    assert refusal.value.code == "head_count_exists"


def corrected(entry: LedgerEntry, count: int, **changes: object) -> LedgerEntry:
    values = {
        "qualifier": Qualifier.EXACT,
        "reason": "第2页漏数",
        "evidence": None,
        "by": organiser_of(entry.activity),
        "at": NOON,
        "client_uuid": key(),
    }
    return correct_entry(entry, count=count, **{**values, **changes})


def test_correction_is_a_new_entry_and_the_old_one_stays(session: Session) -> None:
    first = counted(session, 40)

    second = corrected(first, 46)

    assert (second.target, second.evidence, second.reason) == (first, first.evidence, "第2页漏数")
    assert list(queries.entries_of_session(session)) == [first, second]
    assert attendance(session) == (46, "exact")


def test_correction_without_reason_is_refused(session: Session) -> None:
    first = counted(session, 40)

    with pytest.raises(Refused) as refusal:
        corrected(first, 46, reason="  ")

    assert (refusal.value.code, attendance(session)) == ("reason_missing", (40, "exact"))


def test_entry_is_replaced_once(session: Session) -> None:
    first = counted(session, 40)
    corrected(first, 46)

    with pytest.raises(Refused) as refusal:
        corrected(first, 47)

    assert (refusal.value.code, attendance(session)) == ("already_replaced", (46, "exact"))


def test_check_in_cannot_be_corrected_only_taken_back(session: Session) -> None:
    [entry] = check_in(session, 1)

    with pytest.raises(Refused) as refusal:
        corrected(entry, 2)

    assert refusal.value.code == "not_a_head_count"


def test_void_takes_the_count_back_and_allows_a_new_one(session: Session) -> None:
    first = counted(session, 40)

    void_entry(first, reason="记到了别的场次", by=organiser_of(session.activity), at=NOON, client_uuid=key())

    assert attendance(session) is None
    counted(session, 12)
    assert attendance(session) == (12, "exact")


def test_names_and_head_count_of_others_add_up(session: Session) -> None:
    check_in(session, 3)
    counted(session, 40, qualifier=Qualifier.ABOUT)

    assert attendance(session) == (43, "about")


def test_void_of_a_check_in_lowers_the_tally(session: Session) -> None:
    entries = check_in(session, 3)

    void_entry(entries[0], reason="扫错了人", by=organiser_of(session.activity), at=NOON, client_uuid=key())

    assert attendance(session) == (2, "exact")


def test_reported_attendance_keeps_hedge_and_period() -> None:
    activity = ActivityFactory()

    entry = record_reported_attendance(
        activity,
        count=3500,
        qualifier=Qualifier.AT_LEAST,
        evidence=EvidenceFactory(),
        period=Period("2016", "", "2016年"),
        by=None,
        at=NOON,
        client_uuid=key(),
    )

    tally = Tally.objects.get(activity=activity)
    assert (entry.period_from, tally.attendance_count, tally.attendance_qualifier) == ("2016", 3500, "at_least")


def test_entry_for_another_organisations_activity_is_a_mistake(session: Session) -> None:
    stranger = SessionFactory()

    with pytest.raises(ValueError, match="chain"):
        append_entries(session.activity.organisation, [attendance_draft(stranger)])


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: LedgerEntry.objects.filter(pk=entry.pk).update(count=41),
        lambda entry: LedgerEntry.objects.filter(pk=entry.pk).delete(),
        lambda entry: entry.save(),
        lambda entry: LedgerEntry.objects.all()._raw_delete(connection.alias),
    ],
)
def test_database_refuses_to_change_or_delete_an_entry(session: Session, change: Callable) -> None:
    entry = counted(session, 40)

    with pytest.raises(DatabaseError), transaction.atomic():
        change(entry)

    assert LedgerEntry.objects.get().count == 40


def test_chains_hold_after_counts_corrections_and_voids(session: Session) -> None:
    check_in(session, 3)
    corrected(counted(session, 40), 46)
    counted(SessionFactory(), 7)

    assert list(queries.chain_faults()) == []


@pytest.mark.parametrize(
    ("tamper", "fault"),
    [
        ("UPDATE participation_ledgerentry SET count = 400 WHERE sequence = 2", (2, "content")),
        ("UPDATE participation_ledgerentry SET actor_name = '别人' WHERE sequence = 2", (2, "content")),
        ("DELETE FROM participation_ledgerentry WHERE sequence = 3", (2, "head")),
        ("DELETE FROM participation_ledgerentry WHERE sequence = 2", (2, "gap")),
    ],
)
def test_tampered_entry_is_named(session: Session, tamper: str, fault: tuple[int, str]) -> None:
    for _number in range(3):
        counted(SessionFactory(activity=session.activity), 40)
    triggers.remove(connection)

    with connection.cursor() as cursor:
        cursor.execute(tamper)

    found = [(item.organisation, item.sequence, item.what) for item in queries.chain_faults()]
    assert found[0] == (session.activity.organisation.code, *fault)


def kept_tallies() -> list[queries.TallyRow]:
    rows = Tally.objects.order_by("activity_id", "session_id")
    return [queries.TallyRow(row.activity_id, row.session_id, row.named_count, row.attendance) for row in rows]


def test_tallies_agree_with_their_recount(session: Session) -> None:
    check_in(session, 5)
    corrected(counted(session, 40), 46, qualifier=Qualifier.ABOUT)
    [taken_back, *_rest] = check_in(SessionFactory(activity=session.activity), 2)
    void_entry(taken_back, reason="扫错了人", by=organiser_of(session.activity), at=NOON, client_uuid=key())
    scope = Scope(session.activity.programme.code)

    rollups = kept_tallies()

    assert [row.attendance.value for row in rollups] == [51, 1]
    assert rollups == queries.recounted_tallies_in(scope)


def test_recount_finds_a_rollup_that_was_changed(session: Session) -> None:
    counted(session, 40)
    scope = Scope(session.activity.programme.code)

    Tally.objects.update(attendance_count=41)

    assert kept_tallies() != queries.recounted_tallies_in(scope)
