from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qixue.core.fields import code_validator, partial_date_validator, plain_text_validator
from qixue.core.language import in_language
from qixue.people.models import Organisation
from qixue.places.models import Region
from qixue.programme.models.programmes import Programme


class Brand(models.Model):
    """A lasting name under which activities run over the years, for example 凤城讲堂.

    Other programmes may show it; its words, series and roles change only where it is kept.
    """

    code = models.CharField(max_length=40, unique=True, validators=[code_validator])
    region = models.ForeignKey(Region, models.PROTECT, related_name="brands")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="brands"
    )  # keeps it
    name = models.CharField(max_length=60, validators=[plain_text_validator])
    name_en = models.CharField(max_length=120, blank=True)
    slogan = models.CharField(max_length=100, blank=True)
    slogan_en = models.CharField(max_length=160, blank=True)
    introduction = models.TextField(blank=True)
    introduction_en = models.TextField(blank=True)
    programmes = models.ManyToManyField(Programme, related_name="brands")
    edit_count = models.PositiveIntegerField(default=1)  # it stands in several programmes, each with its own editors

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        return in_language(self.name, self.name_en)


class Series(models.Model):
    """A run of instalments under a brand."""

    brand = models.ForeignKey(Brand, models.CASCADE, related_name="series")
    code = models.CharField(max_length=40, unique=True, validators=[code_validator])
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60, validators=[plain_text_validator])
    name_en = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        return in_language(self.name, self.name_en)


class Instalment(models.Model):
    """A numbered issue (期) of a series; it holds one or more sessions."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="instalments")
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="instalments")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "programme", "number"], name="instalment_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="instalment_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.number}"


class Award(models.Model):
    """A recognition that a programme, brand or organisation received."""

    class Level(models.TextChoices):
        NATION = "nation", _("National")
        PROVINCE = "province", _("Provincial")
        CITY = "city", _("City")
        COUNTY = "county", _("County")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="awards")
    code = models.CharField(max_length=20)
    brand = models.ForeignKey(Brand, models.SET_NULL, null=True, blank=True, related_name="awards")
    recipient = models.CharField(max_length=200)  # as the source words it
    scheme = models.CharField(max_length=100, blank=True)
    scheme_en = models.CharField(max_length=160, blank=True)
    title = models.CharField(max_length=100)
    title_en = models.CharField(max_length=160, blank=True)
    level = models.CharField(max_length=10, choices=Level)
    awarded_on = models.CharField(max_length=10, blank=True, validators=[partial_date_validator])
    givers = models.ManyToManyField(Organisation, related_name="awards_given")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "code"], name="award_code_once")]

    def __str__(self) -> str:
        return self.title
