"""The outline of a work summary, and what people wrote into its sections."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qixue.core.fields import plain_text_validator
from qixue.programme.models import Brand, Programme

LONGEST_TEXT = 20_000  # characters of a section


class SummarySection(models.Model):
    """One heading of a programme's work summary and the rule by which its text is drafted from the records.

    A section that was removed stays, with what people wrote into it.
    """

    class Draft(models.TextChoices):
        OPENING = "opening", _("Opening")
        NONE = "none", _("Heading only")
        LEADERSHIP = "leadership", _("Leadership and organisation")
        BRANDS = "brands", _("Brands")
        BRAND = "brand", _("One brand")
        OUTREACH = "outreach", _("Outreach to the countryside")
        PARTICIPATION = "participation", _("Participation")
        PROBLEMS = "problems", _("Problems")
        INTENTIONS = "intentions", _("Plans")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="summary_sections")
    position = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField()  # 0 for the opening, which has no heading
    heading = models.CharField(max_length=60, blank=True)
    draft = models.CharField(max_length=20, choices=Draft)
    brand = models.ForeignKey(Brand, models.CASCADE, null=True, blank=True, related_name="summary_sections")
    is_optional = models.BooleanField(default=False)  # of the standard outline: nobody is told that it is left out
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "position"], condition=Q(removed_at=None), name="summary_position_once"
            ),
            models.CheckConstraint(condition=Q(level__lte=3), name="summary_level_at_most_three"),
        ]

    def __str__(self) -> str:
        return self.heading


class SectionVersion(models.Model):
    """What a section says from a moment on: the text of people, or again its draft. Rows are only ever added.

    People are kept as values: nothing blocks the deletion of an account.
    """

    section = models.ForeignKey(SummarySection, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()  # 1, 2, 3 … in its section
    is_written = models.BooleanField()  # False: the section follows the records again
    text = models.TextField(blank=True, max_length=LONGEST_TEXT, validators=[plain_text_validator])
    draft = models.TextField(blank=True)  # what the records gave when somebody last looked at them for this text
    based_on = models.PositiveIntegerField()  # number of the version that the author began with; 0: the draft
    merged_with = models.PositiveIntegerField(null=True, blank=True)  # saved by somebody else meanwhile, and kept
    author_id = models.BigIntegerField()
    author_name = models.CharField(max_length=100)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["section", "number"], name="section_version_once"),
            models.CheckConstraint(condition=Q(based_on__lt=F("number")), name="section_version_after_its_base"),
            models.CheckConstraint(condition=Q(is_written=True) | Q(text=""), name="draft_version_has_no_text"),
        ]

    def __str__(self) -> str:
        return f"{self.section_id}/{self.number}"

    @property
    def effective_text(self) -> str:
        """What a reader found in the section when this version was saved."""
        return self.text if self.is_written else self.draft


class UnsavedText(models.Model):
    """What somebody has in the editor of a section and has not saved; gone once it is saved or given up."""

    section = models.ForeignKey(SummarySection, models.CASCADE, related_name="unsaved_texts")
    author_id = models.BigIntegerField()
    author_name = models.CharField(max_length=100)
    based_on = models.PositiveIntegerField()
    draft = models.TextField(blank=True)  # what the records gave when the author began
    text = models.TextField(blank=True)
    is_changed = models.BooleanField()  # False: the section is only open
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["section", "author_id"], name="unsaved_text_once")]

    def __str__(self) -> str:
        return f"{self.section_id} {self.author_name}"
