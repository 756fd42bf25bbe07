"""Recognitions: 百姓学习之星, 终身学习品牌项目, 优秀组织, from the call over the public notice to the result."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qixue.core.fields import plain_text_validator
from qixue.people.models import Organisation, User
from qixue.programme.models.brands import Award, Brand
from qixue.programme.models.programmes import Programme

LONGEST_STORY = 1500  # characters
MOST_NOTICE_DAYS = 60


class RecognitionCall(models.Model):
    """A call for nominations of one kind. The organisation that opens it judges last and honours at its own level."""

    class Kind(models.TextChoices):
        LEARNING_STAR = "learning_star", _("Learning star of the people")
        BRAND_PROJECT = "brand_project", _("Lifelong learning brand project")
        EXCELLENT_ORGANISER = "excellent_organiser", _("Excellent organiser award")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="recognition_calls")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="recognition_calls")
    key = models.UUIDField(default=uuid.uuid4, unique=True)  # the form that made it: sent twice it makes one call
    kind = models.CharField(max_length=20, choices=Kind)
    level = models.CharField(max_length=10, choices=Award.Level)
    name = models.CharField(max_length=100, validators=[plain_text_validator])
    conditions = models.TextField(validators=[plain_text_validator])
    nominate_until = models.DateField()
    place_count = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    notice_days = models.PositiveSmallIntegerField(default=5)  # working days (工作日), Monday to Friday
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    edit_count = models.PositiveIntegerField(default=1)  # two editors never overwrite each other silently

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(notice_days__range=(1, MOST_NOTICE_DAYS)), name="recognition_notice_has_days"
            ),
            models.CheckConstraint(
                condition=Q(level__in=("city", "county")), name="recognition_is_of_a_city_or_a_county"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CallStage(models.Model):
    """A level below the one that decides which reviews and passes on: until when, and how many at most per office."""

    class Level(models.TextChoices):
        TOWN = "town", _("Town")
        COUNTY = "county", _("County")

    call = models.ForeignKey(RecognitionCall, models.CASCADE, related_name="stages")
    level = models.CharField(max_length=10, choices=Level)
    due_on = models.DateField(null=True, blank=True)
    quota = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "level"], name="recognition_stage_once_per_level")]

    def __str__(self) -> str:
        return f"{self.call_id} {self.level}"


class Nomination(models.Model):
    """Somebody or something put forward. Nothing of it is public before its nominee agreed to that."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        NOMINATED = "nominated", _("Under review")
        SENT_BACK = "sent_back", _("Sent back")
        ON_NOTICE = "on_notice", _("On public notice")
        NOTICE_OVER = "notice_over", _("Notice over, result open")
        AWARDED = "awarded", _("Awarded")
        NOT_SELECTED = "not_selected", _("Not selected")
        REMOVED = "removed", _("Removed after an objection")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    EDITABLE_STATES = (State.DRAFT, State.SENT_BACK)
    OPEN_STATES = (State.DRAFT, State.NOMINATED, State.SENT_BACK, State.ON_NOTICE, State.NOTICE_OVER)
    PUBLIC_STATES = (State.ON_NOTICE, State.NOTICE_OVER, State.AWARDED)

    call = models.ForeignKey(RecognitionCall, models.CASCADE, related_name="nominations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="nominations")  # puts it forward
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    name = models.CharField(max_length=100, blank=True, validators=[plain_text_validator])  # empty once erased
    affiliation = models.CharField(max_length=100, blank=True, validators=[plain_text_validator])
    story = models.TextField(blank=True, validators=[plain_text_validator])
    photo = models.FileField(upload_to="nominations/%Y/%m/", blank=True)
    contact = models.CharField(max_length=100, blank=True, validators=[plain_text_validator])  # never public
    is_under_14 = models.BooleanField(default=False)  # then a guardian agrees to publication
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True, related_name="nominations")
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    waits_at = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="nominations_waiting"
    )
    consented_at = models.DateTimeField(null=True, blank=True)  # to name and story; a consent says who, when and how
    photo_consented_at = models.DateTimeField(null=True, blank=True)
    is_public = models.BooleanField(default=False)
    notice_from = models.DateField(null=True, blank=True)
    notice_until = models.DateField(null=True, blank=True)
    open_objection_count = models.PositiveIntegerField(default=0)
    award = models.OneToOneField(Award, models.PROTECT, null=True, blank=True, related_name="nomination")
    recommended_at = models.DateTimeField(null=True, blank=True)  # passed on to the level above after the award
    erased_at = models.DateTimeField(null=True, blank=True)
    edit_count = models.PositiveIntegerField(default=1)  # of the text and of every step: nobody judges an old page

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_public=False)
                | Q(consented_at__isnull=False, state__in=("on_notice", "notice_over", "awarded")),
                name="nomination_public_only_with_consent",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("on_notice", "notice_over")) | Q(is_public=True),
                name="nomination_on_notice_is_public",
            ),
            models.CheckConstraint(
                condition=Q(notice_from=None, notice_until=None)
                | Q(notice_from__isnull=False, notice_until__gte=F("notice_from")),
                name="nomination_notice_has_a_length",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("on_notice", "notice_over", "awarded")) | Q(notice_from__isnull=False),
                name="nomination_awarded_after_notice",
            ),
            models.CheckConstraint(
                condition=~Q(state="awarded") | Q(award__isnull=False, open_objection_count=0),
                name="nomination_awarded_without_open_objection",
            ),
            models.CheckConstraint(
                condition=Q(state="nominated", waits_at__isnull=False)
                | (~Q(state="nominated") & Q(waits_at__isnull=True)),
                name="nomination_under_review_waits_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) & ~Q(name="")
                | Q(erased_at__isnull=False, name="", story="", contact="", photo="", is_public=False),
                name="nomination_has_a_name_until_erased",
            ),
        ]
        indexes = [models.Index(fields=["call", "state", "id"], name="nomination_by_state")]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"

    @property
    def shown_name(self) -> str:
        return self.name or str(_("Name removed"))

    @property
    def has_public_photo(self) -> bool:
        return self.is_public and bool(self.photo) and self.photo_consented_at is not None


class PublicationConsent(models.Model):
    """Who agreed that something of a nomination is published, when and how; and when that was taken back."""

    class Scope(models.TextChoices):
        STORY = "story", _("Name and story")
        PHOTO = "photo", _("Photo")

    class Method(models.TextChoices):
        SIGNED = "signed", _("Signed sheet")
        PHONE = "phone", _("By phone")
        IN_PERSON = "in_person", _("In person")

    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="consents")
    scope = models.CharField(max_length=10, choices=Scope)
    given_by = models.CharField(max_length=100, blank=True, validators=[plain_text_validator])  # empty once erased
    is_guardian = models.BooleanField(default=False)
    given_on = models.DateField()
    method = models.CharField(max_length=12, choices=Method)
    text_version = models.CharField(max_length=20)  # of the words that were agreed to
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_recorded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["nomination", "scope"], condition=Q(withdrawn_at=None), name="publication_consent_once"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_recorded_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_recorded_by__isnull=False),
                name="publication_consent_withdrawn_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nomination_id} {self.scope}"


class NominationStep(models.Model):
    """One dated, attributed step of a nomination; steps are added and never changed, but for erasing a comment."""

    class Kind(models.TextChoices):
        NOMINATED = "nominated", _("Put forward")
        CONSENTED = "consented", _("Agreement to publication recorded")
        CONSENT_WITHDRAWN = "consent_withdrawn", _("Agreement to publication withdrawn")
        PASSED_ON = "passed_on", _("Passed on to the next level")
        SENT_BACK = "sent_back", _("Sent back")
        NOTICE_OPENED = "notice_opened", _("Public notice opened")
        OBJECTION = "objection", _("Objection received")
        OBJECTION_DISMISSED = "objection_dismissed", _("Objection not upheld")
        OBJECTION_UPHELD = "objection_upheld", _("Objection upheld")
        NOTICE_ENDED = "notice_ended", _("Public notice ended")
        AWARDED = "awarded", _("Awarded")
        RECOMMENDED = "recommended", _("Recommended to the level above")
        NOT_SELECTED = "not_selected", _("Not selected")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        ERASED = "erased", _("Personal data erased")

    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")  # None: the system, a visitor
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")  # for whom
    comment = models.CharField(max_length=500, blank=True, validators=[plain_text_validator])
    rank = models.PositiveSmallIntegerField(  # the place given by who passes it on, 1 is first
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(999)]
    )

    class Meta:
        indexes = [models.Index(fields=["nomination", "at", "id"], name="nomination_step_order")]

    def __str__(self) -> str:
        return f"{self.nomination_id} {self.kind}"


class Objection(models.Model):
    """What somebody says against a candidate on public notice; without name and phone it is noted, blocking nothing."""

    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="objections")
    key = models.UUIDField(default=uuid.uuid4, unique=True)  # the address of its confirmation, hard to guess
    text = models.TextField(blank=True, validators=[plain_text_validator])  # empty once erased
    name = models.CharField(max_length=60, blank=True, validators=[plain_text_validator])  # seen by the jury only
    phone = models.CharField(max_length=30, blank=True, validators=[plain_text_validator])
    is_anonymous = models.BooleanField()
    received_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    is_upheld = models.BooleanField(null=True, blank=True)
    finding = models.CharField(max_length=500, blank=True, validators=[plain_text_validator])

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, is_upheld=None)
                | Q(settled_at__isnull=False, settled_by__isnull=False, is_upheld__isnull=False),
                name="objection_is_settled_whole",
            ),
            models.CheckConstraint(
                condition=Q(is_anonymous=False) | Q(name="", phone=""), name="objection_anonymous_names_nobody"
            ),
        ]
        indexes = [models.Index(fields=["nomination", "received_at", "id"], name="objection_order")]

    def __str__(self) -> str:
        return f"{self.nomination_id} {self.received_at:%Y-%m-%d}"
