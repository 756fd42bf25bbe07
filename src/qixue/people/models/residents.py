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
