import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from tests.factories import NOON, SessionFactory
from tests.factories_planning import RoomFactory

from qixue.places.models import Room
from qixue.programme import booking_guard
from qixue.programme.models import RoomBooking

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def room() -> Room:
    """Taken from noon to two."""
    room = RoomFactory()
    book(room, 0, 2)
    return room


def book(room: Room, first: int, last: int) -> RoomBooking:
    """From `first` to `last`, in hours after noon."""
    times = {"starts_at": NOON + first * HOUR, "ends_at": NOON + last * HOUR}
    return RoomBooking.objects.create(room=room, session=SessionFactory(), **times)


@pytest.mark.parametrize(("first", "last"), [(0, 2), (1, 3), (-1, 1), (-1, 3), (1, 2)])
def test_database_refuses_a_second_booking_that_meets_the_first(room: Room, first: int, last: int):
    with pytest.raises(IntegrityError), transaction.atomic():
        book(room, first, last)


@pytest.mark.parametrize(("first", "last"), [(2, 4), (-2, 0)])
def test_bookings_that_touch_do_not_meet(room: Room, first: int, last: int):
    book(room, first, last)

    assert room.bookings.count() == 2


def test_other_room_is_free(room: Room):
    assert book(RoomFactory(), 0, 2).pk is not None


def test_database_refuses_to_move_a_booking_into_another(room: Room):
    later = book(room, 3, 4)

    with pytest.raises(IntegrityError), transaction.atomic():
        RoomBooking.objects.filter(pk=later.pk).update(starts_at=NOON + HOUR)


def test_guard_can_be_set_again():
    booking_guard.install(connection)
    room = RoomFactory()
    book(room, 0, 2)

    with pytest.raises(IntegrityError), transaction.atomic():
        book(room, 1, 3)
