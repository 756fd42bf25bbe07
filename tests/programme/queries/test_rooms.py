import datetime

import pytest
from tests.factories import NOON, SessionFactory
from tests.factories_planning import PlanLineFactory, RoomFactory

from qixue.places.models import Room
from qixue.programme.operations.rooms import book_rooms
from qixue.programme.queries.rooms import rooms_at

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def hall() -> Room:
    """Its venue has two more rooms."""
    room = RoomFactory(name="大厅")
    RoomFactory(venue=room.venue, name="教室")
    RoomFactory(venue=room.venue, name="画室")
    return room


def states(room: Room, first: int, last: int, **besides: object) -> dict[str, str]:
    rooms = rooms_at(room.venue, NOON + first * HOUR, NOON + last * HOUR, **besides)  # type: ignore[arg-type]
    return {each.room.name: "free" if each.is_free else "booked" if each.is_booked else "wanted" for each in rooms}


def test_rooms_are_free_wanted_or_booked(hall: Room):
    book_rooms([SessionFactory(venue=hall.venue, room=hall, starts_at=NOON, ends_at=NOON + 2 * HOUR)])
    classroom = Room.objects.get(name="教室")
    PlanLineFactory(venue=hall.venue, room=classroom, starts_at=NOON, ends_at=NOON + 2 * HOUR)

    assert list(states(hall, 1, 3).items()) == [("画室", "free"), ("教室", "wanted"), ("大厅", "booked")]
    assert set(states(hall, 2, 3).values()) == {"free"}


def test_room_of_the_line_itself_is_free_for_it(hall: Room):
    line = PlanLineFactory(venue=hall.venue, room=hall, starts_at=NOON, ends_at=NOON + HOUR)

    assert states(hall, 0, 1, besides=[line.key])["大厅"] == "free"
