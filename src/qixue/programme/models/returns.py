"""Returns (填报): the same few numbers asked of every town and county, checked and added up level by level."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.core.fields import code_validator, plain_text_validator
from qixue.core.language import in_language
from qixue.core.quantity import UNITS, Qualifier, Quantity
from qixue.people.models import Organisation, User
from qixue.programme.models.programmes import Programme
from qixue.programme.models.sources import QUALIFIER_CHOICES

UNIT_CHOICES = {code: unit.zh for code, unit in UNITS.items()}


class ReturnCall(models.Model):
    """Asks towns and counties for numbers, with a deadline for each level."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="return_calls")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="return_calls")  # who asks
    code = models.CharField(max_length=40, validators=[code_validator])
    name = models.CharField(max_length=100, validators=[plain_text_validator])
    instruction = models.TextField(blank=True, validators=[plain_text_validator])
    town_due_on = models.DateField()
    county_due_on = models.DateField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="return_call_code_once"),
            models.CheckConstraint(
                condition=Q(county_due_on__gte=models.F("town_due_on")), name="return_towns_before_counties"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ReturnField(models.Model):
    """One number that a return asks for. Units that do not add up are asked at every level, never summed."""

    call = models.ForeignKey(ReturnCall, models.CASCADE, related_name="fields")
    code = models.CharField(max_length=40, validators=[code_validator])
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60, validators=[plain_text_validator])
    name_en = models.CharField(max_length=100, blank=True)
    rule = models.CharField(max_length=200, blank=True)  # the counting rule in words
    unit = models.CharField(max_length=20, choices=UNIT_CHOICES)
    is_required = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "code"], name="return_field_code_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        return in_language(self.name, self.name_en)


class ReturnSubmission(models.Model):
    """What one organisation reports to the one above it. `parent` is the submission that consolidates it."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("return", "Not yet sent")
        SUBMITTED = "submitted", _("Submitted")
        SENT_BACK = "sent_back", _("Sent back")
        ACCEPTED = "accepted", _("Accepted")

    call = models.ForeignKey(ReturnCall, models.CASCADE, related_name="submissions")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="return_submissions")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="parts")
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    edit_count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "organisation"], name="return_once_per_organisation")]

    def __str__(self) -> str:
        return f"{self.call_id} {self.organisation_id}"


class ReturnValue(models.Model):
    """A number that an organisation states for itself; what it adds up from below is computed, never stored."""

    submission = models.ForeignKey(ReturnSubmission, models.CASCADE, related_name="values")
    field = models.ForeignKey(ReturnField, models.CASCADE, related_name="values")
    value = models.PositiveIntegerField()
    qualifier = models.CharField(max_length=20, choices=QUALIFIER_CHOICES, default=Qualifier.EXACT)
    note = models.CharField(max_length=200, blank=True, validators=[plain_text_validator])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "field"], name="return_value_once")]

    def __str__(self) -> str:
        return f"{self.field_id} {self.value}"

    @property
    def quantity(self) -> Quantity:
        return Quantity(self.value, UNITS[self.field.unit], Qualifier(self.qualifier))


class ReturnStep(models.Model):
    """One dated, attributed step of a return; steps are added and never changed."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("Submitted")
        SENT_BACK = "sent_back", _("Sent back")
        ACCEPTED = "accepted", _("Accepted")
        REMINDED = "reminded", _("Reminded")

    submission = models.ForeignKey(ReturnSubmission, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    comment = models.CharField(max_length=500, blank=True, validators=[plain_text_validator])
    values = models.JSONField(default=dict)  # the numbers as they were sent

    def __str__(self) -> str:
        return f"{self.submission_id} {self.kind}"
