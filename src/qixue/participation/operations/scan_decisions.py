"""What a person makes of a scan that the rules put aside. The scan stays as it was sent, whatever is decided."""

import dataclasses
import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.participation.models import LedgerEntry, Registration, Scan
from qixue.participation.operations.check_ins import CheckIn, Source, enter
from qixue.participation.operations.door_counts import report_of
from qixue.participation.operations.evidence import keep_note
from qixue.participation.operations.head_counts import report_head_count
from qixue.people.models import Resident, User
from qixue.programme.models import Session


@transaction.atomic
def accept_scan(
    scan: Scan,
    *,
    session: Session,
    registration: Registration | None = None,
    reason: str,
    by: User,
    at: datetime.datetime,
) -> Scan:
    """Let a scan count at a session after all, under the name of who decided and with the reason.

    `registration` says who it was where the scan does not; else it counts as somebody without a name. Whoever is in
    already is not counted again. Accepting again changes nothing.
    Refused: already_decided, reason_missing, and for head counts those of `record_head_count`.
    """
    scan = locked_scan(scan)
    if scan.decision == Scan.Decision.ACCEPTED:
        return scan
    check_undecided(scan)
    reason = checked_reason(reason)
    if scan.kind == Scan.Kind.HEAD_COUNT:
        scan.entry = accepted_count(scan, session, reason, by=by, at=at)
    else:
        scan.entry = accepted_person(scan, session, registration, reason, by=by, at=at)
    scan.session = session
    return decided(scan, Scan.Decision.ACCEPTED, reason, by=by, at=at)


@transaction.atomic
def reject_scan(scan: Scan, *, reason: str, by: User, at: datetime.datetime) -> Scan:
    """Do not count a scan; it stays stored, without the name of a walk-in, which nobody could find again to erase.

    Again changes nothing. Refused: already_decided, reason_missing.
    """
    scan = locked_scan(scan)
    if scan.decision == Scan.Decision.REJECTED:
        return scan
    check_undecided(scan)
    reason = checked_reason(reason)
    scan.sent.pop("name", None)
    return decided(scan, Scan.Decision.REJECTED, reason, by=by, at=at)


def locked_scan(scan: Scan) -> Scan:
    rows = Scan.objects.select_for_update(of=("self",)).select_related("device", "resident", "evidence")
    return rows.get(pk=scan.pk)


def check_undecided(scan: Scan) -> None:
    if scan.decision or scan.verdict != Scan.Verdict.REVIEW:
        raise Refused("already_decided", _("Somebody has already decided about this scan; please look again."))


def checked_reason(reason: str) -> str:
    if not (reason := reason.strip()):
        sentence = _("Please say why, for example: the teacher knows her, she was there.")
        raise Refused("reason_missing", sentence, field="reason")
    return reason


def accepted_person(
    scan: Scan, session: Session, registration: Registration | None, reason: str, *, by: User, at: datetime.datetime
) -> LedgerEntry:
    name = scan.sent.pop("name", "")  # kept with the resident from now on, if anywhere
    if registration:
        scan.registration, scan.resident = registration, registration.resident
    elif scan.resident is None and name:
        scan.resident = Resident.objects.create(name=name)
    source = Source.WALK_IN if scan.kind == Scan.Kind.WALK_IN else Source.DOOR
    if scan.kind == Scan.Kind.WALL:
        source = Source.WALL
    moment = min(scan.corrected_at, scan.received_at)
    check_in = CheckIn(session, source, moment, scan.entry_key, scan.resident, reason)
    return enter(session.activity.organisation, [check_in], by=by, at=at)[0].entry


def accepted_count(scan: Scan, session: Session, reason: str, *, by: User, at: datetime.datetime) -> LedgerEntry:
    """A count that came without evidence stands on the reason of who accepted it."""
    report = report_of(scan, device_name="", confirmed=True)
    if report.evidence is None:
        scan.evidence = keep_note(reason, at=at)
        report = dataclasses.replace(report, evidence=scan.evidence)
    return report_head_count(session, report, by=by, at=at)


def decided(scan: Scan, decision: str, reason: str, *, by: User, at: datetime.datetime) -> Scan:
    scan.decision, scan.decision_reason, scan.decided_by, scan.decided_at = decision, reason, by, at
    scan.save()
    record_audit(f"scan.{decision}", scan, by=by, at=at, details={"verdict": scan.reason})
    return scan
