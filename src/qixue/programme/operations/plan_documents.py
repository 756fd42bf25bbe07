"""Requests (请示) and replies (批复) that belong to a version of a plan, with their numbers."""

import datetime
import hashlib
import re
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.pictures import redrawn
from qixue.core.refusal import Refused
from qixue.core.typed import half_width
from qixue.people.models import User
from qixue.programme.models import PlanDocument, PlanVersion
from qixue.programme.operations.plan_lines import lock_version

LARGEST_FILE = 10 * 1024 * 1024  # bytes
PDF_BEGINS = b"%PDF-"
# GB/T 9704: the organ's mark, the year in hexagonal brackets, a number without zeros before it.
NUMBER = re.compile(
    r"(?P<mark>[^\W\d_]{1,20})[\[(\u3014\u3010{](?P<year>(?:19|20)\d\d)[\])\u3015\u3011}]第?0*(?P<number>[1-9]\d{0,4})号?"
)


@dataclass(frozen=True)
class DocumentDetails:
    kind: str
    title: str
    organ: str
    document_number: str = ""
    issued_on: datetime.date | None = None


def normalised_number(text: str) -> str:
    """清教〔2026〕12号 from 清教[2026]12号, 清教（2026）第012号. Refused: document_number_unclear."""
    match = NUMBER.fullmatch(half_width(text).replace(" ", ""))
    if match is None:
        raise Refused(
            "document_number_unclear",
            _("Please write the document number with its year, for example 清教〔2026〕12号."),
        )
    return f"{match['mark']}〔{match['year']}〕{match['number']}号"


@transaction.atomic
def attach_document(
    version: PlanVersion, *, details: DocumentDetails, file: bytes = b"", by: User, at: datetime.datetime
) -> PlanDocument:
    """Attach a document, with a PDF or a picture of it if there is one; the same one again changes nothing.

    Refused: version_closed, document_number_missing, document_number_unclear, document_too_large, and those of
    `redrawn` for what is neither a PDF nor a picture.
    """
    version = lock_version(version)
    if version.state in {PlanVersion.State.CLOSED, PlanVersion.State.SUPERSEDED}:
        raise Refused("version_closed", _("Nothing can be added to this version any more."))
    if not details.document_number and details.kind != PlanDocument.Kind.OTHER:
        raise Refused("document_number_missing", _("Please give the number of the request or reply."))
    number = normalised_number(details.document_number) if details.document_number else ""
    document, is_new = PlanDocument.objects.get_or_create(
        version=version,
        kind=details.kind,
        document_number=number,
        title=details.title,
        defaults={"organ": details.organ, "issued_on": details.issued_on, "added_by": by, "added_at": at},
    )
    if is_new:
        if file:
            name, content = kept(file)
            document.file.save(name, ContentFile(content))
        record_audit("plan.document_attached", document, by=by, at=at, details={"number": number})
    return document


def kept(file: bytes) -> tuple[str, bytes]:
    """The file under its digest: a PDF as it came, a picture drawn anew."""
    if len(file) > LARGEST_FILE:
        raise Refused("document_too_large", _("The file is larger than 10 MB."))
    digest = hashlib.sha256(file).hexdigest()
    if file.startswith(PDF_BEGINS):
        return f"{digest}.pdf", file
    return f"{digest}.jpg", redrawn(file)
