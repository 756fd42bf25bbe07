"""What a count stands on is kept with a digest, so that it can be recognised later."""

import datetime
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from qixue.core.pictures import redrawn
from qixue.core.refusal import Refused
from qixue.participation.models import Evidence
from qixue.programme.models import SourceDocument


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
    """Keep a photo of a sign-in sheet: drawn anew without its metadata, and named by the digest of what is kept.

    The digest on record is that of the original file.
    Refused: photo_too_large, photo_unreadable.
    """
    evidence = Evidence(
        kind=Evidence.Kind.SHEET_PHOTO,
        text=note.strip(),
        digest=file_digest(original),
        created_at=at,
    )
    kept = redrawn(original)
    evidence.file.save(f"{file_digest(kept)}.jpg", ContentFile(kept), save=False)
    with removed_on_failure([evidence]):
        evidence.save()
    return evidence


@contextmanager
def removed_on_failure(kept: Sequence[Evidence]) -> Iterator[None]:
    """Around a transaction: what it rolls back leaves no file behind. `kept` is looked at when it has failed."""
    try:
        yield
    except Exception:
        for evidence in kept:
            if evidence.file:
                evidence.file.delete(save=False)
        raise


def file_digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def text_digest(text: str) -> str:
    return file_digest(text.encode())
