"""What organisers and cadres keep beside the registrations: what they wrote, and whom they sign up again."""

from django.db import models

from qixue.core.fields import plain_text_validator
from qixue.people.models import Organisation, Resident, User
from qixue.programme.models import Session

LONGEST_MESSAGE = 300
LONGEST_REASON = 200


class RegistrantMessage(models.Model):
    """What an organiser wrote to those who are signed up for a session. Counts are of people, not of accounts."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="registrant_messages")
    text = models.CharField(max_length=LONGEST_MESSAGE, validators=[plain_text_validator])
    states = models.JSONField(default=list)  # of the registrations to which it went
    reached_count = models.PositiveIntegerField()
    unreached_count = models.PositiveIntegerField()  # nobody has a phone for them here: they are told in person
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    client_uuid = models.UUIDField(unique=True)  # of the form: sent twice, it goes out once

    class Meta:
        indexes = [models.Index(fields=["session", "-sent_at"], name="message_by_session")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.pk}"


class CallingOff(models.Model):
    """Why a session was called off: everybody reads it on its page, and who was signed up in the notice as well."""

    session = models.OneToOneField(Session, models.CASCADE, primary_key=True, related_name="calling_off")
    reason = models.CharField(max_length=LONGEST_REASON, validators=[plain_text_validator])

    def __str__(self) -> str:
        return f"{self.session_id} off"


class ListedPerson(models.Model):
    """Somebody without a phone whom an organisation signs up: its own people see them again for the next session."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="listed_people")
    resident = models.ForeignKey(Resident, models.CASCADE, related_name="listings")
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "resident"], name="listed_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.resident_id}"
