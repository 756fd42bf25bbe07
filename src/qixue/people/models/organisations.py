from django.db import models
from django.utils.translation import gettext_lazy as _

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
    edit_count = models.PositiveIntegerField(default=0)  # of its facts: two editors never overwrite each other

    objects = OrganisationQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        """How many organisations stand above it."""
        return self.path.count("/") - 1

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
