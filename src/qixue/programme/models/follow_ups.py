"""The coordination board (督办): who owes what to whom, and how each item came to its end (销号)."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.core.fields import plain_text_validator
from qixue.people.models import Organisation, User
from qixue.programme.models.programmes import Programme


class FollowUp(models.Model):
    """One thing that an organisation has to do by a day, asked for by another."""

    class State(models.TextChoices):
        ASSIGNED = "assigned", _("Assigned")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        REPORTED = "reported", _("Reported done")
        CLOSED = "closed", pgettext_lazy("follow-up", "Closed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    OPEN_STATES = (State.ASSIGNED, State.ACKNOWLEDGED, State.REPORTED)

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="follow_ups")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="follow_ups_owned")  # has to do it
    assigner = models.ForeignKey(Organisation, models.PROTECT, related_name="follow_ups_assigned")  # waits for it
    title = models.CharField(max_length=100, validators=[plain_text_validator])
    detail = models.TextField(blank=True, validators=[plain_text_validator])
    source = models.CharField(max_length=120, blank=True, validators=[plain_text_validator])  # the meeting, the notice
    due_on = models.DateField()
    state = models.CharField(max_length=12, choices=State, default=State.ASSIGNED)
    reminded_on = models.DateField(null=True, blank=True)
    escalation_level = models.PositiveSmallIntegerField(default=0)  # how many levels up it has gone
    client_uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    edit_count = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["state", "due_on", "id"], name="follow_up_due")]

    def __str__(self) -> str:
        return self.title


class FollowUpStep(models.Model):
    """One dated, attributed step of a follow-up; steps are added and never changed."""

    class Kind(models.TextChoices):
        ASSIGNED = "assigned", _("Assigned")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        REMINDED = "reminded", _("Reminded")
        ESCALATED = "escalated", _("Escalated")
        REPORTED = "reported", _("Reported done")
        SENT_BACK = "sent_back", _("Sent back")
        CLOSED = "closed", pgettext_lazy("follow-up", "Closed")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        DEADLINE_MOVED = "deadline_moved", _("Deadline moved")
        HANDED_OVER = "handed_over", _("Handed over")

    follow_up = models.ForeignKey(FollowUp, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")  # None: the schedule
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")  # whose step it was
    note = models.CharField(max_length=500, blank=True, validators=[plain_text_validator])
    file = models.FileField(upload_to="follow_ups/%Y/%m/", blank=True)  # evidence that it was done

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="reported") | ~Q(note="") | ~Q(file=""), name="reported_with_evidence"
            )
        ]
        indexes = [models.Index(fields=["follow_up", "at", "id"], name="follow_up_step_order")]

    def __str__(self) -> str:
        return f"{self.follow_up_id} {self.kind}"
