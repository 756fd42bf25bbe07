"""Who scans the code on the wall: counted against the session as it is, not as a page has shown it."""

import datetime

import pytest
from django.db import connection
from tests.at_once import at_once
from tests.factories import NOON, MemberFactory, OpenSessionFactory, key
from tests.factories_afterwards import organiser_of
from tests.participation.signing_up import counters, refusal

from qixue.participation.models import Attendance, Scan
from qixue.participation.operations.check_ins import check_in
from qixue.participation.operations.registrations import register
from qixue.participation.operations.walls import Landing, check_in_by_wall, show_wall
from qixue.participation.wall_code import step_at
from qixue.people.models import Resident
from qixue.programme.models import Session

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def session() -> Session:
    """Begins in an hour; one seat is left, and the wall shows a code."""
    session = OpenSessionFactory(starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR, seat_count=1)
    show_wall(session, by=organiser_of(session.activity), at=NOON)
    return session


def by_wall(session: Session, person: Resident) -> list[Scan]:
    landing = Landing(step_at(NOON), NOON)
    return check_in_by_wall(
        session, people=[person], landing=landing, late_limit=9, by=person.user, at=NOON, client_uuid=key()
    )


def sign_up(session: Session, person: Resident) -> object:
    return register(session, people=[person], party=key(), by=person.user, at=NOON)


@pytest.mark.django_db
def test_walk_in_is_refused_the_seat_that_went_after_the_page_was_read(session: Session) -> None:
    read_before = Session.objects.select_related("activity__organisation", "activity__programme").get(pk=session.pk)
    sign_up(session, MemberFactory())

    assert refusal(by_wall, read_before, MemberFactory()) == "no_place_left"


@pytest.mark.django_db
def test_walk_in_is_refused_at_a_session_that_was_called_off_meanwhile(session: Session) -> None:
    read_before = Session.objects.get(pk=session.pk)
    Session.objects.filter(pk=session.pk).update(state=Session.State.CANCELLED)

    assert refusal(by_wall, read_before, MemberFactory()) == "session_off"


@pytest.mark.django_db
def test_somebody_whose_name_a_walk_in_has_counts_and_is_marked(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(seat_count=9)
    by, person = organiser_of(session.activity), MemberFactory(name="唐五妹")
    check_in(session, name="唐 五妹", by=by, at=NOON, client_uuid=key())

    scans = [by_wall(session, each)[0] for each in (person, MemberFactory(name="房小妹"), person)]

    assert [(scan.verdict, scan.marks) for scan in scans] == [
        ("counted", "namesake"),
        ("counted", ""),
        ("already_in", ""),
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_walk_ins_at_once_get_the_seats_that_are_left_and_no_more(session: Session) -> None:
    people = MemberFactory.create_batch(6)

    outcomes = at_once(*[lambda person=person: by_wall(session, person) for person in people])

    assert outcomes == ["done", *["no_place_left"] * 5]
    assert Attendance.objects.filter(session=session).count() == 1
    assert counters(session) == (0, 0)
