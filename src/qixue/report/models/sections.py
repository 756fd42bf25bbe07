from django.db import models
from django.utils.translation import gettext_lazy as _

from qixue.programme.models import Brand, Programme


class SummarySection(models.Model):
    """One heading of a programme's work summary and the rule by which its text is drafted from the records."""

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

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "position"], name="summary_position_once"),
            models.CheckConstraint(condition=models.Q(level__lte=3), name="summary_level_at_most_three"),
        ]

    def __str__(self) -> str:
        return self.heading
