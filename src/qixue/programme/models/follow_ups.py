"""The coordination board (督办): who owes what to whom, and how each item came to its end (销号)."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qixue.core.fields import plain_text_validator
from qixue.people.models import Organisation, User
from qixue.programme.models.programmes import Programme


class FollowUp(models.Model):
    """One thing that an organisation has to do by a day, asked for by another one above it or by itself."""

    class State(models.TextChoices):
        ASSIGNED = "assigned", pgettext_lazy("follow-up", "Assigned")
        ACKNOWLEDGED = "acknowledged", pgettext_lazy("follow-up", "Acknowledged")
        REPORTED = "reported", pgettext_lazy("follow-up", "Reported done")
        CLOSED = "closed", pgettext_lazy("follow-up", "Closed")
        WITHDRAWN = "withdrawn", pgettext_lazy("follow-up", "Withdrawn")

    OWNERS_TURN = (
        State.ASSIGNED,
        State.ACKNOWLEDGED,
    )  # its assigner waits for the owner; reported: the other way round
    OPEN_STATES = (*OWNERS_TURN, State.REPORTED)

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="follow_ups")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="follow_ups_owned")  # has to do it
    assigner = models.ForeignKey(Organisation, models.PROTECT, related_name="follow_ups_assigned")  # closes it
    title = models.CharField(max_length=200, validators=[plain_text_validator])
    detail = models.TextField(blank=True, validators=[plain_text_validator])
    source = models.CharField(max_length=120, blank=True, validators=[plain_text_validator])  # the meeting, the notice
    due_on = models.DateField()
    state = models.CharField(max_length=12, choices=State, default=State.ASSIGNED)
    waiting_since = models.DateTimeField()  # since when it is the turn of those whose turn it is
    told_on = models.DateField()  # the day on which those whose turn it is last heard of it
    escalated_to = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    escalated_on = models.DateField(null=True, blank=True)  # the last time
    escalation_level = models.PositiveSmallIntegerField(default=0)  # how many levels it has gone up
    client_uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    edit_count = models.PositiveIntegerField(default=1)  # acts of people; what the schedule does is not counted

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(escalated_to=None, escalated_on=None, escalation_level=0)
                | Q(escalated_to__isnull=False, escalated_on__isnull=False, escalation_level__gt=0),
                name="follow_up_escalation_is_whole",
            )
        ]
        indexes = [
            models.Index(fields=["state", "due_on", "id"], name="follow_up_due"),
            models.Index(fields=["programme", "state", "due_on", "id"], name="follow_up_board"),
        ]

    def __str__(self) -> str:
        return self.title


class FollowUpStep(models.Model):
    """One dated, attributed step of a follow-up; steps are added and never changed."""

    class Kind(models.TextChoices):
        ASSIGNED = "assigned", pgettext_lazy("follow-up", "Assigned")
        ACKNOWLEDGED = "acknowledged", pgettext_lazy("follow-up", "Acknowledged")
        REMINDED = "reminded", pgettext_lazy("follow-up", "Reminded")
        ESCALATED = "escalated", pgettext_lazy("follow-up", "Escalated")
        REPORTED = "reported", pgettext_lazy("follow-up", "Reported done")
        SENT_BACK = "sent_back", pgettext_lazy("follow-up", "Sent back")
        CLOSED = "closed", pgettext_lazy("follow-up", "Closed")
        WITHDRAWN = "withdrawn", pgettext_lazy("follow-up", "Withdrawn")
        DEADLINE_MOVED = "deadline_moved", pgettext_lazy("follow-up", "Deadline moved")
        HANDED_OVER = "handed_over", pgettext_lazy("follow-up", "Handed over")

    follow_up = models.ForeignKey(FollowUp, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")  # None: the schedule
    # Whose step it was; who has to do it now (assigned, handed over); who was told (reminded, escalated).
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True, validators=[plain_text_validator])
    due_on = models.DateField(null=True, blank=True)  # the deadline that holds from here on, where the step sets one
    file = models.FileField(upload_to="follow_ups/%Y/%m/", blank=True)  # evidence that it was done

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="reported") | ~Q(note="") | ~Q(file=""), name="follow_up_reported_with_evidence"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=("sent_back", "withdrawn", "deadline_moved", "handed_over")) | ~Q(note=""),
                name="follow_up_step_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=("assigned", "deadline_moved")) | Q(due_on__isnull=False),
                name="follow_up_step_has_deadline",
            ),
        ]
        indexes = [models.Index(fields=["follow_up", "at", "id"], name="follow_up_step_order")]

    def __str__(self) -> str:
        return f"{self.follow_up_id} {self.kind}"
