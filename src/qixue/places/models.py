from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from qixue.core.fields import code_validator, plain_text_validator
from qixue.core.language import in_language


class RegionQuerySet(models.QuerySet["Region"]):
    def within(self, region: "Region") -> "RegionQuerySet":
        """The region itself and everything below it."""
        return self.filter(path__startswith=region.path)


class Region(models.Model):
    """A division of the official tree, keyed by its GB/T 2260 or statistics-bureau code; names repeat, codes do not."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("Province")
        CITY = "city", _("City")
        COUNTY = "county", _("County, city or district")
        TOWNSHIP = "township", _("Town or subdistrict")
        VILLAGE = "village", _("Village or community")

    class UnitType(models.TextChoices):
        PROVINCE = "province", _("Province")
        CITY = "city", _("City")
        DISTRICT = "district", _("District")
        COUNTY = "county", _("County")
        AUTONOMOUS_COUNTY = "autonomous_county", _("Autonomous county")
        COUNTY_LEVEL_CITY = "county_level_city", _("County-level city")
        SUBDISTRICT = "subdistrict", _("Subdistrict")
        TOWN = "town", _("Town")
        ETHNIC_TOWNSHIP = "ethnic_township", _("Ethnic township")
        SPECIAL = "special", _("Statistical unit")

    class UrbanRural(models.TextChoices):
        URBAN = "urban", _("Urban")
        COUNTY_SEAT = "county_seat_town", _("County seat")
        RURAL = "rural", _("Rural")
        SPECIAL = "non_administrative", _("No administrative division")

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=60, validators=[plain_text_validator])
    short_name = models.CharField(max_length=30)
    name_en = models.CharField(max_length=100, blank=True)
    level = models.CharField(max_length=10, choices=Level)
    unit_type = models.CharField(max_length=20, choices=UnitType)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=80, unique=True)  # codes from the root, each ended by a slash
    urban_rural_class = models.CharField(max_length=20, choices=UrbanRural, blank=True)
    residents_committee_count = models.PositiveIntegerField(null=True, blank=True)
    village_committee_count = models.PositiveIntegerField(null=True, blank=True)
    other_unit_count = models.PositiveIntegerField(null=True, blank=True)
    tile_row = models.PositiveSmallIntegerField(null=True, blank=True)
    tile_column = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.CharField(max_length=300, blank=True)

    objects = RegionQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        """The name in the viewer's language; towns without an English name keep the Chinese one."""
        return in_language(self.name, self.name_en)

    @property
    def name_with_parent(self) -> str:
        """Of a town with its county: two towns can share a name. With `parent` selected."""
        return f"{self.parent.local_name if self.parent else ''} {self.local_name}".strip()

    @property
    def name_in_sentence(self) -> str:
        """The same within a sentence; of a county or something larger its name alone. With `parent` selected."""
        if self.parent is None or self.level not in (Region.Level.TOWNSHIP, Region.Level.VILLAGE):
            return self.local_name
        return in_language(f"{self.parent.name}{self.name}", f"{self.local_name}, {self.parent.local_name}")


TOWN = (Region.UrbanRural.URBAN, Region.UrbanRural.COUNTY_SEAT)  # of town and country, in figures


class Population(models.Model):
    """One published value of a statistical series. Series of different censuses are never mixed in one rate."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="populations")
    indicator = models.CharField(max_length=60)
    reference_on = models.CharField(max_length=10)
    value = models.DecimalField(max_digits=16, decimal_places=4)
    unit = models.CharField(max_length=20)
    status = models.CharField(max_length=200)
    source = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "indicator", "reference_on", "source"], name="population_once_per_source"
            ),
            models.CheckConstraint(condition=models.Q(value__gte=0), name="population_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.indicator} {self.reference_on}"


class Venue(models.Model):
    """A place where people learn. `is_group` marks a kind of place that a source names without saying which one."""

    class Kind(models.TextChoices):
        CULTURAL_STATION = "cultural_station", _("Cultural station")
        FARM_BOOKROOM = "farm_bookroom", _("Farmhouse library")
        READING_ROOM = "reading_room", _("Reading room")
        HERITAGE_BASE = "yao_heritage_base", _("Heritage base")
        CARING_BOOKSHELF = "caring_bookshelf", _("Caring bookshelf")
        LIBRARY = "library", _("Library")
        SCHOOL = "school", _("School")
        COMMUNITY_CENTRE = "community_centre", _("Community centre")
        CIVIC_STATION = "civic_practice_station", _("Civilisation practice station")
        OPEN_AIR = "open_air", _("Open air")

    code = models.CharField(max_length=40, unique=True, validators=[code_validator])
    name = models.CharField(max_length=100, validators=[plain_text_validator])
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=30, choices=Kind)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="venues")
    address = models.CharField(max_length=200, blank=True)
    capacity = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    has_step_free_access = models.BooleanField(null=True, blank=True)
    is_open_to_public = models.BooleanField(null=True, blank=True)
    is_group = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        return in_language(self.name, self.name_en)


class Room(models.Model):
    """A room of a venue that one session at a time can have to itself."""

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="rooms")
    code = models.CharField(max_length=40, validators=[code_validator])
    name = models.CharField(max_length=60, validators=[plain_text_validator])
    name_en = models.CharField(max_length=100, blank=True)
    capacity = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["venue", "code"], name="room_code_once_per_venue")]

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        return in_language(self.name, self.name_en)
