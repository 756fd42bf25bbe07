"""What a count stands on is kept with a digest, so that it can be recognised later."""

import datetime
import hashlib
import io

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from qixue.core.refusal import Refused
from qixue.participation.models import Evidence
from qixue.programme.models import SourceDocument

LARGEST_PHOTO = 10 * 1024 * 1024  # bytes
MOST_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_EDGE = 2400  # pixels: a sign-in sheet stays readable


def keep_note(text: str, *, at: datetime.datetime) -> Evidence:
    """Keep a written note. Refused: note_missing."""
    if not (text := text.strip()):
        sentence = _("Please say what the count stands on, for example: sign-in sheet, 2 pages.")
        raise Refused("note_missing", sentence, field="note")
    return Evidence.objects.create(kind=Evidence.Kind.NOTE, text=text, digest=text_digest(text), created_at=at)


def keep_passage(document: SourceDocument, text: str, *, at: datetime.datetime) -> Evidence:
    """Keep the words of a document that state a number."""
    return Evidence.objects.create(
        kind=Evidence.Kind.PASSAGE, document=document, text=text, digest=text_digest(text), created_at=at
    )


def keep_photo(original: bytes, *, note: str = "", at: datetime.datetime) -> Evidence:
    """Keep a photo of a sign-in sheet: drawn anew without its metadata, under the digest of the original file.

    Refused: photo_too_large, photo_unreadable.
    """
    if len(original) > LARGEST_PHOTO:
        raise Refused("photo_too_large", _("The photo is larger than 10 MB; please take a smaller one."), field="photo")
    evidence = Evidence(
        kind=Evidence.Kind.SHEET_PHOTO,
        text=note.strip(),
        digest=hashlib.sha256(original).hexdigest(),
        created_at=at,
    )
    evidence.file.save(f"{evidence.digest}.jpg", ContentFile(redrawn(original)), save=False)
    evidence.save()
    return evidence


def redrawn(original: bytes) -> bytes:
    """The picture as a fresh JPEG: place, camera and anything hidden in the file are gone."""
    try:
        with Image.open(io.BytesIO(original), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused(
                    "photo_too_large",
                    _("The photo has more than 40 million pixels; please take a smaller one."),
                    field="photo",
                )
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        sentence = _("This is no JPEG, PNG or WebP picture that can be read.")
        raise Refused("photo_unreadable", sentence, field="photo") from error
    upright.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    output = io.BytesIO()
    upright.save(output, "JPEG", quality=85)
    return output.getvalue()


def text_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
