"""Who answers for a programme: its leading group, the liaison officers, who does what, and how it came to stand."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qixue.core.fields import plain_text_validator
from qixue.core.language import in_language
from qixue.people.models import Organisation, User
from qixue.programme.models.programmes import Programme


class ProgrammeStep(models.Model):
    """One dated, attributed step of a programme; steps are added and never changed."""

    class Kind(models.TextChoices):
        SET_UP = "set_up", _("Set up")
        COPIED = "copied", _("Copied from an earlier one")
        PUBLISHED = "published", _("Published")
        CLOSED = "closed", _("Closed")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")  # None: the system
    comment = models.CharField(max_length=200, blank=True, validators=[plain_text_validator])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "kind"], condition=Q(kind__in=("published", "closed")), name="programme_step_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.kind}"


class LeadingGroup(models.Model):
    """The leading group (领导小组) of a programme; its office (办公室) does the daily work."""

    programme = models.OneToOneField(Programme, models.CASCADE, related_name="leading_group")
    name = models.CharField(max_length=100, validators=[plain_text_validator])
    name_en = models.CharField(max_length=160, blank=True, validators=[plain_text_validator])
    office = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        return in_language(self.name, self.name_en)


class GroupMember(models.Model):
    """A seat in a leading group. The seat stays when its holder changes: a copied one has no name yet."""

    class Seat(models.TextChoices):
        HEAD = "head", _("Head of the group")
        DEPUTY = "deputy", _("Deputy head")
        MEMBER = "member", _("Member")

    group = models.ForeignKey(LeadingGroup, models.CASCADE, related_name="members")
    position = models.PositiveSmallIntegerField()
    seat = models.CharField(max_length=10, choices=Seat)
    name = models.CharField(max_length=50, blank=True, validators=[plain_text_validator])
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    duty = models.CharField(max_length=60, blank=True, validators=[plain_text_validator])  # 职务 in the organisation

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group"], condition=Q(seat="head"), name="leading_group_has_one_head"),
            models.CheckConstraint(
                condition=~Q(name="", organisation=None) | ~Q(duty=""), name="group_member_is_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat} {self.position}"

    @property
    def is_named_in_public(self) -> bool:
        """Those who lead stand by name in what is published; of the others only their organisation does."""
        return bool(self.name) and self.seat != self.Seat.MEMBER


class Liaison(models.Model):
    """A liaison officer (联络员): whom the office calls in an organisation. Never shown to the public."""

    group = models.ForeignKey(LeadingGroup, models.CASCADE, related_name="liaisons")
    position = models.PositiveSmallIntegerField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = models.CharField(max_length=50, blank=True, validators=[plain_text_validator])
    phone = models.CharField(max_length=30, blank=True, validators=[plain_text_validator])

    def __str__(self) -> str:
        return f"{self.group_id} {self.organisation_id}"


class TaskAssignment(models.Model):
    """A part of the work (任务分工): which organisation answers for it, and which ones help."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="tasks")
    position = models.PositiveSmallIntegerField()
    task = models.CharField(max_length=200, validators=[plain_text_validator])
    task_en = models.CharField(max_length=300, blank=True, validators=[plain_text_validator])
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="tasks")
    supporters = models.ManyToManyField(Organisation, related_name="supported_tasks")
    due_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "task", "organisation"], name="task_once_per_organisation")
        ]

    def __str__(self) -> str:
        return self.task

    @property
    def local_task(self) -> str:
        return in_language(self.task, self.task_en)
