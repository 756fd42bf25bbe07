"""Somebody else of the household comes instead: the place stays as it is, whatever it is."""

import datetime
from typing import Any

import pytest
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, RoleAssignmentFactory, key

from qixue.core.models import AuditEntry
from qixue.core.refusal import Refused
from qixue.participation.models import Registration, RegistrationTerms
from qixue.participation.operations.answers import EVERYBODY
from qixue.participation.operations.questions import Asked, set_questions
from qixue.participation.operations.registrations import register
from qixue.participation.operations.transfers import hand_over_place
from qixue.people.models import Resident
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

State = Registration.State
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def session() -> Session:
    return OpenSessionFactory(seat_count=1)


@pytest.fixture
def member() -> Resident:
    return MemberFactory(name="李嘉明")


@pytest.fixture
def grandmother(member: Resident) -> Resident:
    return ResidentFactory(guardian=member, name="李奶奶", birth_year=1948)


def sign_up(session: Session, member: Resident, **more: Any) -> Registration:
    return register(session, people=[member], party=key(), by=member.user, at=NOON, **more)[0]


def refusal(row: Registration, to: Resident, member: Resident, at: datetime.datetime = NOON) -> str:
    with pytest.raises(Refused) as refused:
        hand_over_place(row, to=to, by=member.user, at=at)
    return refused.value.code


def test_seat_goes_to_somebody_else_of_the_household(session, member, grandmother):
    row = sign_up(session, member)

    new = hand_over_place(row, to=grandmother, by=member.user, at=NOON)

    row.refresh_from_db()
    session.refresh_from_db()
    assert (new.resident, new.state, new.party, new.source) == (grandmother, State.CONFIRMED, row.party, "family")
    assert (row.state, row.cancel_reason, session.taken_count) == (State.CANCELLED, "handed_over", 1)
    assert new.door_code != row.door_code


def test_place_in_the_queue_keeps_its_number(session, member, grandmother):
    sign_up(session, MemberFactory())
    row = sign_up(session, member)

    new = hand_over_place(row, to=grandmother, by=member.user, at=NOON)

    session.refresh_from_db()
    assert (new.state, new.waiting_number, session.waiting_count) == (State.WAITING, 1, 1)


def test_handing_over_twice_hands_over_once(session, member, grandmother):
    row = sign_up(session, member)

    first, second = (hand_over_place(row, to=grandmother, by=member.user, at=NOON) for _try in range(2))

    assert first == second
    entry = AuditEntry.objects.get(action="registration.handed_over")
    assert entry.details == {"from": row.pk, "to": first.pk}


def test_only_within_the_household(session, member):
    assert refusal(sign_up(session, member), ResidentFactory(), member) == "not_yours"


def test_a_place_of_somebody_else_is_not_taken(session, member, grandmother):
    row = sign_up(session, MemberFactory())

    assert refusal(row, grandmother, member) == "not_yours"


def test_not_after_seats_can_be_given_up(session, member, grandmother):
    RegistrationTerms.objects.create(session=session, cancel_until=NOON + HOUR)

    assert refusal(sign_up(session, member), grandmother, member, at=NOON + HOUR) == "cancel_too_late"


def test_whoever_comes_instead_must_fit_the_terms(session, member, grandmother):
    row = sign_up(session, member)
    RegistrationTerms.objects.create(session=session, max_age=60)

    assert refusal(row, grandmother, member) == "too_old"


def test_whoever_is_signed_up_already_cannot_come_twice(member, grandmother):
    session = OpenSessionFactory(seat_count=5)
    row, _other = register(session, people=[member, grandmother], party=key(), by=member.user, at=NOON)

    assert refusal(row, grandmother, member) == "already_registered"


def test_a_place_that_was_given_up_is_not_handed_over(session, member, grandmother):
    row = sign_up(session, member)
    hand_over_place(row, to=grandmother, by=member.user, at=NOON)

    assert refusal(row, ResidentFactory(guardian=member), member) == "not_signed_up"


def test_a_place_that_went_to_somebody_else_is_not_said_to_be_handed_over(member, grandmother):
    session, uncle = OpenSessionFactory(seat_count=5), ResidentFactory(guardian=member)
    row, _other = register(session, people=[member, grandmother], party=key(), by=member.user, at=NOON)
    hand_over_place(row, to=uncle, by=member.user, at=NOON + HOUR)

    assert refusal(row, grandmother, member, at=NOON + HOUR) == "not_signed_up"


def test_answers_for_all_stay_and_those_about_the_person_are_asked_again(session, member, grandmother):
    organiser = RoleAssignmentFactory(organisation=session.activity.organisation).user
    asked = [Asked("怎么来？", "text", is_required=True), Asked("鞋码", "text", is_required=True, is_for_each=True)]
    travel, shoe = set_questions(session, asked=asked, by=organiser, at=NOON)
    row = sign_up(session, member, answers={(travel.pk, EVERYBODY): "骑车", (shoe.pk, member.pk): "41"})

    assert refusal(row, grandmother, member) == "answer_missing"
    answers = {(shoe.pk, grandmother.pk): "36"}
    new = hand_over_place(row, to=grandmother, by=member.user, at=NOON, answers=answers)

    assert sorted(new.answers.values_list("text", flat=True)) == ["36", "骑车"]
