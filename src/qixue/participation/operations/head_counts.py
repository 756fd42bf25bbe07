"""A head count together with what it stands on: both are kept, or neither."""

import datetime
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.form_keys import key_reused
from qixue.core.quantity import Qualifier
from qixue.core.refusal import Refused
from qixue.participation.models import Evidence, LedgerEntry
from qixue.participation.operations.evidence import (
    file_digest,
    keep_note,
    keep_photo,
    removed_on_failure,
    text_digest,
)
from qixue.participation.operations.ledger import correct_entry, entered_before, record_head_count
from qixue.participation.operations.plausibility import check_plausible
from qixue.people.models import User
from qixue.programme.models import Session


@dataclass(frozen=True)
class CountReport:
    """How many, how sure, and on what it stands: the bytes of a photo, a note, or both.

    A door device's report comes with its name and with evidence that is kept already.
    """

    count: int
    qualifier: Qualifier
    client_uuid: uuid.UUID
    photo: bytes | None = None
    note: str = ""
    confirmed: bool = False  # the number was asked about, and it is right
    evidence: Evidence | None = None
    device_name: str = ""

    @property
    def said(self) -> dict[str, Any]:
        """The number, as the fields of its entry."""
        return {"count": self.count, "qualifier": self.qualifier}

    def keep_evidence(self, at: datetime.datetime) -> Evidence | None:
        """Refused: photo_too_large, photo_unreadable."""
        if self.evidence:
            return self.evidence
        if self.photo is not None:
            return keep_photo(self.photo, note=self.note, at=at)
        return keep_note(self.note, at=at) if self.note.strip() else None

    def can_rest_on(self, evidence: Evidence | None) -> bool:
        """Whether this can be the evidence that it came with; a report without any does not say what it rests on."""
        if self.evidence or evidence is None:
            return True
        if self.photo is not None:
            return (evidence.digest, evidence.text) == (file_digest(self.photo), self.note.strip())
        return not self.note.strip() or evidence.digest == text_digest(self.note.strip())


def report_head_count(session: Session, report: CountReport, *, by: User, at: datetime.datetime) -> LedgerEntry:
    """Enter a head count with its evidence; nothing is left of one that is refused.

    Refused: not_in_charge, evidence_missing and those of both parts; unless confirmed, those of `check_plausible`.
    """
    if earlier := reported_before(report, session=session):
        return earlier
    if not report.confirmed:
        check_plausible(session, report.count)
    with evidence_kept(report, at=at) as evidence:
        if evidence is None:
            sentence = _("Please add a photo of the sign-in sheet, or write a note.")
            raise Refused("evidence_missing", sentence, field="note")
        return record_head_count(
            session,
            count=report.count,
            qualifier=report.qualifier,
            evidence=evidence,
            by=by,
            at=at,
            client_uuid=report.client_uuid,
            device_name=report.device_name,
        )


def correct_head_count(
    entry: LedgerEntry, report: CountReport, *, reason: str, by: User, at: datetime.datetime
) -> LedgerEntry:
    """Correct a head count; without new evidence it stands on that of the entry it replaces.

    Refused: those of both parts; unless confirmed, those of `check_plausible`.
    """
    if earlier := reported_before(report, target=entry):
        return earlier
    if entry.session and not report.confirmed:
        check_plausible(entry.session, report.count)
    with evidence_kept(report, at=at) as evidence:
        return correct_entry(
            entry,
            count=report.count,
            qualifier=report.qualifier,
            reason=reason,
            evidence=evidence,
            by=by,
            at=at,
            client_uuid=report.client_uuid,
        )


def reported_before(report: CountReport, **about: Any) -> LedgerEntry | None:
    """The entry that the same form has made before.

    Refused: those of `entered_before`; another note or photo is another report.
    """
    earlier = entered_before(report.client_uuid, **about, **report.said)
    if earlier and not report.can_rest_on(earlier.evidence):
        raise key_reused()
    return earlier


@contextmanager
def evidence_kept(report: CountReport, *, at: datetime.datetime) -> Iterator[Evidence | None]:
    """The report's evidence, for a transaction: what fails inside leaves neither its row nor its file."""
    kept: list[Evidence] = []
    with removed_on_failure(kept), transaction.atomic():
        evidence = report.keep_evidence(at)
        if evidence and evidence is not report.evidence:
            kept.append(evidence)
        yield evidence
