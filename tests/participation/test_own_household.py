"""Whoever runs a session signs their own household up like everybody else: on its terms, and giving up in time."""

import datetime

import pytest
from tests.factories import NOON, MemberFactory, ResidentFactory, RoleAssignmentFactory, key
from tests.participation.signing_up import refusal, sign_up

from qixue.participation.models import Registration, RegistrationTerms
from qixue.participation.operations.registrations import cancel_registrations, register
from qixue.people.models import Role, User
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

State = Registration.State
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def coordinator(session: Session) -> User:
    return RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.COORDINATOR).user


@pytest.mark.parametrize(
    ("terms", "people", "code"),
    [
        ({"opens_at": NOON + HOUR}, 1, "registration_not_open"),
        ({"closes_at": NOON}, 1, "registration_closed"),
        ({"place_limit": 1}, 2, "too_many_places"),
    ],
)
def test_whoever_runs_the_session_signs_their_own_household_up_on_its_terms(session, coordinator, terms, people, code):
    RegistrationTerms.objects.create(session=session, **terms)
    member = MemberFactory(user=coordinator)
    household = [member, ResidentFactory(guardian=member)][:people]
    values = {"people": household, "by": coordinator, "at": NOON}

    assert refusal(register, session, party=key(), **values) == code
    assert len(register(session, party=key(), source="staff", **values)) == people


def test_villagers_whom_a_cadre_signed_up_take_none_of_their_own_places(session):
    RegistrationTerms.objects.create(session=session, place_limit=1)
    cadre = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.CADRE).user
    register(session, people=[ResidentFactory()], party=key(), by=cadre, at=NOON, source="cadre")

    (row,) = sign_up(session, MemberFactory(user=cadre))

    assert row.state == State.CONFIRMED


def test_whoever_runs_the_session_gives_their_own_seat_up_in_time(session, coordinator):
    RegistrationTerms.objects.create(session=session, cancel_until=NOON + HOUR)
    (row,) = sign_up(session, MemberFactory(user=coordinator))

    late = {"keys": [row.pk], "by": coordinator, "at": NOON + 2 * HOUR}
    assert refusal(cancel_registrations, session, **late) == "cancel_too_late"


@pytest.mark.parametrize("source", ["cadre", "staff"])
def test_nobody_signs_up_as_staff_without_the_role(session, source):
    member = MemberFactory()
    values = {"people": [member], "party": key(), "by": member.user, "at": NOON, "source": source}

    assert refusal(register, session, **values) == "not_yours"


def test_each_says_whether_they_signed_up_themselves(session):
    member = MemberFactory()
    child = ResidentFactory(guardian=member)

    own, other = register(session, people=[member, child], party=key(), by=member.user, at=NOON)

    assert (own.source, other.source) == ("self", "family")
