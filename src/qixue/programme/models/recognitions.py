"""Recognitions: 百姓学习之星, 终身学习品牌项目, 优秀组织, from the call to the result."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qixue.core.fields import code_validator, plain_text_validator
from qixue.people.models import Organisation, User
from qixue.places.models import Region
from qixue.programme.models.brands import Award, Brand
from qixue.programme.models.programmes import Programme


class RecognitionCall(models.Model):
    """A call for nominations of one kind."""

    class Kind(models.TextChoices):
        LEARNING_STAR = "learning_star", _("Learning star of the people")
        BRAND_PROJECT = "brand_project", _("Lifelong learning brand project")
        EXCELLENT_ORGANISER = "excellent_organiser", _("Excellent organiser")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="recognition_calls")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="recognition_calls")  # who decides
    code = models.CharField(max_length=40, validators=[code_validator])
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=100, validators=[plain_text_validator])
    conditions = models.TextField(blank=True, validators=[plain_text_validator])
    nominate_until = models.DateField()
    notice_days = models.PositiveSmallIntegerField(default=7, validators=[MinValueValidator(1)])
    place_count = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "code"], name="recognition_call_code_once")]

    def __str__(self) -> str:
        return self.name


class Nomination(models.Model):
    """Somebody or something put forward. Nothing of it is public before its nominee agreed to that."""

    class Level(models.TextChoices):
        TOWN = "town", _("Town")
        COUNTY = "county", _("County")
        CITY = "city", _("City")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        NOMINATED = "nominated", _("Put forward")
        ON_NOTICE = "on_notice", _("On public notice")
        AWARDED = "awarded", _("Awarded")
        NOT_SELECTED = "not_selected", _("Not selected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    call = models.ForeignKey(RecognitionCall, models.CASCADE, related_name="nominations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="nominations")  # puts it forward
    name = models.CharField(max_length=100, validators=[plain_text_validator])  # person, project or organisation
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True, related_name="nominations")
    nominee = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="nominations_received"
    )
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="nominations")
    story = models.TextField(validators=[plain_text_validator])
    level = models.CharField(max_length=10, choices=Level)  # how far up the ladder it has come
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    consent_at = models.DateTimeField(null=True, blank=True)  # when the nominee agreed to publication
    consent_note = models.CharField(max_length=200, blank=True, validators=[plain_text_validator])  # how, before whom
    notice_from = models.DateField(null=True, blank=True)
    notice_until = models.DateField(null=True, blank=True)
    award = models.OneToOneField(Award, models.PROTECT, null=True, blank=True, related_name="nomination")
    edit_count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("draft", "nominated", "not_selected", "withdrawn"))
                | Q(consent_at__isnull=False),
                name="nomination_public_only_with_consent",
            ),
            models.CheckConstraint(
                condition=Q(notice_from=None, notice_until=None) | Q(notice_until__gte=F("notice_from")),
                name="nomination_notice_has_a_length",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("on_notice", "awarded")) | Q(notice_from__isnull=False),
                name="nomination_awarded_after_notice",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class NominationStep(models.Model):
    """One dated, attributed step of a nomination; steps are added and never changed."""

    class Kind(models.TextChoices):
        NOMINATED = "nominated", _("Put forward")
        CONSENTED = "consented", _("Nominee agreed to publication")
        ENDORSED = "endorsed", _("Passed on to the next level")
        SENT_BACK = "sent_back", _("Sent back")
        NOTICE_OPENED = "notice_opened", _("Public notice opened")
        OBJECTION = "objection", _("Objection received")
        OBJECTION_SETTLED = "objection_settled", _("Objection settled")
        AWARDED = "awarded", _("Awarded")
        NOT_SELECTED = "not_selected", _("Not selected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    comment = models.CharField(max_length=500, blank=True, validators=[plain_text_validator])

    class Meta:
        indexes = [models.Index(fields=["nomination", "at", "id"], name="nomination_step_order")]

    def __str__(self) -> str:
        return f"{self.nomination_id} {self.kind}"


class Objection(models.Model):
    """What somebody says against a nomination on public notice; a nomination with an open one is not awarded."""

    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="objections")
    text = models.TextField(validators=[plain_text_validator])
    contact = models.CharField(max_length=100, blank=True, validators=[plain_text_validator])  # seen by the jury only
    received_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    finding = models.CharField(max_length=500, blank=True, validators=[plain_text_validator])
    is_upheld = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at=None, is_upheld=None) | Q(settled_at__isnull=False, is_upheld__isnull=False),
                name="objection_settled_with_a_finding",
            )
        ]

    def __str__(self) -> str:
        return self.text[:40]
