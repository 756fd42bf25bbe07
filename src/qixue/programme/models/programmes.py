import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qixue.core.fields import code_validator, plain_text_validator
from qixue.core.language import in_language
from qixue.people.models import Organisation
from qixue.places.models import Region


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def published(self) -> "ProgrammeQuerySet":
        """Programmes that everybody may see; one that is over stays visible."""
        return self.filter(state__in=Programme.PUBLIC_STATES)


class Programme(models.Model):
    """An activity week or a year: what a city announces, approves, carries out and reports on as one."""

    class Kind(models.TextChoices):
        ACTIVITY_WEEK = "activity_week", _("Activity week")
        YEAR = "year", _("Year programme")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        CLOSED = "closed", _("Closed")

    PUBLIC_STATES = (State.PUBLISHED, State.CLOSED)

    code = models.CharField(max_length=40, unique=True, validators=[code_validator])
    name = models.CharField(max_length=100, validators=[plain_text_validator])
    name_en = models.CharField(max_length=160, blank=True)
    short_name = models.CharField(max_length=30, blank=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.ACTIVITY_WEEK)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    year = models.PositiveSmallIntegerField()
    theme = models.CharField(max_length=100, blank=True)
    theme_en = models.CharField(max_length=160, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="programmes")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="programmes")  # keeps its records
    is_synthetic = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)  # of all of its set-up: no editor overwrites another silently

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None, ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="programme_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_over_on(self, day: datetime.date) -> bool:
        """Closed, or after its last day; a week whose days nobody stated is over when it is closed."""
        return self.state == self.State.CLOSED or (self.ends_on is not None and self.ends_on < day)

    @property
    def local_name(self) -> str:
        return in_language(self.name, self.name_en)

    @property
    def local_theme(self) -> str:
        return in_language(self.theme, self.theme_en)


class LegalBasis(models.Model):
    """A plan, law or notice of a higher level that the programme carries out."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="legal_bases")
    code = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300, blank=True)
    document_number = models.CharField(max_length=60, blank=True)  # normalised: 〔2016〕
    document_number_as_printed = models.CharField(max_length=60, blank=True)
    purpose = models.CharField(max_length=100)  # what the programme does with it, in English
    quote = models.CharField(max_length=300, blank=True)
    needs_check = models.BooleanField(default=False)  # copied from an earlier programme: is it still in force?

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "code"], name="legal_basis_code_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        return in_language(self.name, self.name_en)


class ForwardingStep(models.Model):
    """One step by which a notice came down: who passed it on, under which number."""

    class Act(models.TextChoices):
        ISSUED = "发文", _("Issued")
        FORWARDED = "转发", _("Forwarded")
        CARRIED_OUT = "贯彻", _("Carried out")

    legal_basis = models.ForeignKey(LegalBasis, models.CASCADE, related_name="forwarding_steps")
    position = models.PositiveSmallIntegerField()
    organ = models.CharField(max_length=100)
    act = models.CharField(max_length=60, choices=Act)  # a source may word it in another way
    document_number = models.CharField(max_length=60, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["legal_basis", "position"], name="forwarding_step_position_once")
        ]

    def __str__(self) -> str:
        return f"{self.organ} {self.act}"


class PublicityChannel(models.Model):
    """A kind of place or medium through which a brand or programme makes itself known. Reach is never attendance."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="publicity_channels")
    brand = models.ForeignKey(
        "programme.Brand", models.CASCADE, null=True, blank=True, related_name="publicity_channels"
    )
    code = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "code"], name="channel_code_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        return in_language(self.name, self.name_en)
