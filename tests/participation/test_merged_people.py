"""Two records of one person in what they signed up for, in the ledger and in what hangs on it."""

import datetime
import uuid

import pytest
from django.utils import translation
from tests.cell_scenes import assert_recount
from tests.factories import (
    NOON,
    MemberFactory,
    OpenSessionFactory,
    OrganisationFactory,
    RegistrationFactory,
    ResidentFactory,
    SessionFactory,
    UserFactory,
    key,
)
from tests.factories_afterwards import course, organiser_of, rule_for

from qixue.core.figures import Scope, registry
from qixue.core.refusal import Refused
from qixue.figures.queries import value_in
from qixue.participation.models import (
    Attendance,
    CalendarFeed,
    Certificate,
    Feedback,
    FeedbackInvitation,
    LearningAccount,
    LedgerEntry,
    ListedPerson,
    Participant,
    Registration,
    Scan,
)
from qixue.participation.operations.cells import keep_cells
from qixue.participation.operations.certificates import issue_certificates
from qixue.participation.operations.check_ins import CheckIn, enter
from qixue.participation.queries import chain_faults
from qixue.participation.queries.attendances import attendance_faults
from qixue.participation.queries.merged_people import in_common
from qixue.people.models import Merge, Resident
from qixue.people.operations.merging import merge_people
from qixue.people.personal_data import Pair
from qixue.programme.models import Activity, Session

pytestmark = pytest.mark.django_db

MOVED, TWICE = "Two records were of one person.", "One person was counted twice here."
LATER = NOON + datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)


def merged(one: Resident, other: Resident) -> Resident:
    return merge_people(one, other, ground=Merge.Ground.SAID_SO, by=UserFactory(display_name="刘干部"), at=LATER)


def counted(session: Session, person: Resident, *, source: str = LedgerEntry.Source.DOOR) -> LedgerEntry:
    check_in = CheckIn(session, LedgerEntry.Source(source), NOON, key(), person.pk)
    [entered] = enter(session.activity.organisation, [check_in], by=None, device_name="门口", at=NOON)
    return entered.entry


def in_chinese(sentence: str) -> str:
    """As it is written into the ledger, whoever merges."""
    with translation.override("zh-hans"):
        return translation.gettext(sentence)


def number(code: str, session: Session) -> object:
    """As the pages show it, which keep it until something changes."""
    quantity = value_in(Scope(session.activity.programme.code), registry.definitions[code]).quantity
    return quantity.value if quantity else None


def test_person_counts_once_and_everybody_can_read_why(listed: Resident, member: Resident) -> None:
    session = SessionFactory()
    other = SessionFactory(activity=session.activity)
    first = counted(session, listed, source="cadre")
    counted(other, member)
    keep_cells()
    assert (number("participants", session), number("attendance", session)) == (2, 2)

    kept = merged(listed, member)

    assert (number("participants", session), number("attendance", session)) == (1, 2)
    assert_recount(Scope(session.activity.programme.code))
    token = Participant.objects.get().token
    assert set(Attendance.objects.values_list("session", "person_token")) == {(session.pk, token), (other.pk, token)}
    assert Participant.objects.get().resident == kept
    void, again = LedgerEntry.objects.order_by("-sequence")[:2][::-1]
    assert (void.kind, void.target_id, void.reason) == ("void", first.pk, in_chinese(MOVED))
    told = (again.kind, again.source, again.occurred_at, again.person_token, again.reason, again.actor_name)
    assert told == ("attendance", "cadre", NOON, token, in_chinese(MOVED), "刘干部")
    assert list(chain_faults()) == list(attendance_faults()) == []


def test_token_stays_in_a_programme_that_counted_one_of_the_two(listed: Resident, member: Resident) -> None:
    session = SessionFactory()
    entry = counted(session, listed)

    merged(listed, member)

    assert list(Participant.objects.values_list("resident", "token")) == [(member.pk, entry.person_token)]
    assert LedgerEntry.objects.count() == 1


def test_whoever_was_counted_twice_at_one_session_was_there_once(listed: Resident, member: Resident) -> None:
    session = SessionFactory()
    counted(session, listed)
    stays = counted(session, member)
    assert in_common(Pair(member, listed)).counted == [session]

    merged(listed, member)

    assert (number("participants", session), number("attendance", session)) == (1, 1)
    assert [row.entry_id for row in Attendance.objects.all()] == [stays.pk]
    assert LedgerEntry.objects.get(kind="void").reason == in_chinese(TWICE)
    assert list(attendance_faults()) == []


def test_entries_of_several_organisations_are_entered_anew_in_their_own_chains(
    listed: Resident, member: Resident
) -> None:
    session = SessionFactory()
    other = SessionFactory()
    Activity.objects.filter(pk=other.activity_id).update(programme=session.activity.programme)
    other = Session.objects.select_related("activity__programme", "activity__organisation").get(pk=other.pk)
    for each in (session, other):
        counted(each, listed)
    counted(SessionFactory(activity=session.activity), member)

    merged(listed, member)

    assert (number("participants", session), number("attendance", session)) == (1, 3)
    assert list(chain_faults()) == list(attendance_faults()) == []


def test_no_name_of_who_is_counted_comes_into_the_ledger() -> None:
    one, other = MemberFactory(name="欧阳静秋"), MemberFactory(name="欧阳静秋")
    session = SessionFactory()
    for person in (one, other):
        counted(session, person)

    merge_people(one, other, ground=Merge.Ground.PROVED, by=one.user, at=LATER)

    assert LedgerEntry.objects.get(kind="void").actor_name == "system"


@pytest.mark.parametrize(
    ("of_listed", "of_member", "kept"),
    [
        ({"state": "confirmed"}, {"waiting_number": 1}, "listed"),
        ({"waiting_number": 2}, {"waiting_number": 1}, "member"),
        ({"state": "offered", "offered_until": LATER + HOUR}, {"waiting_number": 1}, "listed"),
        ({"state": "confirmed"}, {"state": "confirmed", "registered_at": NOON - HOUR}, "member"),
        ({"state": "entered", "registered_at": NOON - HOUR}, {"state": "entered"}, "listed"),
    ],
)
def test_better_place_is_kept(listed: Resident, member: Resident, of_listed, of_member, kept: str) -> None:
    session = OpenSessionFactory(seat_count=5, taken_count=2, waiting_count=2, last_waiting_number=2)
    rows = {
        "listed": RegistrationFactory(session=session, resident=listed, **of_listed),
        "member": RegistrationFactory(session=session, resident=member, **of_member),
    }
    [both] = in_common(Pair(member, listed)).signed_up
    assert (both.session, both.stays) == (session, rows[kept])
    assert {both.stays, both.goes} == set(rows.values())

    merged(listed, member)

    assert [row.pk for row in Registration.objects.active()] == [rows[kept].pk]
    assert set(Registration.objects.values_list("resident", flat=True)) == {member.pk}
    assert Registration.objects.get(state="cancelled").cancel_reason == "merged"


def test_seat_that_becomes_free_goes_to_whoever_waits(listed: Resident, member: Resident) -> None:
    session = OpenSessionFactory(seat_count=2, taken_count=2, waiting_count=1, last_waiting_number=1)
    for person in (listed, member):
        RegistrationFactory(session=session, resident=person)
    waiting = RegistrationFactory(session=session, waiting_number=1)

    merged(listed, member)

    waiting.refresh_from_db()
    session.refresh_from_db()
    assert (waiting.state, session.taken_count, session.waiting_count) == ("confirmed", 2, 0)


def test_past_and_cancelled_registrations_and_scans_go_to_the_record_that_is_kept(
    listed: Resident, member: Resident
) -> None:
    RegistrationFactory(resident=listed, state="cancelled")
    row = RegistrationFactory(resident=listed)
    moments = dict.fromkeys(("occurred_at", "corrected_at", "received_at"), NOON)
    Scan.objects.create(uuid=key(), digest="0" * 64, kind="name", verdict="review", resident=listed, **moments)

    merged(listed, member)

    assert list(Registration.objects.values_list("resident", flat=True)) == [member.pk] * 2
    assert Scan.objects.get().resident == member
    assert row.session.taken_count == Session.objects.get(pk=row.session_id).taken_count


def test_later_answer_about_a_session_stands(listed: Resident, member: Resident) -> None:
    both = SessionFactory()
    one = SessionFactory(activity=both.activity)
    for session, person in ((both, listed), (both, member), (one, listed)):
        counted(session, person)
    tokens: dict[int, uuid.UUID] = dict(Participant.objects.values_list("resident", "token"))
    for session, person, face, at in (
        (both, listed, "bad", LATER),
        (both, member, "good", NOON),
        (one, listed, "fair", NOON),
    ):
        told = {"session": session, "person_token": tokens[person.pk]}
        Feedback.objects.create(**told, face=face, given_at=NOON, changed_at=at)
        FeedbackInvitation.objects.create(**told, invited_at=NOON)

    merged(listed, member)

    token = tokens[member.pk]
    answers = set(Feedback.objects.values_list("session", "person_token", "face"))
    assert answers == {(both.pk, token, "bad"), (one.pk, token, "fair")}
    asked = set(FeedbackInvitation.objects.values_list("session", "person_token"))
    assert asked == {(both.pk, token), (one.pk, token)}


def test_lists_calendar_and_learning_record_go_along(listed: Resident, member: Resident) -> None:
    both, one = OrganisationFactory.create_batch(2)
    for organisation, person in ((both, listed), (both, member), (one, listed)):
        ListedPerson.objects.create(organisation=organisation, resident=person, added_at=NOON)
    CalendarFeed.objects.create(resident=listed, digest="d", sealed_secret="s", made_at=NOON)
    LearningAccount.objects.create(resident=listed, learner_no="1", opened_at=NOON)

    merged(listed, member)

    assert set(ListedPerson.objects.values_list("organisation", "resident")) == {
        (both.pk, member.pk),
        (one.pk, member.pk),
    }
    assert CalendarFeed.objects.get().resident == member
    assert LearningAccount.objects.get().resident == member


def test_calendar_and_account_number_of_the_record_that_is_kept_go_on(listed: Resident, member: Resident) -> None:
    for number_, person in enumerate((listed, member)):
        CalendarFeed.objects.create(resident=person, digest=str(number_), sealed_secret="s", made_at=NOON)
        LearningAccount.objects.create(resident=person, learner_no=str(number_), opened_at=NOON)

    merged(listed, member)

    assert list(CalendarFeed.objects.values_list("resident", "digest")) == [(member.pk, "1")]
    assert list(LearningAccount.objects.values_list("resident", "learner_no")) == [(member.pk, "1")]


def test_two_certificates_of_one_activity_wait_for_the_organiser() -> None:
    activity = course()
    rule_for(activity)
    people = [MemberFactory(name="李嘉明"), ResidentFactory(name="李嘉明")]
    session = activity.sessions.select_related("activity__programme", "activity__organisation").first()
    for person in people:
        counted(session, person)
    issue_certificates(activity, people=people, by=organiser_of(activity), at=LATER)

    with pytest.raises(Refused) as refused:
        merged(*people)

    assert refused.value.code == "two_certificates"
    assert Resident.objects.filter(pk__in=[person.pk for person in people]).count() == 2
    Certificate.objects.filter(resident=people[1]).update(revoked_at=NOON, revoke_kind="mistake", revoke_reason="重复")
    kept = merged(*people)
    assert set(Certificate.objects.values_list("resident", flat=True)) == {kept.pk}
