from django.db import models
from django.db.models import F, Q

from qixue.places.models import Room
from qixue.programme.models.activities import Session


class RoomBooking(models.Model):
    """A confirmed room of an announced session. The database refuses two that meet in one room (see booking_guard)."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="bookings")
    session = models.OneToOneField(Session, models.CASCADE, related_name="room_booking")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_ends_after_it_starts")
        ]
        indexes = [models.Index(fields=["room", "starts_at"], name="booking_by_room")]

    def __str__(self) -> str:
        return f"{self.room_id} {self.starts_at:%Y-%m-%d %H:%M}"
