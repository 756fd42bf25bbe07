"""Somebody is forgotten while certificates are issued: before or afterwards, and never in between."""

import pytest
from tests.at_once import while_it_lasts
from tests.factories import NOON
from tests.factories_afterwards import attendee, course, organiser_of, rule_for

from qixue.participation.models import Certificate
from qixue.participation.operations.certificates import issue_certificates
from qixue.people.models import Resident, User
from qixue.people.operations.erasure import erase
from qixue.people.personal_data import Subject
from qixue.programme.models import Activity

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def training() -> Activity:
    activity = course()
    rule_for(activity, least=1)
    return activity


@pytest.fixture
def person(training: Activity) -> Resident:
    return attendee(training, name="要忘记的人")


@pytest.fixture
def organiser(training: Activity) -> User:
    return organiser_of(training)


def test_whoever_is_being_forgotten_gets_no_certificate(training, person, organiser):
    became = while_it_lasts(
        lambda: erase(Subject((person,)), at=NOON),
        lambda: issue_certificates(training, people=[person], by=organiser, at=NOON),
    )

    assert (became, Certificate.objects.count()) == ("not_attended", 0)


def test_whoever_is_forgotten_while_they_get_a_certificate_leaves_none_with_a_name(training, person, organiser):
    became = while_it_lasts(
        lambda: issue_certificates(training, people=[person], by=organiser, at=NOON),
        lambda: erase(Subject((person,)), at=NOON),
    )

    certificate = Certificate.objects.get()
    assert (became, certificate.name, certificate.resident) == ("done", "", None)
