"""The learning record: what stands in it by itself, what people add, and what they take with them."""

import dataclasses
import datetime
from decimal import Decimal

import pytest
from tests.factories import NOON, MemberFactory, OpenSessionFactory, RegionFactory, ResidentFactory, key
from tests.factories_afterwards import DAY, attend, attendee, course, organiser_of, rule_for, sessions_of
from tests.participation.signing_up import sign_up

from qixue.core.refusal import Refused
from qixue.participation.learning_export import record_document
from qixue.participation.models import LearningEntry, LedgerEntry
from qixue.participation.operations.certificates import issue_certificates, revoke_certificate
from qixue.participation.operations.check_ins import check_in, hold_attended
from qixue.participation.operations.learning_record import (
    MOST_ENTRIES,
    EntryDetails,
    declare_learning,
    delete_declared,
    edit_declared,
    open_account,
)
from qixue.participation.operations.ledger import void_entry
from qixue.participation.queries.learning_record import record_of
from qixue.people.models import Resident
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db
HOUR, MINUTE = datetime.timedelta(hours=1), datetime.timedelta(minutes=1)
BOOKS = EntryDetails("prior_learning", "自学果树嫁接", datetime.date(2024, 5, 1), learning_hours=Decimal("12.5"))


@pytest.fixture
def person() -> Resident:
    """Was at two of three sessions of two hours each."""
    return attendee(course(sessions=3), count=2)


def declare(person: Resident, details: EntryDetails = BOOKS, **more: object) -> LearningEntry:
    values = {"client_uuid": key(), "by": person.user, "at": NOON, **more}
    return declare_learning(person, details=details, **values)


def refusal(details: EntryDetails, person: Resident) -> str:
    with pytest.raises(Refused) as refused:
        declare(person, details)
    return refused.value.code


def test_sessions_stand_in_the_record_with_their_hours(person):
    record = record_of(person, at=NOON)

    assert [str(row.hours) for row in record.attended] == ["2.7", "2.7"]
    assert record.hours == Decimal("5.3")  # 240 minutes, rounded once


def test_what_was_taken_back_is_gone_and_leaves_a_trace(person):
    entry = LedgerEntry.objects.first()

    void_entry(entry, reason="扫错了人", by=organiser_of(entry.activity), at=NOON, client_uuid=key())

    record = record_of(person, at=NOON)
    assert (len(record.attended), [row.reason for row in record.taken_back]) == (1, ["扫错了人"])


def test_session_without_times_has_no_hours(person):
    session = record_of(person, at=NOON).attended[0].session
    session.ends_at = None
    session.save(update_fields=["ends_at"])

    record = record_of(person, at=NOON)

    assert sorted(str(row.hours) for row in record.attended) == ["2.7", "None"]
    assert record.hours == Decimal("2.7")


@pytest.fixture
def going_on() -> Session:
    """Begins at noon and takes two hours."""
    return OpenSessionFactory(starts_at=NOON, ends_at=NOON + 2 * HOUR)


def let_in(session: Session, person: Resident, *, at: datetime.datetime) -> None:
    (registration,) = sign_up(session, person, at=at - DAY)
    check_in(session, registration=registration, by=organiser_of(session.activity), at=at, client_uuid=key())


@pytest.mark.parametrize("came", [-HOUR, MINUTE])
def test_session_that_is_not_over_gives_no_hours_yet(came, person, going_on):
    let_in(going_on, person, at=NOON + came)
    hold_attended(at=NOON + MINUTE)

    record = record_of(person, at=NOON + MINUTE)
    afterwards = record_of(person, at=NOON + 2 * HOUR)

    assert (len(record.attended), record.hours) == (2, Decimal("5.3"))
    assert [row.session for row in record.checked_in] == [going_on]
    assert (len(afterwards.attended), afterwards.hours, afterwards.checked_in) == (3, Decimal("8.0"), [])


def test_session_whose_end_is_not_known_stands_in_the_record_once_it_is_held(person, going_on):
    going_on.ends_at = None
    going_on.save(update_fields=["ends_at"])
    let_in(going_on, person, at=NOON - HOUR)

    before = record_of(person, at=NOON - MINUTE)
    hold_attended(at=NOON)
    after = record_of(person, at=NOON)

    assert [(len(each.attended), len(each.checked_in)) for each in (before, after)] == [(2, 1), (3, 0)]


@pytest.mark.parametrize("state", Session.OFF_STATES)
def test_session_that_was_called_off_with_people_in_is_nowhere_in_the_record(state, person, going_on):
    let_in(going_on, person, at=NOON - HOUR)
    Session.objects.filter(pk=going_on.pk).update(state=state)  # as it was before entries were taken back

    record = record_of(person, at=NOON + DAY)

    assert (len(record.attended), record.checked_in) == (2, [])


def test_sums_by_year_keep_own_entries_apart(person):
    declare(person)

    years = [
        (year.year, year.session_count, year.hours, year.declared_hours) for year in record_of(person, at=NOON).years
    ]

    assert years == [(2026, 2, Decimal("5.3"), Decimal("0.0")), (2024, 0, Decimal("0.0"), Decimal("12.5"))]


def test_year_in_which_nothing_counts_is_no_row_of_zeros(person):
    declare(person, dataclasses.replace(BOOKS, learning_hours=None))

    record = record_of(person, at=NOON)

    assert ([year.year for year in record.years], len(record.declared)) == ([2026], 1)


def test_account_number_is_given_once_and_says_nothing(person):
    first, second = (open_account(person, at=NOON).learner_no for _time in range(2))

    assert (first == second, len(first)) == (True, 16)
    assert open_account(MemberFactory(), at=NOON).learner_no != first


# Own entries


def test_own_entry_is_the_same_when_the_form_is_sent_twice(person):
    form = key()

    first, second = (declare(person, client_uuid=form) for _time in range(2))

    assert (first, LearningEntry.objects.count()) == (second, 1)


def test_own_entry_can_be_changed_and_deleted(person):
    entry = declare(person)
    better = EntryDetails("work", "果园手册", datetime.date(2025, 1, 2))

    edit_declared(entry, details=better, by=person.user, at=NOON + DAY)
    assert (entry.title, entry.learning_hours, entry.changed_at) == ("果园手册", None, NOON + DAY)

    delete_declared(entry, by=person.user, at=NOON)
    assert LearningEntry.objects.count() == 0


def test_nobody_writes_into_the_record_of_others(person):
    with pytest.raises(Refused) as refused:
        declare(person, by=MemberFactory().user)

    assert refused.value.code == "not_yours"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ended_on": datetime.date(2026, 11, 5)}, "day_to_come"),
        ({"started_on": datetime.date(2024, 5, 2)}, "days_in_wrong_order"),
        ({"learning_hours": Decimal("-1")}, "hours_out_of_range"),
        ({"learning_hours": Decimal("10000")}, "hours_out_of_range"),
        ({"learning_hours": Decimal("32.1")}, "more_hours_than_days"),
        ({"learning_hours": Decimal("64.1"), "started_on": datetime.date(2024, 4, 30)}, "more_hours_than_days"),
    ],
)
def test_what_cannot_be_is_refused(person, changes, code):
    assert refusal(EntryDetails(**{**vars(BOOKS), **changes}), person) == code


def test_record_has_an_end(person):
    rows = [
        LearningEntry(resident=person, client_uuid=key(), created_at=NOON, changed_at=NOON, **vars(BOOKS))
        for _number in range(MOST_ENTRIES)
    ]
    LearningEntry.objects.bulk_create(rows)

    assert refusal(BOOKS, person) == "record_full"


# The document


def test_document_has_the_fields_of_the_standard(person):
    region = RegionFactory()
    Resident.objects.filter(pk=person.pk).update(birth_year=1984, home_region=region)
    activity = record_of(person, at=NOON).attended[0].activity
    rule_for(activity, least=2)
    by = organiser_of(activity)
    (certificate,) = issue_certificates(activity, people=[person], by=by, at=NOON)
    revoke_certificate(certificate, kind="mistake", reason="误发", by=by, at=NOON)
    declare(person)

    document = record_document(record_of(Resident.objects.get(pk=person.pk), at=NOON), base_url="https://q.example.cn")

    assert document["account"] == {
        "learner_no": person.learning_account.learner_no,
        "name": "李嘉明",
        "contact": None,
        "birth_year": 1984,
        "area_code": "441800",
    }
    entries = document["entries"]
    assert [(row["outcome_type"], row["status"], row["learning_hours"]) for row in entries] == [
        ("course_completion", "revoked", "5.3"),
        ("attendance", "verified", "2.7"),
        ("attendance", "verified", "2.7"),
        ("prior_learning", "self_declared", "12.5"),
    ]
    assert {row["visibility"] for row in entries} == {"private"}
    assert {tuple(row) for row in entries} == {tuple(entries[0])}
    assert entries[0]["verify_url"] == f"https://q.example.cn/verify/{entries[0]['serial']}/"
    assert entries[0]["credits"] is None


def test_record_of_a_child_is_its_own():
    parent = attendee(course(), count=1)
    child = ResidentFactory(guardian=parent)

    assert (len(record_of(parent, at=NOON).attended), record_of(child, at=NOON).is_empty) == (1, True)


def test_sessions_of_the_record_are_read_at_once(person, django_assert_num_queries):
    with django_assert_num_queries(5):
        record_of(person, at=NOON)
    for session in sessions_of(course(sessions=3)):
        attend(session, person)

    with django_assert_num_queries(5):
        record = record_of(person, at=NOON)
        assert [row.activity.organisation.name for row in record.attended]
