"""What is held of one person after a session: all of it comes out, and all that names them goes."""

import json

import pytest
from tests.factories import NOON
from tests.factories_afterwards import attendee, course, organiser_of, rule_for, sessions_of
from tests.participation.test_learning_record import declare

from qixue.core.figures import Scope, registry
from qixue.participation.models import Certificate, Feedback, LearningAccount, LearningEntry
from qixue.participation.operations.afterwards_data import erase_afterwards, held_afterwards
from qixue.participation.operations.certificates import issue_certificates
from qixue.participation.operations.feedback import Answer, give_feedback
from qixue.people.models import Resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Resident:
    activity = course()
    rule_for(activity, least=1)
    person = attendee(activity)
    issue_certificates(activity, people=[person], by=organiser_of(activity), at=NOON)
    answer = Answer("good", "pace", "我是李嘉明")
    give_feedback(sessions_of(activity)[0], person=person, answer=answer, by=person.user, at=NOON)
    declare(person)
    return person


def test_everything_is_listed(person):
    held = held_afterwards(person, base_url="https://q.example.cn")

    assert [row["sentence"] for row in held["feedback"]] == ["我是李嘉明"]
    assert [row["status"] for row in held["learning_record"]["entries"]] == ["verified", "verified", "self_declared"]
    assert json.dumps(held)


def test_everything_that_names_somebody_is_erased(person):
    changed = erase_afterwards(person)

    assert changed == {"feedback": 1, "certificates": 1, "learning_entries": 1, "learning_account": 1}
    assert Certificate.objects.values_list("resident", "name", "salt", "credential").get() == (None, "", "", "")
    assert (Feedback.objects.get().sentence, Feedback.objects.get().face) == ("", "good")
    assert [model.objects.count() for model in (LearningEntry, LearningAccount)] == [0, 0]


def test_figures_stay_as_they_are(person):
    programme = person.participants.get().programme
    scope = Scope(programme.code)
    codes = ("attendance", "participants", "satisfaction", "feedback_rate")
    before = [registry.definitions[code].value(scope).quantity for code in codes]

    erase_afterwards(person)
    person.participants.all().delete()

    assert [registry.definitions[code].value(scope).quantity for code in codes] == before
