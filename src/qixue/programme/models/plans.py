"""What organisations intend to do: plans in versions, the steps of their approval, and what others say on them."""

import uuid

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qixue.core.fields import plain_text_validator
from qixue.people.models import Organisation, User
from qixue.places.models import Region, Room, Venue
from qixue.programme.models.activities import Activity, Session
from qixue.programme.models.brands import Brand
from qixue.programme.models.programmes import Programme


class Plan(models.Model):
    """The plan (方案) of one organisation for one programme. Its content is in its versions."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="plans")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="plans")
    invited_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True)  # last day for filing it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "organisation"], name="plan_once_per_organisation")]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.organisation_id}"


class PlanVersion(models.Model):
    """One version of a plan. A draft can be edited; what was submitted never changes again: a change is a new one."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        RETURNED = "returned", _("Returned")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")
        SUPERSEDED = "superseded", _("Replaced by a later version")
        CLOSED = "closed", _("Closed")

    OPEN_STATES = (State.DRAFT, State.SUBMITTED, State.APPROVED)

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    note = models.TextField(blank=True, validators=[plain_text_validator])  # what the organisation says to it
    edit_count = models.PositiveIntegerField(default=1)  # who files it or replaces its lines has read this one

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_number_once"),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(state__in=("draft", "submitted", "approved")),
                name="plan_has_one_open_version",
            ),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(state="published"), name="plan_has_one_version_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} v{self.number}"


class PlanLine(models.Model):
    """One planned session (场). Lines with the same title make one activity. `key` is the same in every version."""

    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="lines")
    key = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=100, validators=[plain_text_validator])
    kind = models.CharField(max_length=20, choices=Activity.Kind)
    audience = models.CharField(max_length=20, choices=Activity.Audience, default=Activity.Audience.EVERYBODY)
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True, related_name="plan_lines")
    description = models.TextField(blank=True, validators=[plain_text_validator])
    topic = models.CharField(max_length=100, blank=True, validators=[plain_text_validator])
    speaker = models.CharField(max_length=100, blank=True, validators=[plain_text_validator])
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, blank=True, related_name="plan_lines")
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="plan_lines")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="plan_lines")
    is_online = models.BooleanField(default=False)
    seat_count = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    counting_rule = models.CharField(
        max_length=20, choices=Session.CountingRule, default=Session.CountingRule.LIST_AND_OTHERS
    )
    expected_attendance = models.PositiveIntegerField(null=True, blank=True)  # 人次
    budget_fen = models.PositiveBigIntegerField(null=True, blank=True)  # None: nothing said; 0: costs nothing
    is_flagship = models.BooleanField(default=False)  # a big event that others should not meet
    edit_count = models.PositiveIntegerField(default=1)  # two editors never overwrite each other silently

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="plan_line_key_once"),
            models.UniqueConstraint(fields=["version", "position"], name="plan_line_position_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="plan_line_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(is_online=True) | Q(venue__isnull=False), name="plan_line_has_a_place"),
        ]
        indexes = [models.Index(fields=["starts_at", "id"], name="plan_line_start")]

    def __str__(self) -> str:
        return self.title


class PlanStep(models.Model):
    """One dated, attributed step of a plan; steps are added and never changed."""

    class Kind(models.TextChoices):
        INVITED = "invited", _("Invited to file a plan")
        DUE_MOVED = "due_moved", _("Last day moved")
        SUBMITTED = "submitted", _("Submitted")
        COUNTERSIGN_ASKED = "countersign_asked", _("Countersignature asked for")
        COUNTERSIGNED = "countersigned", _("Countersigned")
        OBJECTED = "objected", _("Objected to")
        RETURNED = "returned", _("Returned")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")
        AMENDED = "amended", _("New version begun")
        CLOSED = "closed", _("Closed")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="steps")
    version = models.ForeignKey(PlanVersion, models.CASCADE, null=True, blank=True, related_name="steps")
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")  # None: the system
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")  # for whom
    comment = models.CharField(max_length=500, blank=True, validators=[plain_text_validator])

    class Meta:
        indexes = [models.Index(fields=["plan", "at", "id"], name="plan_step_order")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.kind}"


class Countersignature(models.Model):
    """An organisation that was asked to countersign (会签) a submitted version, and its answer once it has one."""

    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="countersignatures")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="countersignatures")
    asked_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True)
    is_agreed = models.BooleanField(null=True, blank=True)
    comment = models.CharField(max_length=500, blank=True, validators=[plain_text_validator])
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "organisation"], name="countersigned_once"),
            models.CheckConstraint(
                condition=Q(is_agreed=None, answered_by=None, answered_at=None)
                | Q(is_agreed__isnull=False, answered_by__isnull=False, answered_at__isnull=False),
                name="countersignature_answer_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.organisation_id}"


class LineComment(models.Model):
    """What a reader of a submitted version says on one of its lines."""

    line = models.ForeignKey(PlanLine, models.CASCADE, related_name="comments")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.CharField(max_length=500, validators=[plain_text_validator])

    def __str__(self) -> str:
        return self.text


class PlanDocument(models.Model):
    """A request (请示) or reply (批复) that belongs to a version, with its document number."""

    class Kind(models.TextChoices):
        REQUEST = "request", _("Request for approval")
        REPLY = "reply", _("Reply")
        OTHER = "other", _("Other document")

    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=10, choices=Kind)
    document_number = models.CharField(max_length=60, blank=True)  # normalised: 〔2026〕
    title = models.CharField(max_length=200, validators=[plain_text_validator])
    organ = models.CharField(max_length=100, validators=[plain_text_validator])
    issued_on = models.DateField(null=True, blank=True)
    file = models.FileField(upload_to="plans/%Y/%m/", blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class SheetImport(models.Model):
    """A sheet on its way into a draft: checked by the worker, shown before it is taken over, whole or not at all."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        CHECKING = "checking", _("Being checked")
        REFUSED = "refused", _("Refused")
        READY = "ready", _("Ready to be taken over")
        TAKEN_OVER = "taken_over", _("Taken over")

    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="sheet_imports")
    file = models.FileField(upload_to="sheets/%Y/%m/")
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    row_count = models.PositiveIntegerField(null=True, blank=True)
    checked_count = models.PositiveIntegerField(default=0)
    complaints = models.JSONField(default=list)  # rows of {"row", "column", "code", "params"}
    lines = models.JSONField(default=list)  # the lines as they will be written
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)  # a worker has it until then
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.file_name
