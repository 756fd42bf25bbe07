"""The sessions at which people of a household were without having signed up."""

import pytest
from tests.factories import NOON, OpenSessionFactory, RegistrationFactory, ResidentFactory, SessionFactory
from tests.factories_afterwards import DAY, attend

from qixue.participation.queries.visits import by_token, unregistered_visits_of
from qixue.people.models import Resident
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def child(member: Resident) -> Resident:
    return ResidentFactory(guardian=member)


def test_session_without_a_start_stands_last_on_both_databases(member):
    undated, earlier, later = (
        SessionFactory(starts_at=starts_at, ends_at=None) for starts_at in (None, NOON - 2 * DAY, NOON - DAY)
    )
    for session in (undated, earlier, later):
        attend(session, member)

    visits = unregistered_visits_of(by_token([member]), most=3)

    assert [visit.session for visit in visits] == [later, earlier, undated]


@pytest.mark.parametrize("values", [{}, {"state": "cancelled", "cancelled_at": NOON}])
def test_those_who_signed_up_are_left_out_and_the_others_named(values, member, child):
    session = OpenSessionFactory()
    RegistrationFactory(session=session, resident=member, **values)
    for person in (member, child):
        attend(session, person)

    visits = unregistered_visits_of(by_token([member, child]), most=3)

    assert [(visit.session, visit.people) for visit in visits] == [(session, [child])]


def test_as_many_sessions_are_named_as_are_asked_for_each_with_all_of_the_household(
    member, child, django_assert_num_queries
):
    sessions = [SessionFactory(starts_at=NOON - days * DAY, ends_at=None) for days in (1, 2, 3)]
    for session in sessions:
        attend(session, member)
        attend(session, child)
    people = by_token([member, child])

    with django_assert_num_queries(1):
        visits = unregistered_visits_of(people, most=2)

    assert [(visit.session, set(visit.people)) for visit in visits] == [
        (session, {member, child}) for session in sessions[:2]
    ]


def test_household_that_came_nowhere_has_none(member):
    assert unregistered_visits_of(by_token([member]), most=3) == []


def test_session_that_was_called_off_is_none_to_which_one_came(member):
    attend(SessionFactory(state=Session.State.CANCELLED), member)

    assert unregistered_visits_of(by_token([member]), most=3) == []
