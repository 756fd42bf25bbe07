"""Rooms that announced sessions have to themselves. The database refuses what slips through here (booking_guard)."""

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qixue.core.clock import SHANGHAI
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.people.rules import Action, may
from qixue.places.models import Room
from qixue.programme.models import Activity, Programme, RoomBooking, Session

RELATED = ("session__activity__organisation", "session__activity__programme", "room__venue")


def book_rooms(sessions: Iterable[Session], *, by: User | None = None) -> None:
    """Book the room of every session that has one, in place of what these sessions had booked before.

    Call it inside a transaction. Refused: room_taken, with one line for each two sessions that meet; of what neither
    `by` nor everybody may see only the time is told.
    """
    sessions = list(sessions)
    RoomBooking.objects.filter(session__in=sessions).delete()
    wanted = [
        RoomBooking(room=session.room, session=session, starts_at=session.starts_at, ends_at=session.ends_at)
        for session in sessions
        if session.room and session.starts_at and session.ends_at
    ]
    rooms = {booking.room_id for booking in wanted}
    list(Room.objects.select_for_update().filter(pk__in=rooms).order_by("pk"))  # one booker of a room at a time
    there = RoomBooking.objects.filter(room__in=rooms).select_related(*RELATED)
    if meetings := [sentence(one, other, by) for one, other in meeting(wanted, there)]:
        raise Refused("room_taken", gettext_lazy("A room cannot be had twice at the same time."), lines=meetings)
    RoomBooking.objects.bulk_create(wanted)


def meeting(wanted: list[RoomBooking], there: Iterable[RoomBooking]) -> list[tuple[RoomBooking, RoomBooking]]:
    """Every wanted booking with each earlier one, wanted or there, that it meets."""
    by_room: dict[int, list[RoomBooking]] = defaultdict(list)
    for booking in there:
        by_room[booking.room_id].append(booking)
    pairs = []
    for booking in wanted:
        others = by_room[booking.room_id]
        pairs += [
            (booking, other)
            for other in others
            if other.starts_at < booking.ends_at and booking.starts_at < other.ends_at
        ]
        others.append(booking)
    return pairs


def sentence(one: RoomBooking, other: RoomBooking, by: User | None) -> str:
    values = {
        "venue": one.room.venue.local_name,
        "room": one.room.local_name,
        "one": one.session.activity.local_title,
        "one_time": time_text(one),
        "other": title_seen_by(by, other.session.activity),
        "other_time": time_text(other),
    }
    return _("%(venue)s, %(room)s: “%(one)s” (%(one_time)s) and “%(other)s” (%(other_time)s).") % values


def title_seen_by(user: User | None, activity: Activity) -> str:
    is_public = activity.state == Activity.State.PUBLISHED and activity.programme.state in Programme.PUBLIC_STATES
    is_seen = is_public or may(user, Action.SEE_PLANS, activity.organisation)
    return activity.local_title if is_seen else _("another organisation")


def time_text(booking: RoomBooking) -> str:
    starts, ends = booking.starts_at.astimezone(SHANGHAI), booking.ends_at.astimezone(SHANGHAI)
    return f"{starts:%Y-%m-%d %H:%M}–{ends:%H:%M}"
