"""Returns (填报): what one organisation reports to the one above it, as it was sent each time."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.core.fields import plain_text_validator
from qixue.core.quantity import Qualifier, Quantity
from qixue.people.models import Organisation, User
from qixue.places.models import Region
from qixue.programme.models.return_calls import ReturnCall, ReturnField, as_quantity
from qixue.programme.models.sources import QUALIFIER_CHOICES


class ReturnSubmission(models.Model):
    """The return of one organisation for one call. `parent` is the return into which it is consolidated."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("return", "Not yet submitted")
        SUBMITTED = "submitted", pgettext_lazy("return", "Submitted")
        SENT_BACK = "sent_back", pgettext_lazy("return", "Sent back")
        ACCEPTED = "accepted", pgettext_lazy("return", "Accepted")

    class Level(models.TextChoices):
        COUNTY = "county", pgettext_lazy("level of a return", "County")
        TOWN = "town", pgettext_lazy("level of a return", "Town")

    REPORTED = (State.SUBMITTED, State.ACCEPTED)
    EDITABLE = (State.WAITING, State.SENT_BACK)

    call = models.ForeignKey(ReturnCall, models.CASCADE, related_name="submissions")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="return_submissions")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="parts")
    level = models.CharField(max_length=10, choices=Level)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    note = models.TextField(blank=True, validators=[plain_text_validator])  # to the organisation above
    covered = models.ManyToManyField(Region, related_name="+", blank=True)  # towns for which it speaks as well
    sent_step = models.ForeignKey(
        "ReturnStep", models.RESTRICT, null=True, blank=True, related_name="+"
    )  # the last one
    first_sent_at = models.DateTimeField(null=True, blank=True)
    edit_count = models.PositiveIntegerField(default=1)  # two editors never overwrite each other silently

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "organisation"], name="return_once_per_organisation"),
            models.CheckConstraint(
                condition=Q(state="waiting", sent_step=None) | (~Q(state="waiting") & Q(sent_step__isnull=False)),
                name="return_sent_is_kept",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.organisation_id}"


class Stated(models.Model):
    """What a return says on one field. `amount` counts in the unit of the field, yuan in fen; None: nothing said."""

    amount = models.BigIntegerField(null=True, blank=True)
    qualifier = models.CharField(max_length=20, choices=QUALIFIER_CHOICES, default=Qualifier.EXACT)
    text = models.CharField(max_length=500, blank=True, validators=[plain_text_validator])
    note = models.CharField(max_length=200, blank=True, validators=[plain_text_validator])

    class Meta:
        abstract = True


class ReturnValue(Stated):
    """What an organisation has written down and not sent yet. Figures are not here: they are computed when it sends."""

    submission = models.ForeignKey(ReturnSubmission, models.CASCADE, related_name="values")
    field = models.ForeignKey(ReturnField, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "field"], name="return_value_once")]

    def __str__(self) -> str:
        return f"{self.field_id} {self.amount}"

    @property
    def quantity(self) -> Quantity | None:
        return as_quantity(self.amount, self.field.unit, self.qualifier) if self.field.is_number else None


class ReturnStep(models.Model):
    """One dated, attributed step of a return; steps are added and never changed.

    A step by which it was sent has what was sent, and as `parts` the steps of those below that were added up in it.
    """

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", pgettext_lazy("step of a return", "Submitted")
        SENT_BACK = "sent_back", pgettext_lazy("step of a return", "Sent back")
        ACCEPTED = "accepted", pgettext_lazy("step of a return", "Accepted")

    submission = models.ForeignKey(ReturnSubmission, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")  # for whom
    comment = models.CharField(max_length=500, blank=True, validators=[plain_text_validator])
    covered = models.ManyToManyField(Region, related_name="+", blank=True)
    parts = models.ManyToManyField("self", symmetrical=False, related_name="+", blank=True)

    class Meta:
        indexes = [models.Index(fields=["submission", "at", "id"], name="return_step_order")]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.kind}"


class SentValue(Stated):
    """One field as it was sent: `amount` with everything below, `own_amount` what the organisation itself stated.

    A figure has the moment as of which it was computed, and the digest over its value and evidence.
    """

    step = models.ForeignKey(ReturnStep, models.CASCADE, related_name="values")
    field = models.ForeignKey(ReturnField, models.CASCADE, related_name="+")
    unit = models.CharField(max_length=20, blank=True)
    is_sum = models.BooleanField(default=False)
    own_amount = models.BigIntegerField(null=True, blank=True)
    own_qualifier = models.CharField(max_length=20, choices=QUALIFIER_CHOICES, default=Qualifier.EXACT)
    as_of = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "field"], name="sent_value_once")]

    def __str__(self) -> str:
        return f"{self.field_id} {self.amount}"

    @property
    def quantity(self) -> Quantity | None:
        return as_quantity(self.amount, self.unit, self.qualifier, is_sum=self.is_sum)

    @property
    def own_quantity(self) -> Quantity | None:
        return as_quantity(self.own_amount, self.unit, self.own_qualifier)


class ReturnComment(models.Model):
    """What has to change on one field of a return that was sent back."""

    step = models.ForeignKey(ReturnStep, models.CASCADE, related_name="comments")
    field = models.ForeignKey(ReturnField, models.CASCADE, related_name="+")
    text = models.CharField(max_length=500, validators=[plain_text_validator])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "field"], name="return_comment_once")]

    def __str__(self) -> str:
        return self.text


class ReturnReminder(models.Model):
    """A reminder of a deadline that went out; each stage goes out once for one deadline."""

    class Stage(models.TextChoices):
        SOON = "soon", _("Due soon")
        LATE = "late", _("Overdue")
        ESCALATED = "escalated", _("Told the organisation above")

    submission = models.ForeignKey(ReturnSubmission, models.CASCADE, related_name="reminders")
    stage = models.CharField(max_length=10, choices=Stage)
    due_on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "stage", "due_on"], name="return_reminder_once")]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.stage}"
