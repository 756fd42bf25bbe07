"""For what people would give their things.

Who wishes and whose thing it is stand in each row, copied from the listings: so the database itself can refuse a wish
for one's own thing. A listing never changes hands; it loses its owner when they leave, and then its wishes go first.
Where two records of one person are merged, nothing of the one that goes is on offer.
"""

import uuid

from django.db import models
from django.db.models import F, Q

from qixue.core.fields import plain_text_validator
from qixue.people.models import Resident
from qixue.swap.kinds import Kind
from qixue.swap.models.listings import Listing


class Wish(models.Model):
    """Somebody would give their thing for this one. Nobody is told whose wish it is."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="wishes")  # would be given
    wanted = models.ForeignKey(Listing, models.CASCADE, related_name="wished_by")
    wisher = models.ForeignKey(Resident, models.CASCADE, related_name="+")  # owner of `listing`
    owner = models.ForeignKey(Resident, models.CASCADE, null=True, blank=True, related_name="+")  # of `wanted`
    wished_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["listing", "wanted"], name="wish_once"),
            models.CheckConstraint(
                condition=~Q(listing=F("wanted")) & (Q(owner=None) | ~Q(wisher=F("owner"))),
                name="wish_not_for_own_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listing_id} for {self.wanted_id}"


class KindWish(models.Model):
    """Somebody would give their thing for any of a kind, also for those that are listed later."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="kind_wishes")
    kind = models.CharField(max_length=20, choices=Kind)
    wished_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["listing", "kind"], name="kind_wish_once")]

    def __str__(self) -> str:
        return f"{self.listing_id} for any of {self.kind}"


class OneOf(models.Model):
    """Several things of others, of which somebody wants one and no more, for one of several things of theirs.

    A want list says this with a dummy; people read it as a sentence.
    """

    owner = models.ForeignKey(Resident, models.CASCADE, related_name="one_ofs")
    client_uuid = models.UUIDField(unique=True, default=uuid.uuid4)  # of the form: sending it twice makes one
    name = models.CharField(max_length=40, validators=[plain_text_validator])  # "a rice cooker", for the owner only
    made_at = models.DateTimeField()  # or said anew

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_of_name_once_per_owner")]

    def __str__(self) -> str:
        return self.name


class OneOfThing(models.Model):
    """A thing on one side of a `OneOf`: to be given, or wanted."""

    one_of = models.ForeignKey(OneOf, models.CASCADE, related_name="things")
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="in_one_ofs")
    is_wanted = models.BooleanField()
    wisher = models.ForeignKey(Resident, models.CASCADE, related_name="+")  # owner of `one_of`
    owner = models.ForeignKey(Resident, models.CASCADE, null=True, blank=True, related_name="+")  # of `listing`

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one_of", "listing"], name="one_of_thing_once"),
            models.CheckConstraint(
                condition=Q(is_wanted=False, owner__isnull=False, wisher=F("owner"))
                | (Q(is_wanted=True) & (Q(owner=None) | ~Q(wisher=F("owner")))),
                name="one_of_gives_own_and_wants_others",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.one_of_id} {self.listing_id}"
