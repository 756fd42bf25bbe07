"""What a resident's learning record holds beyond attendances and certificates, which stand elsewhere."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.core.fields import plain_text_validator
from qixue.people.models import Resident


class LearningAccount(models.Model):
    """The account number 学习账户号 of a learning record: drawn by chance, it says nothing about the person."""

    resident = models.OneToOneField(Resident, models.CASCADE, primary_key=True, related_name="learning_account")
    learner_no = models.CharField(max_length=16, unique=True)
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.learner_no


class LearningEntry(models.Model):
    """Something that somebody learnt or did elsewhere, in their own words; nobody has checked it."""

    class OutcomeType(models.TextChoices):
        COURSE_COMPLETION = "course_completion", _("Course completed")
        CERTIFICATE = "certificate", pgettext_lazy("outcome", "Certificate")
        AWARD = "award", pgettext_lazy("outcome", "Award")
        VOLUNTEER = "volunteer", _("Voluntary service")
        WORK = "work", _("Piece of work")
        PRIOR_LEARNING = "prior_learning", _("Learnt earlier, by oneself or at work")

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="learning_entries")
    outcome_type = models.CharField(max_length=20, choices=OutcomeType)
    title = models.CharField(max_length=100, validators=[plain_text_validator])
    issuer = models.CharField(max_length=100, blank=True, validators=[plain_text_validator])
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField()
    learning_hours = models.DecimalField(max_digits=6, decimal_places=1, null=True, blank=True)  # 学时 of 45 minutes
    evidence = models.CharField(max_length=200, blank=True, validators=[plain_text_validator])
    client_uuid = models.UUIDField(unique=True)  # of the form: sent twice, entered once
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(started_on=None) | Q(started_on__lte=F("ended_on")), name="learning_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(learning_hours=None) | Q(learning_hours__gte=0), name="learning_hours_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"
