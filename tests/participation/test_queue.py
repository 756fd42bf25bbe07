"""A party of more people than the session has seats by now: it is told, keeps its place, and holds up nobody."""

import datetime

import pytest
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, key
from tests.participation.signing_up import counters, sign_up
from tests.participation.ways import by_any_way

from qixue.participation.models import Registration
from qixue.participation.operations.registrations import cancel_registrations, keep_queues
from qixue.participation.queries import as_listed, listed
from qixue.participation.queries.lotteries import with_draws
from qixue.participation.queries.queue import seats_left
from qixue.people.models import Notification, Resident, User
from qixue.programme.models import Session
from qixue.programme.queries.listings import has_seat

pytestmark = pytest.mark.django_db

State = Registration.State
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def session() -> Session:
    session: Session = OpenSessionFactory(seat_count=4)
    return session


def family_of_three_that_waits(session: Session, *, seats: int) -> tuple[Resident, list[Registration]]:
    """Four have the seats, a family of three waits, then all but `seats` of the four leave with their chairs."""
    there = [sign_up(session, MemberFactory())[0] for _seat in range(4)]
    mother = MemberFactory(name="唐秀英")
    family = sign_up(session, mother, *ResidentFactory.create_batch(2, guardian=mother))
    Session.objects.filter(pk=session.pk).update(seat_count=4)
    for row in there[seats:]:
        Registration.objects.filter(pk=row.pk).update(
            state=State.CANCELLED, cancelled_at=NOON, cancel_reason="withdrawn"
        )
    Session.objects.filter(pk=session.pk).update(seat_count=seats, taken_count=seats)
    session.refresh_from_db()
    return mother, family


def states(rows: list[Registration]) -> set[str]:
    return set(Registration.objects.filter(pk__in=[row.pk for row in rows]).values_list("state", flat=True))


def seats_and_people_told(user: User) -> list[tuple[str, str]]:
    found = Notification.objects.filter(user=user, kind__in=["registration_too_large", "registration_stepped_past"])
    return [(notice.params["seats"], notice.params["people"]) for notice in found.order_by("pk")]


def leave_one(session: Session) -> None:
    row = Registration.objects.filter(session=session, state=State.CONFIRMED).order_by("pk").first()
    assert row is not None
    cancel_registrations(session, keys=[row.pk], by=row.registered_by, at=NOON)


def test_whoever_waits_behind_it_moves_up(session: Session) -> None:
    _mother, family = family_of_three_that_waits(session, seats=2)
    behind = sign_up(session, MemberFactory())

    leave_one(session)

    assert (states(behind), states(family), counters(session)) == ({State.CONFIRMED}, {State.WAITING}, (2, 3))


def test_whoever_comes_while_only_it_waits_has_a_seat_at_once(session: Session) -> None:
    family_of_three_that_waits(session, seats=2)
    leave_one(session)
    members = MemberFactory.create_batch(2)

    made = [by_any_way(session, people=[one], party=key(), by=one.user, at=NOON)[0].state for one in members]

    assert (made, counters(session)) == ([State.CONFIRMED, State.WAITING], (2, 4))


def test_every_list_says_that_a_seat_is_left_while_only_it_waits(session: Session) -> None:
    family_of_three_that_waits(session, seats=2)
    leave_one(session)
    seen = Session.objects.filter(pk=session.pk)

    def left() -> list[object]:
        session.refresh_from_db()
        [row], alone = as_listed(listed(seen)), with_draws(seen).get()
        return [seats_left(session), row.seats_left, alone.seats_left, seen.filter(has_seat()).exists()]

    before = left()
    sign_up(session, MemberFactory())

    assert (before, left()) == ([1, 1, 1, True], [0, 0, 0, False])


def test_no_seat_is_left_while_somebody_waits_for_whom_there_is_room_but_not_yet(session: Session) -> None:
    """Three wait for three seats of which one is free: it is kept for them."""
    family_of_three_that_waits(session, seats=2)
    Session.objects.filter(pk=session.pk).update(seat_count=3)
    session.refresh_from_db()

    [row] = as_listed(listed(Session.objects.filter(pk=session.pk)))

    assert (seats_left(session), row.seats_left, session.seat_count) == (0, 0, 3)
    assert not Session.objects.filter(has_seat(), pk=session.pk).exists()


def test_two_who_come_together_while_only_it_waits_have_seats_at_once(session: Session) -> None:
    family_of_three_that_waits(session, seats=2)
    for _seat in range(2):
        leave_one(session)
    member = MemberFactory()

    rows = sign_up(session, member, ResidentFactory(guardian=member))

    assert (states(rows), counters(session)) == ({State.CONFIRMED}, (2, 3))


def test_a_family_that_only_has_no_room_now_is_not_overtaken(session: Session) -> None:
    _mother, family = family_of_three_that_waits(session, seats=3)
    leave_one(session)
    member = MemberFactory()

    (row,) = by_any_way(session, people=[member], party=key(), by=member.user, at=NOON)
    keep_queues(at=NOON)

    assert (row.state, states(family), counters(session)) == (State.WAITING, {State.WAITING}, (2, 4))
    assert not Notification.objects.filter(kind="registration_too_large").exists()


def test_it_and_who_runs_the_session_are_told_once(session: Session, organiser: User) -> None:
    mother, _family = family_of_three_that_waits(session, seats=2)

    done = [keep_queues(at=NOON) for _time in range(2)]

    notice = Notification.objects.get(user=mother.user, kind="registration_too_large")
    staff = Notification.objects.get(user=organiser)
    assert (notice.params["people"], notice.params["seats"], staff.params["names"][:3]) == ("3", "2", "唐秀英")
    assert (staff.kind, staff.link) == (
        "registration_stepped_past",
        f"/workspace/sessions/{session.pk}/registrations/",
    )
    assert done == [0, 0]  # nobody moved


def test_they_are_told_again_when_seats_or_people_have_changed_and_not_when_others_come(
    session: Session, organiser: User
) -> None:
    mother, family = family_of_three_that_waits(session, seats=2)
    keep_queues(at=NOON)
    sign_up(session, MemberFactory())
    keep_queues(at=NOON)
    assert seats_and_people_told(mother.user) == [("2", "3")]

    for _time in range(2):
        leave_one(session)
    Session.objects.filter(pk=session.pk).update(seat_count=1)
    for _time in range(2):
        keep_queues(at=NOON)
    cancel_registrations(session, keys=[family[2].pk], by=mother.user, at=NOON)

    told = [("2", "3"), ("1", "3"), ("1", "2")]
    assert (seats_and_people_told(mother.user), seats_and_people_told(organiser)) == (told, told)


def test_whoever_was_told_costs_the_worker_no_lock(session: Session, django_assert_num_queries) -> None:
    family_of_three_that_waits(session, seats=2)
    keep_queues(at=NOON)

    with django_assert_num_queries(6):
        keep_queues(at=NOON)


def test_it_moves_up_from_its_old_place_once_one_of_it_stays_at_home(session: Session) -> None:
    mother, family = family_of_three_that_waits(session, seats=2)
    sign_up(session, MemberFactory())
    Session.objects.filter(pk=session.pk).update(seat_count=2, taken_count=0)
    Registration.objects.filter(session=session, state=State.CONFIRMED).update(
        state=State.CANCELLED, cancelled_at=NOON, cancel_reason="withdrawn"
    )

    cancel_registrations(session, keys=[family[2].pk], by=mother.user, at=NOON)

    assert (states(family[:2]), counters(session)) == ({State.CONFIRMED}, (2, 1))


def test_more_seats_let_it_move_up_again(session: Session) -> None:
    _mother, family = family_of_three_that_waits(session, seats=2)
    Session.objects.filter(pk=session.pk).update(seat_count=5)

    keep_queues(at=NOON + HOUR)

    assert (states(family), counters(session)) == ({State.CONFIRMED}, (5, 0))
