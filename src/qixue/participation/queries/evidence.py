"""Whether the evidence that ledger entries stand on is still what was kept."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from qixue.participation.models import Evidence, LedgerEntry
from qixue.participation.queries import ChainFault

DIGEST_LENGTH = 64  # hexadecimal digits, with which the name of a photo begins


def evidence_faults() -> Iterator[ChainFault]:
    """Each entry whose evidence is missing or another: a note is known by its digest, a photo by that in its name.

    A photo of former versions has the name of a file that was not kept: whether it is there is all that can be said.
    """
    broken = [evidence.pk for evidence in Evidence.objects.order_by("pk").iterator() if not is_as_kept(evidence)]
    entries = LedgerEntry.objects.filter(evidence__in=broken).select_related("organisation")
    for entry in entries.order_by("organisation__code", "sequence"):
        yield ChainFault(entry.organisation.code, entry.sequence, "evidence")


def is_as_kept(evidence: Evidence) -> bool:
    if not evidence.file:
        return hashlib.sha256(evidence.text.encode()).hexdigest() == evidence.digest
    try:
        with evidence.file.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return False
    return digest == named_digest(evidence) or not is_checkable(evidence)


def named_digest(evidence: Evidence) -> str:
    return Path(evidence.file.path).name[:DIGEST_LENGTH]


def is_checkable(evidence: Evidence) -> bool:
    """Whether the name of the file tells what is in it, and not what its original was, before it was drawn anew."""
    return not evidence.file or named_digest(evidence) != evidence.digest


def unchecked_count() -> int:
    """Photos that are there, of which nothing says whether they are what was kept."""
    photos = Evidence.objects.exclude(file="").order_by("pk")
    return sum(not is_checkable(evidence) for evidence in photos.iterator())
