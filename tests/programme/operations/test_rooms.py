import datetime

import pytest
from tests.factories import NOON, SessionFactory, UserFactory, VenueFactory
from tests.factories_planning import RoomFactory

from qixue.core.refusal import Refused
from qixue.places.models import Room
from qixue.programme.models import Activity, Programme, RoomBooking, Session
from qixue.programme.operations.rooms import book_rooms
from qixue.programme.operations.sessions import SessionDetails, cancel_session, edit_session

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
TOMORROW = NOON + datetime.timedelta(days=1)


def session_in(room: Room, starts_at: datetime.datetime = TOMORROW) -> Session:
    return SessionFactory(
        venue=room.venue, room=room, starts_at=starts_at, ends_at=starts_at + HOUR, state=Session.State.PLANNED
    )


def moved(session: Session, starts_at: datetime.datetime, **values: object) -> Session:
    given = {"venue": session.venue, "counting_rule": session.counting_rule, **values}
    details = SessionDetails(starts_at=starts_at, ends_at=starts_at + HOUR, **given)  # type: ignore[arg-type]
    return edit_session(session, details=details, version=session.version, by=UserFactory(), at=NOON)


def test_rooms_one_after_the_other_do_not_meet() -> None:
    room = RoomFactory()

    book_rooms([session_in(room), session_in(room, TOMORROW + HOUR)])

    assert RoomBooking.objects.count() == 2


def test_session_that_is_moved_takes_its_booking_along() -> None:
    session = session_in(RoomFactory())
    book_rooms([session])

    moved(session, TOMORROW + 3 * HOUR)

    assert RoomBooking.objects.get().starts_at == TOMORROW + 3 * HOUR


def test_session_that_is_moved_onto_another_is_refused() -> None:
    room = RoomFactory()
    first, second = session_in(room), session_in(room, TOMORROW + HOUR)
    book_rooms([first, second])

    with pytest.raises(Refused) as refused:
        moved(second, TOMORROW + HOUR / 2)

    second.refresh_from_db()
    assert (refused.value.code, second.starts_at) == ("room_taken", TOMORROW + HOUR)


@pytest.mark.parametrize(("state", "is_named"), [("published", True), ("draft", False)])
def test_refusal_names_another_session_as_far_as_it_may_be_seen(state: str, is_named: bool) -> None:
    room = RoomFactory()
    first, second = session_in(room), session_in(room, TOMORROW + HOUR)
    book_rooms([first, second])
    Programme.objects.filter(pk=first.activity.programme_id).update(state=state)
    Activity.objects.filter(pk=first.activity_id).update(title="别人的一场")

    with pytest.raises(Refused) as refused:
        moved(second, TOMORROW + HOUR / 2)

    assert ("别人的一场" in str(refused.value), "另一单位" in str(refused.value)) == (is_named, not is_named)


def test_session_at_another_venue_has_no_room_there() -> None:
    session = session_in(RoomFactory())
    book_rooms([session])

    edited = moved(session, TOMORROW, venue=VenueFactory())

    assert (edited.room, RoomBooking.objects.count()) == (None, 0)


def test_session_called_off_lets_go_of_its_room() -> None:
    session = session_in(RoomFactory())
    book_rooms([session])

    cancel_session(session, by=UserFactory(), at=NOON)

    assert RoomBooking.objects.count() == 0
