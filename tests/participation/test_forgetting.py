"""What is held of people after a session: all of it comes out, and all that names them goes. Figures stay."""

import pytest
from tests.factories import NOON, ResidentFactory, key
from tests.factories_afterwards import attend, attendee, course, organiser_of, rule_for, sessions_of

from qixue.core.figures import Scope, registry
from qixue.participation.models import Certificate, Feedback, LearningAccount, LearningEntry
from qixue.participation.operations.certificates import issue_certificates
from qixue.participation.operations.feedback import Answer, give_feedback, invite_to_feedback
from qixue.participation.operations.learning_record import EntryDetails, declare_learning
from qixue.people.models import Notification, Resident
from qixue.people.operations.erasure import erase_account, erase_dependent
from qixue.people.personal_data import Subject, holdings

pytestmark = pytest.mark.django_db
CODES = ("attendance", "participants", "satisfaction", "feedback_rate")


@pytest.fixture
def person() -> Resident:
    """Was at a session with a child, said something, has a certificate and an entry of their own."""
    activity = course()
    rule_for(activity, least=1)
    person = attendee(activity)
    attend(sessions_of(activity)[0], ResidentFactory(guardian=person, name="李一诺"))
    known = [person, *person.dependents.all()]
    issue_certificates(activity, people=known, by=organiser_of(activity), at=NOON)
    answer = Answer("good", "pace", "我是李嘉明")
    give_feedback(sessions_of(activity)[0], person=person, answer=answer, by=person.user, at=NOON)
    details = EntryDetails("work", "果园手册", NOON.date())
    declare_learning(person, details=details, client_uuid=key(), by=person.user, at=NOON)
    return person


def sections(*people: Resident) -> dict[str, int]:
    return {section.title: len(section.rows) for section in holdings.copy(Subject(people))}


def test_copy_has_what_was_said_given_and_entered(person):
    found = sections(person)

    assert {title: found[title] for title in ("评价", "证书", "学习档案")} == {"评价": 1, "证书": 1, "学习档案": 2}


def test_nothing_that_names_somebody_stays(person):
    erase_account(person.user, at=NOON)

    assert set(Certificate.objects.values_list("resident", "name", "salt", "credential")) == {(None, "", "", "")}
    assert (Feedback.objects.get().sentence, Feedback.objects.get().face) == ("", "good")
    assert [model.objects.count() for model in (LearningEntry, LearningAccount, Notification)] == [0, 0, 0]


def test_erasing_a_child_takes_its_name_out_of_what_the_parent_was_told(person):
    invite_to_feedback(at=NOON)
    (child,) = person.dependents.all()
    assert Notification.objects.filter(params__name="李一诺").exists()

    erase_dependent(child, guardian=person, at=NOON)

    assert [notice.params for notice in Notification.objects.all() if "李一诺" in str(notice.params)] == []
    assert Notification.objects.filter(params__name="李嘉明").exists()


def test_figures_stay_as_they_are(person):
    scope = Scope(person.participants.get().programme.code)
    before = [registry.definitions[code].value(scope).quantity for code in CODES]

    erase_account(person.user, at=NOON)

    assert [registry.definitions[code].value(scope).quantity for code in CODES] == before
