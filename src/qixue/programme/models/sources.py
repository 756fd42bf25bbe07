"""Records taken from a document instead of from registration and the door: what it says, and what is wrong with it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.core.fields import partial_date_validator
from qixue.core.language import in_language
from qixue.core.quantity import INSTALMENT, PERSON, SESSION, UNITS, Qualifier, Quantity
from qixue.programme.models.activities import Activity
from qixue.programme.models.brands import Brand, Series
from qixue.programme.models.programmes import Programme

QUALIFIER_CHOICES = {
    Qualifier.EXACT: _("Exact"),
    Qualifier.AT_LEAST: pgettext_lazy("hedge", "More than the number printed"),
    Qualifier.NEARLY: pgettext_lazy("hedge", "Slightly less than the number printed"),
    Qualifier.ABOUT: pgettext_lazy("hedge", "About"),
    Qualifier.CONTRADICTORY: _("Contradicts itself"),
}


# What each measure of a reported count is counted in.
MEASURE_UNITS = {"instalments": INSTALMENT.code, "sessions": SESSION.code, "beneficiaries": PERSON.code}


class SourceDocument(models.Model):
    """A document from which records were taken over. Empty fields are facts that it does not state."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="source_documents")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=300, blank=True)
    genre = models.CharField(max_length=60)
    written_on = models.CharField(max_length=10, blank=True, validators=[partial_date_validator])
    organ = models.CharField(max_length=100, blank=True)
    addressee = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "code"], name="source_code_once")]

    def __str__(self) -> str:
        return self.title


class Passage(models.Model):
    """A phrase of a source that states something without counting it, in its own words."""

    class Topic(models.TextChoices):
        TERM = "term", _("Short name")
        CONTEXT = "context", _("Context")
        APPROVAL = "approval", _("Approval")
        PLAN = "plan", _("Plan")
        ROLE = "role", _("Role")
        BRAND = "brand", _("Brand")
        CHANNEL = "channel", _("Publicity channel")
        PRACTICE = "practice", _("Practice")
        EFFECT = "effect", _("Intended effect")
        TRAINING = "training", _("Training")
        VENUE = "venue", _("Venue")
        PLACE = "place", _("Place")
        SCHOOL_MEASURE = "school_measure", _("School measure")
        PROBLEM = "problem", _("Problem")
        INTENTION = "intention", _("Intention")
        CLAIMED_EFFECT = "claimed_effect", _("Claimed effect")

    document = models.ForeignKey(SourceDocument, models.CASCADE, related_name="passages")
    code = models.CharField(max_length=40)
    topic = models.CharField(max_length=20, choices=Topic)
    position = models.PositiveSmallIntegerField()
    quote = models.CharField(max_length=300)
    gloss = models.CharField(max_length=300, blank=True)  # in English
    is_narrative = models.BooleanField(default=False)  # a claim that carries no figure and no date
    brand = models.ForeignKey(Brand, models.CASCADE, null=True, blank=True, related_name="passages")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "code"], name="passage_code_once")]

    def __str__(self) -> str:
        return self.quote


class ReportedCount(models.Model):
    """A number that a source states about things whose single records were never handed in.

    Attendance is never stored here: it goes into the attendance ledger.
    """

    class Measure(models.TextChoices):
        INSTALMENTS = "instalments", _("Instalments")
        SESSIONS = "sessions", _("Sessions")
        BENEFICIARIES = "beneficiaries", _("People taking part or benefiting")

    document = models.ForeignKey(SourceDocument, models.CASCADE, related_name="reported_counts")
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="reported_counts")
    code = models.CharField(max_length=20)
    measure = models.CharField(max_length=20, choices=Measure)
    brand = models.ForeignKey(Brand, models.CASCADE, null=True, blank=True, related_name="reported_counts")
    series = models.ForeignKey(Series, models.CASCADE, null=True, blank=True, related_name="reported_counts")
    activity = models.ForeignKey(Activity, models.CASCADE, null=True, blank=True, related_name="reported_counts")
    value = models.PositiveIntegerField()
    qualifier = models.CharField(max_length=20, choices=QUALIFIER_CHOICES)
    unit = models.CharField(max_length=20)
    period_from = models.CharField(max_length=10, blank=True, validators=[partial_date_validator])
    period_to = models.CharField(max_length=10, blank=True, validators=[partial_date_validator])
    period_quote = models.CharField(max_length=100, blank=True)
    quote = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="reported_count_code_once"),
            models.CheckConstraint(
                condition=Q(measure="instalments", unit=INSTALMENT.code)
                | Q(measure="sessions", unit=SESSION.code)
                | Q(measure="beneficiaries", unit=PERSON.code),
                name="reported_count_unit_fits_its_measure",
            ),
        ]

    def __str__(self) -> str:
        return self.quote

    @property
    def quantity(self) -> Quantity:
        return Quantity(self.value, UNITS[self.unit], Qualifier(self.qualifier))


class SourceIssue(models.Model):
    """Something in a source that contradicts itself, is unclear or ill written: shown, never resolved silently."""

    class Kind(models.TextChoices):
        CONTENT = "content", _("Content")
        WORDING = "wording", _("Wording")

    document = models.ForeignKey(SourceDocument, models.CASCADE, related_name="issues")
    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind)
    record_code = models.CharField(max_length=40, blank=True)  # the record it concerns, for example F4
    quote = models.CharField(max_length=300, blank=True)
    explanation = models.CharField(max_length=300)
    explanation_en = models.CharField(max_length=400)
    suggestion = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "code"], name="issue_code_once")]

    def __str__(self) -> str:
        return self.explanation

    @property
    def local_explanation(self) -> str:
        return in_language(self.explanation, self.explanation_en)


class MissingFact(models.Model):
    """A fact that a work summary should state and this programme's source does not."""

    document = models.ForeignKey(SourceDocument, models.CASCADE, related_name="missing_facts")
    code = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=160)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "code"], name="missing_fact_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        return in_language(self.name, self.name_en)
