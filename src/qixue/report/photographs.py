"""Photos for the work summary: kept, drawn anew without what the camera wrote into them."""

import datetime
import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.pictures import redrawn
from qixue.core.refusal import Refused
from qixue.programme.models import Programme
from qixue.report.editing import refuse_outsider
from qixue.report.models import SummaryPhoto

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
        last = programme.summary_photos.order_by("-number").values_list("number", flat=True).first() or 0
        if last >= MOST_PHOTOS:
            raise Refused(
                "too_many_photos", _("A summary has at most %(most)d photos."), field="photo", most=MOST_PHOTOS
            )
        words = {"caption": caption, "alt": alt, "author_id": by.pk, "author_name": by.display_name}
        photo = SummaryPhoto(programme=programme, number=last + 1, digest=digest, added_at=at, **words)
        photo.file.save(f"{digest}.jpg", ContentFile(content), save=False)
        photo.save()
        record_audit("summary.photo_added", photo, by=by, at=at, details={"number": photo.number})
    return photo
