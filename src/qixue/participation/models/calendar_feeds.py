import hashlib

from django.db import models

from qixue.people.models import Resident


class CalendarFeed(models.Model):
    """The secret address under which a resident's own calendar program reads what the household is signed up for.

    It is found by its digest and shown from a sealed copy; a new secret ends the old address.
    """

    resident = models.OneToOneField(Resident, models.CASCADE, primary_key=True, related_name="calendar_feed")
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the secret
    sealed_secret = models.TextField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"calendar of {self.resident_id}"

    @staticmethod
    def digest_of(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()
