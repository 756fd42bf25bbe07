"""What somebody has elsewhere while a session runs."""

import datetime

import pytest
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory
from tests.participation.signing_up import sign_up

from qixue.participation.models import Registration, RegistrationTerms
from qixue.participation.operations.lotteries import keep_lotteries
from qixue.participation.operations.registrations import cancel_registrations
from qixue.participation.queries.registrations import at_the_same_time
from qixue.people.models import Resident
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
TEN = NOON + datetime.timedelta(days=2, hours=-2)


@pytest.fixture
def member() -> Resident:
    return MemberFactory()


def session_at(begins: float, ends: float | None, **values: object) -> Session:
    """Hours after ten o'clock; an end of None is not known."""
    return OpenSessionFactory(
        starts_at=TEN + begins * HOUR, ends_at=None if ends is None else TEN + ends * HOUR, **values
    )


@pytest.mark.parametrize(
    ("begins", "ends", "meets"),
    [
        (0, 2, True),  # the same two hours
        (1, 3, True),
        (-1, 3, True),  # around it
        (0.5, 1, True),  # within it
        (2, 3, False),  # they only touch
        (-1, 0, False),
        (1, None, True),  # its end is not known
        (-1, None, False),
        (24, 26, False),
    ],
)
def test_sessions_meet_where_their_times_overlap(member, begins, ends, meets):
    other = session_at(begins, ends)
    sign_up(other, member)

    found = at_the_same_time([member], session_at(0, 2))

    assert [row.session for row in found] == ([other] if meets else [])


def test_session_without_an_end_meets_what_runs_when_it_starts(member):
    other = session_at(0, 2)
    sign_up(other, member)

    found = [at_the_same_time([member], session_at(begins, None)) for begins in (1, 2)]

    assert [[row.session for row in rows] for rows in found] == [[other], []]


def test_session_whose_date_is_not_known_meets_none(member):
    sign_up(session_at(0, 2), member)

    assert at_the_same_time([member], OpenSessionFactory(starts_at=None, ends_at=None)) == []


def test_session_that_is_called_off_meets_none(member):
    sign_up(session_at(0, 2), member)

    assert at_the_same_time([member], session_at(0, 2, state=Session.State.CANCELLED)) == []


def test_waiting_places_and_entries_in_draws_count(member):
    full, drawn = session_at(0, 2, seat_count=1), session_at(0, 2)
    sign_up(full, MemberFactory())
    sign_up(full, member)
    RegistrationTerms.objects.create(session=drawn, allotment="lottery", closes_at=TEN - HOUR)
    keep_lotteries(at=NOON)
    sign_up(drawn, member)

    found = at_the_same_time([member], session_at(0, 2))

    assert [row.state for row in found] == ["waiting", "entered"]


def test_what_was_given_up_or_is_called_off_and_what_others_have_does_not_count(member):
    given_up, called_off, of_others = (session_at(0, 2) for _number in range(3))
    [row] = sign_up(given_up, member)
    cancel_registrations(given_up, keys=[row.pk], by=member.user, at=NOON)
    sign_up(called_off, member)
    Session.objects.filter(pk=called_off.pk).update(state=Session.State.POSTPONED)
    sign_up(of_others, MemberFactory())

    assert at_the_same_time([member], session_at(0, 2)) == []


def test_session_itself_is_nothing_else(member):
    session = session_at(0, 2)
    sign_up(session, member)

    assert at_the_same_time([member], session) == []


def test_each_of_the_household_is_named_with_one_query(member, django_assert_num_queries):
    child, session = ResidentFactory(guardian=member), session_at(0, 2)
    sign_up(session_at(0, 2), member)
    sign_up(session_at(1, 2), member, child)

    with django_assert_num_queries(1):
        found = at_the_same_time([member, child], session)
        named = [(row.resident, row.session.activity.title) for row in found]

    assert [person for person, _title in named] == [member, member, child]
    assert Registration.objects.count() == 3
