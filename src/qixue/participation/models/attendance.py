import uuid

from django.db import models

from qixue.participation.models.ledger import LedgerEntry
from qixue.programme.models import Session


class Attendance(models.Model):
    """Who is in at a session today: one row per session and person, kept by the ledger in its own transaction.

    A void takes the row away, so that the person can be entered again. The rows can be made anew from the entries at
    any time (`operations/attendances.py: rebuild_attendances`), and a recount compares them.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="attendances", db_index=False)
    person_token = models.UUIDField(default=uuid.uuid4)
    entry = models.OneToOneField(LedgerEntry, models.PROTECT, related_name="attendance")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "person_token"], name="one_attendance_per_session_and_person")
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.person_token}"
