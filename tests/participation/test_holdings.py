"""What is kept of somebody around their sessions: all of it comes out, and all that names them goes."""

import datetime

import pytest
from tests.factories import NOON
from tests.factories_afterwards import attendee, course, organiser_of, rule_for, sessions_of
from tests.participation.test_learning_record import declare

from qixue.core.figures import Scope, registry
from qixue.participation.models import (
    Answer,
    Certificate,
    Feedback,
    LearningAccount,
    LearningEntry,
    ListedPerson,
    Question,
    Registration,
    Scan,
)
from qixue.participation.operations.certificates import issue_certificates
from qixue.participation.operations.feedback import Answer as Face
from qixue.participation.operations.feedback import give_feedback
from qixue.people.models import Resident
from qixue.people.personal_data import Subject, holdings
from qixue.programme.models import Activity

pytestmark = pytest.mark.django_db

SENTENCE, ANSWER, TYPED = "我是李嘉明", "不吃花生", "李嘉明（补签）"


@pytest.fixture
def activity() -> Activity:
    return course()


@pytest.fixture
def person(activity: Activity) -> Resident:
    """Somebody of whom everything is kept that can be."""
    rule_for(activity, least=1)
    person, session = attendee(activity), sessions_of(activity)[0]
    issue_certificates(activity, people=[person], by=organiser_of(activity), at=NOON)
    give_feedback(session, person=person, answer=Face("good", "pace", SENTENCE), by=person.user, at=NOON)
    declare(person)
    ListedPerson.objects.create(organisation=activity.organisation, resident=person, added_at=NOON)
    row = Registration.objects.create(session=session, resident=person, state="confirmed", registered_at=NOON)
    question = Question.objects.create(session=session, position=1, text="忌口？", kind="text")
    Answer.objects.create(registration=row, question=question, text=ANSWER)
    scan = {"kind": "name", "session": session, "registration": row, "resident": person, "sent": {"name": TYPED}}
    moments = dict.fromkeys(("occurred_at", "corrected_at", "received_at"), NOON)
    Scan.objects.create(
        uuid="0" * 31 + "1", digest="0" * 64, verdict="review", reason="outside_hours", **scan, **moments
    )
    return person


def erase(person: Resident) -> None:
    for holding in reversed(holdings.holdings):
        holding.erase(Subject((person,)), at=NOON + datetime.timedelta(days=9))


def test_everything_is_in_the_copy(person: Resident) -> None:
    text = str([section.rows for section in holdings.copy(Subject((person,)))])

    assert [word for word in (SENTENCE, ANSWER, person.name) if word not in text] == []


def test_copy_has_a_table_for_each_thing(person: Resident, in_english: None) -> None:
    titles = [section.title for section in holdings.copy(Subject((person,)))]

    assert titles == [
        "The household",
        "What the household was signed up for",
        "Answers at sign-up",
        "Lists and calendars",
        "Where the household was counted",
        "Feedback",
        "Certificates",
        "Learning record",
        "At the door",
    ]


def test_everything_that_names_somebody_is_erased(person: Resident) -> None:
    erase(person)

    assert Certificate.objects.values_list("resident", "name", "salt", "credential").get() == (None, "", "", "")
    assert (Feedback.objects.get().sentence, Feedback.objects.get().face) == ("", "good")
    assert [model.objects.count() for model in (LearningEntry, LearningAccount, Answer)] == [0, 0, 0]
    assert Scan.objects.values_list("sent", "resident", "registration", "verdict").get() == ({}, None, None, "review")


def test_figures_stay_as_they_are(person: Resident, activity: Activity) -> None:
    scope = Scope(activity.programme.code)
    before = {code: str(definition.value(scope).quantity) for code, definition in registry.definitions.items()}

    erase(person)

    after = {code: str(definition.value(scope).quantity) for code, definition in registry.definitions.items()}
    assert after == before
