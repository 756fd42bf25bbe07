import datetime
import hashlib
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.core.fields import code_validator, plain_text_validator
from qixue.core.language import in_language
from qixue.places.models import Region


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def within(self, organisation: "Organisation") -> "OrganisationQuerySet":
        """The organisation itself and everything below it."""
        return self.filter(path__startswith=organisation.path)


class Organisation(models.Model):
    """A body that takes part; roles held in it reach its subtree. `is_group` marks a plural that nobody listed."""

    class Kind(models.TextChoices):
        GOVERNMENT = "government", _("Government")
        EDUCATION_BUREAU = "education_bureau", _("Education bureau")
        PUBLICITY_DEPARTMENT = "publicity_department", _("Publicity department")
        BUREAU = "bureau", _("Bureau")
        SUBDISTRICT_OFFICE = "subdistrict_office", _("Subdistrict office")
        TOWN_GOVERNMENT = "town_government", _("Town government")
        SCHOOL = "school", _("School")
        VOCATIONAL_SCHOOL = "vocational_school", _("Vocational college")
        ADULT_SCHOOL = "adult_school", _("Township adult school")
        COMMUNITY_COLLEGE = "community_college", _("Community college")
        LIBRARY = "library", _("Library")
        SOCIAL_WORK_CENTRE = "social_work_centre", _("Social-work service centre")
        NGO = "ngo", _("Civil organisation")
        FIRM = "firm", _("Firm")
        MEDIA = "media", _("Media")
        LEADING_GROUP = "leading_group", _("Leading group")

    code = models.CharField(max_length=40, unique=True, validators=[code_validator])
    name = models.CharField(max_length=100, validators=[plain_text_validator])
    name_en = models.CharField(max_length=160, blank=True)
    kind = models.CharField(max_length=30, choices=Kind, blank=True)  # empty: the source does not say
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="organisations")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=400, unique=True)  # codes from the root, each ended by a slash
    is_group = models.BooleanField(default=False)
    group_size = models.PositiveIntegerField(null=True, blank=True)  # how many it stands for, where that is known
    phone = models.CharField(max_length=30, blank=True)

    objects = OrganisationQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        return in_language(self.name, self.name_en)


class OrganisationAlias(models.Model):
    """Another name under which sources mention an organisation; documents print the canonical one."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="alias_once_per_organisation")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """Somebody who signs in. What they may do comes from their role assignments and from nothing else."""

    username = models.CharField(max_length=60, unique=True, validators=[code_validator])
    display_name = models.CharField(max_length=100, validators=[plain_text_validator])
    is_active = models.BooleanField(default=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.display_name


class Role(models.TextChoices):
    COORDINATOR = "coordinator", _("Coordinator")
    ORGANISER = "organiser", pgettext_lazy("role of a person", "Organiser")
    DOOR_VOLUNTEER = "door_volunteer", _("Door volunteer")
    CADRE = "cadre", _("Village cadre")
    TREASURER = "treasurer", _("Treasurer")
    AUDITOR = "auditor", _("Auditor")


class RoleAssignment(models.Model):
    """A role that a person holds in an organisation until it ends; it reaches the organisation's subtree."""

    user = models.ForeignKey(User, models.CASCADE, related_name="role_assignments")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="role_assignments")
    role = models.CharField(max_length=20, choices=Role)
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=models.Q(ended_at=None),
                name="role_held_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.organisation_id}"


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


class ApiToken(models.Model):
    """A key for a program that acts as a user. Only its digest is stored; the key itself is shown once."""

    PREFIX = "qx_"

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def digest_of(key: str) -> str:
        return hashlib.sha256(key.encode()).hexdigest()

    def is_valid_at(self, at: datetime.datetime) -> bool:
        return at < self.expires_at
