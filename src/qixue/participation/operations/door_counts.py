"""Head counts that come through a door device: kept with their photo, entered as far as nothing speaks against it."""

import datetime
from collections.abc import Sequence

from django.db import transaction

from qixue.core.quantity import Qualifier
from qixue.core.refusal import Refused
from qixue.participation.models import DoorDevice, Scan
from qixue.participation.operations.count_checks import check_begun
from qixue.participation.operations.evidence import keep_note, keep_photo
from qixue.participation.operations.head_counts import CountReport, report_head_count

LONGEST_NOTE = 500
QUALIFIERS = frozenset(each.value for each in Qualifier)


def keep_count_evidence(scan: Scan, photo: bytes | None, *, at: datetime.datetime) -> None:
    """Keep the photo and the note of a count, whatever becomes of the count. A photo that is none is left out."""
    note = str(scan.sent.get("note") or "")[:LONGEST_NOTE]
    if photo:
        try:
            with transaction.atomic():
                scan.evidence = keep_photo(photo, note=note, at=at)
            return
        except Refused as refusal:
            scan.sent["photo_problem"] = refusal.code
    if note.strip():
        scan.evidence = keep_note(note, at=at)


def count_heads(device: DoorDevice, scans: Sequence[Scan], *, at: datetime.datetime) -> None:
    """Enter each count that its rules let pass; what the ledger refuses or doubts waits for a person."""
    for scan in scans:
        if scan.verdict != Scan.Verdict.COUNTED or scan.session is None:
            continue
        try:
            with transaction.atomic():
                check_begun(scan.session, scan.corrected_at)  # also where it is delivered later: the phone has said so
                report = report_of(scan, device_name=device.name)
                scan.entry = report_head_count(scan.session, report, by=device.made_by, at=at)
        except Refused as refusal:
            missing = refusal.code == "evidence_missing" and scan.sent.get("photo_problem")
            scan.verdict, scan.reason = Scan.Verdict.REVIEW, missing or refusal.code


def report_of(scan: Scan, *, device_name: str, confirmed: bool = False) -> CountReport:
    """The count that a scan states; what is no number or no qualifier becomes one that the ledger refuses."""
    count, qualifier = scan.sent.get("count"), scan.sent.get("qualifier", Qualifier.EXACT)
    return CountReport(
        count=count if isinstance(count, int) else -1,
        qualifier=Qualifier(qualifier) if qualifier in QUALIFIERS else Qualifier.CONTRADICTORY,
        client_uuid=scan.entry_key,
        confirmed=confirmed,
        evidence=scan.evidence,
        device_name=device_name,
    )
