import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from qixue.core.fields import plain_text_validator
from qixue.people.models.accounts import User
from qixue.places.models import Region


class Resident(models.Model):
    """Somebody who takes part. Name, birth year and home are all that is kept: no identity number, no birthday."""

    NOBODY = "—"  # the name where there is none: a place that only keeps count for somebody who was erased

    key = models.UUIDField(
        unique=True, default=uuid.uuid4, editable=False
    )  # says nothing; the list of the erased has it
    name = models.CharField(max_length=100, validators=[plain_text_validator])
    birth_year = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1900), MaxValueValidator(2100)]
    )
    home_region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="residents")
    guardian = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="dependents")
    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="resident")

    def __str__(self) -> str:
        return f"resident {self.pk}"

    @property
    def is_age_open(self) -> bool:
        """Whether nobody knows if a guardian has to agree: no year of birth, and no account of their own."""
        return self.birth_year is None and self.user_id is None


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


class Erasure(models.Model):
    """That somebody asked to be forgotten. It names nobody; after a restore it says whom to forget again."""

    resident_key = models.UUIDField(unique=True)
    has_account = models.BooleanField()  # the account went as well
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"erasure {self.pk}"


class Merge(models.Model):
    """That two records were of one person: what was kept with the one went to the other, and the one is gone.

    It names nobody: the keys are those of `Resident`. The database refuses to change or delete a row.
    """

    class Ground(models.TextChoices):
        SAID_SO = "said_so", _("The person, or a relative, told us")
        ENTERED_TWICE = "entered_twice", _("We wrote the person down twice")
        PAPERS = "papers", _("We saw a paper that shows it")
        PROVED = "proved", _("The person showed it with both")  # two phones, or the code of whoever took care of them

    kept_key = models.UUIDField(db_index=True)
    gone_key = models.UUIDField(unique=True)
    ground = models.CharField(max_length=15, choices=Ground)
    actor_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(kept_key=models.F("gone_key")), name="merge_of_two_records")
        ]

    def __str__(self) -> str:
        return f"merge {self.pk}"


class DifferentPeople(models.Model):
    """That two records are of two people, whatever they have in common: nobody is asked about them again."""

    first = models.ForeignKey(Resident, models.CASCADE, related_name="+")  # the one with the lower key
    second = models.ForeignKey(Resident, models.CASCADE, related_name="+")
    said_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="different_people_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="different_people_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} is not {self.second_id}"


class GuardianChange(models.Model):
    """That a guardian hands somebody on. Whoever has the code, of which only the digest is kept, takes over."""

    resident = models.OneToOneField(Resident, models.CASCADE, related_name="guardian_change")
    digest = models.CharField(max_length=64, unique=True)
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"guardian change {self.pk}"


class WeChatAccount(models.Model):
    """The WeChat identity with which somebody signs in: an index that only this installation can compute, and sealed.

    One person has another openid in every official account of a city, and the same unionid in all of them.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="wechat")
    mark = models.CharField(max_length=64, unique=True)  # keyed digest of the unionid, or else of the openid
    sealed_identity = models.CharField(max_length=400)  # qixue.core.sealed
    linked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} wechat"
