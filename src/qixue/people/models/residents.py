from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from qixue.core.fields import plain_text_validator
from qixue.people.models.accounts import User
from qixue.places.models import Region


class Resident(models.Model):
    """Somebody who takes part. Name, birth year and home are all that is kept: no identity number, no birthday."""

    name = models.CharField(max_length=100, validators=[plain_text_validator])
    birth_year = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1900), MaxValueValidator(2100)]
    )
    home_region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="residents")
    guardian = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="dependents")
    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="resident")

    def __str__(self) -> str:
        return f"resident {self.pk}"


class GuardianConsent(models.Model):
    """That a guardian agreed to what is kept about a child under 14, to which words, and when they took it back."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="consents")  # the child
    text_version = models.CharField(max_length=10)  # of the rules for children that were shown
    given_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resident"], condition=models.Q(withdrawn_at=None), name="one_consent_in_force_per_child"
            )
        ]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.text_version}"
