"""What people offer to one another."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qixue.core.fields import plain_text_validator
from qixue.people.models import Resident
from qixue.places.models import Region
from qixue.programme.models import Programme
from qixue.swap.kinds import Kind


def town_of(place: Region) -> Region:
    """The town or subdistrict in which a community lies: what everybody may know of where a thing is."""
    return place.parent if place.level == Region.Level.VILLAGE and place.parent else place


def photos_in_order(lookup: str = "photos") -> "models.Prefetch":
    """To prefetch the photos of a thing, or of one that is related as `lookup` says."""
    return models.Prefetch(lookup, ListingPhoto.objects.order_by("position"))


class ListingQuerySet(models.QuerySet["Listing"]):
    def open(self) -> "ListingQuerySet":
        """Those that can be wished for: on offer or on the common table, and not taken off the pages by the staff."""
        return self.filter(state__in=Listing.OPEN_STATES, hidden_at=None)

    def with_details(self) -> "ListingQuerySet":
        """With all that a page says of a thing."""
        return self.select_related("place__parent__parent", "owner", "programme__organisation").prefetch_related(
            photos_in_order()
        )


class Listing(models.Model):
    """One thing that somebody offers, for a swap or as a gift. When its owner leaves, it stays without words or owner,
    and is counted.
    """

    class State(models.TextChoices):
        LISTED = "listed", pgettext_lazy("listing", "On offer")
        IN_EXCHANGE = "in_exchange", pgettext_lazy("listing", "About to be handed over")
        EXCHANGED = "exchanged", pgettext_lazy("listing", "Has a new owner")
        WITHDRAWN = "withdrawn", pgettext_lazy("listing", "Taken back")
        ON_TABLE = "on_table", pgettext_lazy("listing", "On the common table")

    OPEN_STATES = (State.LISTED, State.ON_TABLE)
    OVER_STATES = (State.EXCHANGED, State.WITHDRAWN)

    class Condition(models.TextChoices):
        NEW = "new", pgettext_lazy("condition", "As new")
        GOOD = "good", pgettext_lazy("condition", "Works well")
        WORN = "worn", pgettext_lazy("condition", "Worn, but works")
        TO_MEND = "to_mend", pgettext_lazy("condition", "Needs mending")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="swap_listings")
    owner = models.ForeignKey(Resident, models.PROTECT, null=True, blank=True, related_name="swap_listings")
    client_uuid = models.UUIDField(unique=True, default=uuid.uuid4)  # of the form: sending it twice lists once
    title = models.CharField(max_length=40, blank=True, validators=[plain_text_validator])  # empty once erased
    kind = models.CharField(max_length=20, choices=Kind)
    condition = models.CharField(max_length=10, choices=Condition)
    note = models.CharField(max_length=300, blank=True, validators=[plain_text_validator])
    place = models.ForeignKey(Region, models.PROTECT, related_name="swap_listings")  # where it is: a town, no address
    is_gift = models.BooleanField(default=False)  # for nothing in return
    state = models.CharField(max_length=12, choices=State, default=State.LISTED)
    listed_at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True, blank=True)  # taken off the pages by the staff after a report
    written = models.TextField(blank=True)  # what it is found by: see qixue.programme.search
    sounds = models.TextField(blank=True)

    objects = ListingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=False) | Q(state__in=("exchanged", "withdrawn", "on_table")),
                name="listing_on_offer_has_an_owner",
            ),
            models.CheckConstraint(
                condition=~Q(title="") | Q(owner=None, state__in=("exchanged", "withdrawn")),
                name="listing_has_a_title_until_erased",
            ),
            models.CheckConstraint(
                condition=~Q(state="on_table") | Q(is_gift=True), name="listing_on_the_table_is_a_gift"
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "state", "-listed_at"], name="listing_by_programme_and_state"),
        ]

    def __str__(self) -> str:
        return self.title or f"listing {self.pk}"

    @property
    def town(self) -> Region:
        """With `place__parent` selected."""
        return town_of(self.place)

    @property
    def first_photo(self) -> "ListingPhoto | None":
        """What stands for it in lists. With `photos_in_order` prefetched."""
        return next(iter(self.photos.all()), None)

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES and self.hidden_at is None

    @property
    def is_over(self) -> bool:
        return self.state in self.OVER_STATES


class ListingPhoto(models.Model):
    """A picture of a thing, drawn anew so that neither place nor camera is in the file."""

    DRAWN_IN = "swap/demo/"  # where the demonstration keeps its drawings
    MOST = 4  # of one thing: from all sides, and the scratch

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="photos")
    position = models.PositiveSmallIntegerField()  # from 0, which is shown first and in lists
    file = models.FileField(upload_to="swap/%Y/%m/")
    small = models.FileField(upload_to="swap/%Y/%m/")  # the same for lists
    digest = models.CharField(max_length=64)  # SHA-256 of the file as it is kept: a new photo has a new address

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["listing", "position"], name="listing_photos_in_order"),
            models.UniqueConstraint(fields=["listing", "digest"], name="listing_photo_once"),
            models.CheckConstraint(condition=Q(position__lt=4), name="listing_photos_at_most_four"),
        ]

    def __str__(self) -> str:
        return f"photo {self.position} of {self.listing_id}"

    @property
    def is_drawn(self) -> bool:
        """An example of the demonstration, by where its file is; what somebody adds to a synthetic programme is not."""
        return str(self.file).startswith(self.DRAWN_IN)

    @property
    def address(self) -> str:
        """What stands in the address of the picture."""
        return self.digest[:16]
