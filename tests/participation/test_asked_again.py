"""The same sign-up under the same key again: the first answer, whatever became of the places; else it is refused."""

import datetime
import uuid
from typing import Any

import pytest
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory
from tests.participation.signing_up import refusal
from tests.participation.ways import by_any_way, token_of

from qixue.participation.models import Registration
from qixue.participation.operations.answers import EVERYBODY
from qixue.participation.operations.questions import Asked, set_questions
from qixue.participation.operations.quick_registration import register_alone
from qixue.participation.operations.registrations import register
from qixue.participation.operations.transfers import hand_over_place
from qixue.people.models import Resident
from qixue.people.operations.erasure import erase
from qixue.people.personal_data import Subject
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

PARTY = uuid.UUID(int=7)
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def session() -> Session:
    return OpenSessionFactory(seat_count=5)


@pytest.fixture
def child(member: Resident) -> Resident:
    return ResidentFactory(guardian=member, name="李小明")


def ask(session: Session, *people: Resident, by: Resident, **more: Any) -> list[Registration]:
    return register(session, people=people, party=PARTY, by=by.user, at=NOON, **more)


def hand_over(row: Registration, to: Resident, by: Resident) -> Registration:
    return hand_over_place(row, to=to, by=by.user, at=NOON + MINUTE)


@pytest.mark.parametrize("way", [by_any_way, register])
def test_a_place_that_was_handed_over_is_answered_as_first(session, member, child, way):
    asked: dict[str, Any] = {"people": [member], "party": PARTY, "by": member.user, "at": NOON}
    first = way(session, **asked)
    hand_over(first[0], child, member)

    assert way(session, **asked) == first


def test_the_quick_way_answers_that_itself(session, member, child):
    asked: dict[str, Any] = {"party": PARTY, "token": token_of(member.user), "at": NOON}
    first = register_alone(session.pk, **asked)
    assert first is not None
    hand_over(first, child, member)

    assert register_alone(session.pk, **asked) == first


def test_a_place_that_went_back_and_forth_is_answered_as_first(session, member, child):
    first = ask(session, member, by=member)
    hand_over(hand_over(first[0], child, member), member, member)

    assert ask(session, member, by=member) == first
    assert refusal(ask, session, child, by=member) == "key_reused"


def test_a_family_of_which_one_is_replaced_is_answered_as_first(session, member, child):
    grandmother = ResidentFactory(guardian=member, name="李奶奶")
    first = ask(session, member, child, by=member)
    hand_over(first[0], grandmother, member)

    assert ask(session, child, member, by=member) == first
    assert refusal(ask, session, grandmother, child, by=member) == "key_reused"


def test_a_place_whose_new_owner_was_erased_is_answered_as_first(session, member, child):
    first = ask(session, member, by=member)
    hand_over(first[0], child, member)
    erase(Subject((child,)), at=NOON + 2 * MINUTE)

    assert ask(session, member, by=member) == first


@pytest.mark.parametrize("was_handed_over", [False, True])
@pytest.mark.parametrize("other", ["people", "more people", "session", "account", "source"])
def test_something_else_under_the_key_is_refused(session, member, child, other, was_handed_over):
    [first] = ask(session, member, by=member)
    if was_handed_over:
        hand_over(first, child, member)
    stranger = MemberFactory()

    at = OpenSessionFactory() if other == "session" else session
    people = {"people": [child], "more people": [member, child], "account": [stranger]}.get(other, [member])
    by, source = stranger if other == "account" else member, "staff" if other == "source" else "self"

    assert refusal(ask, at, *people, by=by, source=source) == "key_reused"
    assert Registration.objects.count() == 1 + was_handed_over


def test_the_quick_way_leaves_another_source_under_the_key_to_the_ordinary_one(session, member):
    ask(session, member, by=member)
    Registration.objects.update(source="staff")

    assert register_alone(session.pk, party=PARTY, token=token_of(member.user), at=NOON) is None


def test_answers_are_part_of_what_was_asked(session, member, child, organiser):
    asked = [Asked("怎么来？", "text"), Asked("鞋码", "text", is_for_each=True)]
    travel, shoe = set_questions(session, asked=asked, by=organiser, at=NOON)
    answers = {(travel.pk, EVERYBODY): "骑车", (shoe.pk, member.pk): "41"}
    first = ask(session, member, by=member, answers=answers)
    hand_over(first[0], child, member)

    assert ask(session, member, by=member, answers={**answers, (shoe.pk, child.pk): ""}) == first
    for other in ({(travel.pk, EVERYBODY): "骑车"}, {**answers, (shoe.pk, member.pk): "42"}, {}):
        assert refusal(ask, session, member, by=member, answers=other) == "key_reused"


def test_questions_that_changed_since_are_not_compared(session, member, organiser):
    [travel] = set_questions(session, asked=[Asked("怎么来？", "text")], by=organiser, at=NOON)
    first = ask(session, member, by=member, answers={(travel.pk, EVERYBODY): "骑车"})
    set_questions(session, asked=[Asked("鞋码", "text", is_required=True)], by=organiser, at=NOON)

    assert ask(session, member, by=member) == first
