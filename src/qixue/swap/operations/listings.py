"""Offering a thing, changing what is said of it, taking it back."""

import datetime
import uuid
from contextlib import nullcontext
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qixue.core.form_keys import key_reused
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.core.typed import holds_private_number
from qixue.people.models import Resident, User
from qixue.people.operations.locks import locked_people
from qixue.places.models import Region
from qixue.programme.models import Programme
from qixue.programme.search import sounds, written
from qixue.swap.models import KindWish, Listing, ListingPhoto, OneOfThing, Wish
from qixue.swap.operations.entries import take_out
from qixue.swap.operations.in_charge import is_own, must_be_listed, must_be_own
from qixue.swap.operations.locks import delete_in_order, entry_held, locked_listing
from qixue.swap.operations.photos import drawn, keep_photos

MOST_OPEN = 30  # things of one person that are not over, so that nobody floods the pages; a household has fewer
LONGEST_TITLE, LONGEST_NOTE = 40, 300  # characters
State = Listing.State


@dataclass(frozen=True)
class ListingDetails:
    """What the owner says of a thing. `place` is a town, or a village or community of it."""

    title: str
    kind: str
    condition: str
    place: Region
    is_gift: bool = False
    note: str = ""


def list_thing(
    programme: Programme,
    *,
    owner: Resident,
    details: ListingDetails,
    photo: bytes = b"",
    key: uuid.UUID,
    by: User,
    at: datetime.datetime,
) -> Listing:
    """Offer a thing. `key` is made by the form: asked again with it, the first answer is given.

    Refused: key_reused, not_yours, programme_closed, too_many_listings, those of `check_details` and of `redrawn`.
    """
    if owner.user_id != by.pk:
        raise Refused("not_yours", _("You can list things of your own only."))
    with drawn(photo) if photo else nullcontext() as picture, transaction.atomic():
        listing = Listing(programme=programme, owner=owner, client_uuid=key, listed_at=at)
        return list_once(listing, owner=owner, details=details, picture=picture, by=by)


def list_once(
    listing: Listing, *, owner: Resident, details: ListingDetails, picture: ListingPhoto | None, by: User
) -> Listing:
    """The listing, saved; or what the same form made before."""
    locked_people([owner.pk])  # so that two forms at once do not pass the limit
    if earlier := Listing.objects.filter(client_uuid=listing.client_uuid).first():
        if earlier.owner_id != owner.pk:
            raise key_reused()
        return earlier
    if listing.programme.state != Programme.State.PUBLISHED:
        raise Refused("programme_closed", _("This programme is closed: nothing can be listed in it any more."))
    if Listing.objects.filter(owner=owner).exclude(state__in=Listing.OVER_STATES).count() >= MOST_OPEN:
        sentence = _("You have %(most)s things on offer, which is the most. Please take one back first.")
        raise Refused("too_many_listings", sentence, most=MOST_OPEN)
    check_details(details, listing.programme)
    describe(listing, details)
    listing.save()
    if picture:
        keep_photos(listing, [picture])
    record_audit("listing.made", listing, by=by, at=listing.listed_at)
    return listing


@transaction.atomic
def edit_listing(listing: Listing, *, details: ListingDetails, by: User, at: datetime.datetime) -> Listing:
    """Change what is said of a thing. What becomes a gift asks for nothing.

    Refused: not_yours, listing_not_open, those of `check_details`.
    """
    entry_held(listing)  # a gift is matched otherwise
    listing = own_open_listing(listing, by)
    check_details(details, listing.programme)
    describe(listing, details)
    listing.save(update_fields=["title", "kind", "condition", "place", "is_gift", "note", "written", "sounds"])
    if listing.is_gift:
        drop_wishes_of(listing)
    record_audit("listing.changed", listing, by=by, at=at)
    return listing


@transaction.atomic
def withdraw_listing(listing: Listing, *, by: User, at: datetime.datetime) -> Listing:
    """Take a thing back, out of its round and with all wishes for it and on its behalf. Again: no change.

    Refused: not_yours, listing_not_open.
    """
    entry = entry_held(listing)
    listing = locked_listing(listing)
    if listing.state == State.WITHDRAWN and is_own(by, listing.owner):
        return listing
    listing = own_open_listing(listing, by)
    if entry:
        take_out(entry.round, entry, at=at)
    listing.state = State.WITHDRAWN
    listing.save(update_fields=["state"])
    drop_all_wishes(listing)
    record_audit("listing.withdrawn", listing, by=by, at=at)
    return listing


def own_open_listing(listing: Listing, by: User) -> Listing:
    """The listing, locked. Refused: not_yours, listing_not_open."""
    listing = locked_listing(listing)
    must_be_own(by, listing.owner)
    must_be_listed(listing)
    return listing


def check_details(details: ListingDetails, programme: Programme) -> None:
    """Refused: title_missing, text_too_long, private_number, place_outside."""
    if not details.title.strip():
        raise Refused("title_missing", _("Please say what it is, for example electric kettle."), field="title")
    for name, text, limit in (("title", details.title, LONGEST_TITLE), ("note", details.note, LONGEST_NOTE)):
        if len(text.strip()) > limit:
            raise Refused("text_too_long", _("Please write up to %(limit)s characters."), field=name, limit=limit)
        if holds_private_number(text):
            sentence = _("Everybody will read this. Please take the phone number or identity number out of it.")
            raise Refused("private_number", sentence, field=name)
    levels = (Region.Level.TOWNSHIP, Region.Level.VILLAGE)
    if details.place.level not in levels or not details.place.path.startswith(programme.region.path):
        sentence = _("Please choose a town or subdistrict of %(region)s.")
        raise Refused("place_outside", sentence, field="place", region=programme.region.local_name)


def describe(listing: Listing, details: ListingDetails) -> None:
    listing.title, listing.note = details.title.strip(), details.note.strip()
    listing.kind, listing.condition = details.kind, details.condition
    listing.place, listing.is_gift = details.place, details.is_gift
    texts = [listing.title, listing.note]
    listing.written, listing.sounds = written(texts), sounds(texts)


def drop_wishes_of(listing: Listing) -> None:
    """What the owner would take for it."""
    KindWish.objects.filter(listing=listing).delete()
    delete_in_order(Wish.objects.filter(listing=listing))
    delete_in_order(OneOfThing.objects.filter(listing=listing, is_wanted=False))


def drop_all_wishes(listing: Listing) -> None:
    """Those as well that others have for it."""
    KindWish.objects.filter(listing=listing).delete()
    delete_in_order(Wish.objects.filter(Q(listing=listing) | Q(wanted=listing)))
    delete_in_order(OneOfThing.objects.filter(listing=listing))
