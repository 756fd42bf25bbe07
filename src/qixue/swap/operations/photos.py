"""The pictures of a thing: drawn anew, in the order in which their owner wants them seen."""

import datetime
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.pictures import redrawn
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.swap.models import Listing, ListingPhoto
from qixue.swap.operations.in_charge import must_be_listed, must_be_own
from qixue.swap.operations.locks import locked_listing

PHOTO_EDGE, SMALL_EDGE = 1200, 400  # pixels: on a page of its own, and among others


@contextmanager
def drawn(original: bytes) -> Iterator[ListingPhoto]:
    """Around a transaction: the picture as it is kept, drawn anew and filed before anybody waits for the transaction.

    Where that fails or has no use for it, no file is left behind. Refused: photo_too_large, photo_unreadable.
    """
    content = redrawn(original, longest_edge=PHOTO_EDGE)
    small = redrawn(content, longest_edge=SMALL_EDGE)
    digest = hashlib.sha256(content).hexdigest()
    photo = ListingPhoto(digest=digest)
    is_kept = False
    try:
        photo.file.save(f"{digest[:32]}.jpg", ContentFile(content), save=False)
        photo.small.save(f"{digest[:32]}-small.jpg", ContentFile(small), save=False)
        yield photo
        is_kept = photo.pk is not None
    finally:
        if not is_kept:
            for file in (photo.file, photo.small):
                file.delete(save=False)


def add_photo(listing: Listing, *, photo: bytes, by: User, at: datetime.datetime) -> None:
    """Show one more picture, after the others; one that is there already stays where it is.

    Refused: not_yours, listing_not_open, too_many_photos and those of `drawn`.
    """
    with drawn(photo) as picture, transaction.atomic():
        photos = photos_to_change(listing, by)
        if picture.digest in {each.digest for each in photos}:
            return
        if len(photos) >= ListingPhoto.MOST:
            sentence = _("This thing has %(most)s photos, which is the most. Please take one away first.")
            raise Refused("too_many_photos", sentence, field="photo", most=ListingPhoto.MOST)
        keep_photos(listing, [*photos, picture])
        record_audit("listing.photo_added", listing, by=by, at=at)


@transaction.atomic
def put_photo_first(listing: Listing, *, address: str, by: User, at: datetime.datetime) -> None:
    """Show this picture first and in lists; the others follow as before. Again, and for one that is gone: no change.

    Refused: not_yours, listing_not_open.
    """
    photos = photos_to_change(listing, by)
    ordered = sorted(photos, key=lambda each: each.address != address)
    if ordered != photos:
        keep_photos(listing, ordered)
        record_audit("listing.photo_first", listing, by=by, at=at)


@transaction.atomic
def remove_photo(listing: Listing, *, address: str, by: User, at: datetime.datetime) -> None:
    """Take a picture away; the next one comes in its place. Again: no change. Refused: not_yours, listing_not_open."""
    photos = photos_to_change(listing, by)
    kept = [each for each in photos if each.address != address]
    if kept != photos:
        drop_files([each for each in photos if each.address == address])
        keep_photos(listing, kept)
        record_audit("listing.photo_removed", listing, by=by, at=at)


def photos_to_change(listing: Listing, by: User) -> list[ListingPhoto]:
    """In their order, under the lock of the thing. Refused: not_yours, listing_not_open."""
    listing = locked_listing(listing)
    must_be_own(by, listing.owner)
    must_be_listed(listing)
    return list(listing.photos.order_by("position"))


def keep_photos(listing: Listing, photos: Sequence[ListingPhoto]) -> None:
    """These and no others, in this order. The rows are made anew, since no two may have one place in between."""
    listing.photos.all().delete()
    for position, photo in enumerate(photos):
        photo.pk, photo.listing, photo.position = None, listing, position
    ListingPhoto.objects.bulk_create(photos)


def drop_photos(listing: Listing) -> None:
    """All of them: the rows, and the files once that is sure."""
    drop_files(list(listing.photos.order_by("position")))
    listing.photos.all().delete()


def drop_files(photos: Sequence[ListingPhoto]) -> None:
    for photo in photos:
        for file in (photo.file, photo.small):
            transaction.on_commit(partial(file.storage.delete, str(file.name)))
