"""Photos for the work summary: kept, drawn anew without what the camera wrote into them."""

import datetime
import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.pictures import redrawn
from qixue.core.refusal import Refused
from qixue.programme.models import Programme
from qixue.report.editing import refuse_outsider
from qixue.report.manuscript_text import photos_in
from qixue.report.models import SectionVersion, SummaryPhoto
from qixue.report.versions import latest_versions

MOST_PHOTOS = 60


def add_photo(
    programme: Programme, original: bytes, *, caption: str, alt: str, by: Any, at: datetime.datetime
) -> SummaryPhoto:
    """Keep a photo under the next number; the same file again is the photo that is there.

    Refused: writing_not_allowed, too_many_photos, photo_too_large, photo_unreadable.
    """
    refuse_outsider(programme, by)
    content, digest = redrawn(original), hashlib.sha256(original).hexdigest()
    with transaction.atomic():
        Programme.objects.select_for_update().get(pk=programme.pk)
        if known := programme.summary_photos.filter(digest=digest).first():
            return known
        if programme.summary_photos.count() >= MOST_PHOTOS:
            raise Refused(
                "too_many_photos", _("A summary has at most %(most)d photos."), field="photo", most=MOST_PHOTOS
            )
        words = {"caption": caption, "alt": alt, "author_id": by.pk, "author_name": by.display_name}
        photo = SummaryPhoto(programme=programme, number=next_number(programme), digest=digest, added_at=at, **words)
        photo.file.save(f"{digest}.jpg", ContentFile(content), save=False)
        photo.save()
        record_audit("summary.photo_added", photo, by=by, at=at, details={"number": photo.number})
    return photo


def next_number(programme: Programme) -> int:
    """One that no photo has, and that no text ever named: an older text never shows another photo."""
    numbers = set(programme.summary_photos.values_list("number", flat=True))
    named = (photos_in(version.text) for version in versions_with_photos(programme))
    return max(numbers.union(*(map(int, filter(str.isdecimal, each)) for each in named)), default=0) + 1


def describe_photo(photo: SummaryPhoto, *, caption: str, alt: str, by: Any, at: datetime.datetime) -> None:
    """Correct the words of a photo; files that were issued stay as they were. Refused: writing_not_allowed."""
    refuse_outsider(photo.programme, by)
    with transaction.atomic():
        photo.caption, photo.alt = caption, alt
        photo.save(update_fields=["caption", "alt"])
        record_audit("summary.photo_described", photo, by=by, at=at, details={"number": photo.number})


@transaction.atomic
def remove_photo(photo: SummaryPhoto, *, by: Any, at: datetime.datetime) -> None:
    """Delete a photo with its file. Refused: writing_not_allowed, photo_placed, photo_issued."""
    programme = photo.programme
    refuse_outsider(programme, by)
    Programme.objects.select_for_update().get(pk=programme.pk)
    name = str(photo.number)
    if any(name in photos_in(version.text) for version in latest_versions(programme).values()):
        raise Refused("photo_placed", _("The photo stands in a section; please take it out of the text first."))
    last = programme.seals.order_by("-number").values_list("request__asked_at", flat=True).first()
    before = versions_with_photos(programme).filter(saved_at__lte=last) if last else []
    if any(name in photos_in(version.text) for version in before):
        raise Refused("photo_issued", _("A summary was issued since the photo was placed; it is kept with that."))
    record_audit("summary.photo_removed", photo, by=by, at=at, details={"number": photo.number})
    storage, path = photo.file.storage, str(photo.file.name)
    photo.delete()
    transaction.on_commit(lambda: storage.delete(path))


def versions_with_photos(programme: Programme) -> QuerySet[SectionVersion]:
    """Those that may place one."""
    return SectionVersion.objects.filter(section__programme=programme, text__regex="[{｛]").only("text")
