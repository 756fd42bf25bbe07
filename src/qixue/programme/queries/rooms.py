"""Which rooms of a venue can still be had at a time."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from qixue.places.models import Room, Venue
from qixue.programme.models import RoomBooking
from qixue.programme.queries.slots import planned_lines


@dataclass(frozen=True)
class RoomAtTime:
    """A room, and whether it is booked, or wanted by a plan that is not published yet."""

    room: Room
    is_booked: bool
    is_wanted: bool

    @property
    def is_free(self) -> bool:
        return not (self.is_booked or self.is_wanted)


def rooms_at(
    venue: Venue, starts_at: datetime.datetime, ends_at: datetime.datetime, *, besides: Iterable[UUID | Any] = ()
) -> list[RoomAtTime]:
    """The rooms of a venue at a time, free ones first. What the line with a key of `besides` has is not counted."""
    within = Q(room=OuterRef("pk"), starts_at__lt=ends_at, ends_at__gt=starts_at)
    keys = list(besides)
    booked = RoomBooking.objects.filter(within).exclude(session__plan_line_key__in=keys)
    wanted = planned_lines().filter(within).exclude(key__in=keys)
    rooms = venue.rooms.annotate(is_booked=Exists(booked), is_wanted=Exists(wanted)).order_by("name", "pk")
    found = [RoomAtTime(room, room.is_booked, room.is_wanted) for room in rooms]
    return sorted(found, key=lambda each: (not each.is_free, each.is_booked))
