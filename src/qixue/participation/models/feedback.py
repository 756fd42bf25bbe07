"""How people found a session. An answer hangs on the token of the ledger and never on a name."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.core.fields import plain_text_validator
from qixue.programme.models import Session


class Feedback(models.Model):
    """One person's answer about one session; erasing the person leaves the answer, which then belongs to nobody."""

    class Face(models.TextChoices):
        GOOD = "good", pgettext_lazy("feedback", "Good")
        FAIR = "fair", pgettext_lazy("feedback", "So-so")
        BAD = "bad", pgettext_lazy("feedback", "Not good")

    class Reason(models.TextChoices):
        CONTENT = "content", _("What was taught")
        TEACHER = "teacher", _("How it was taught")
        PACE = "pace", _("Fast or slow")
        PLACE = "place", _("Place and way there")
        TIME = "time", _("Day and hour")
        SERVICE = "service", _("How one was received")

    session = models.ForeignKey(Session, models.CASCADE, related_name="feedback")
    person_token = models.UUIDField()
    face = models.CharField(max_length=5, choices=Face)
    reason = models.CharField(max_length=10, choices=Reason, blank=True)
    sentence = models.CharField(max_length=200, blank=True, validators=[plain_text_validator])
    given_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "person_token"], name="feedback_once_per_person_and_session")
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.face}"


class FeedbackInvitation(models.Model):
    """That somebody was asked how a session was: nobody is asked twice."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="feedback_invitations")
    person_token = models.UUIDField()
    invited_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "person_token"], name="invited_to_feedback_once")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.invited_at}"
