"""What a person makes of a scan that the rules put aside. The scan stays as it was sent, whatever is decided."""

import dataclasses
import datetime
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.clock_words import day_clock
from qixue.core.fields import check_person_name, checked_reason
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.participation.door_words import sentence_of
from qixue.participation.merge import NAMESAKE
from qixue.participation.models import LedgerEntry, Registration, Scan
from qixue.participation.operations.check_ins import CheckIn, Source, check_open, checked_registration, enter
from qixue.participation.operations.count_checks import has_begun
from qixue.participation.operations.door_counts import report_of
from qixue.participation.operations.evidence import keep_note
from qixue.participation.operations.head_counts import CountReport, correct_head_count, report_head_count
from qixue.participation.operations.in_charge import must_be_in_charge
from qixue.participation.operations.ledger import with_chain_held
from qixue.participation.operations.same_name import check_has_not_walked_in, check_is_another
from qixue.participation.queries.door import names_nobody, reasons_today, scans_at
from qixue.participation.queries.forgotten import forgotten_places
from qixue.participation.queries.walk_ins import names_at, walked_in_as
from qixue.people.models import Resident, User
from qixue.people.namesakes import name_to_compare
from qixue.people.operations.locks import hold_or_refuse
from qixue.people.rules import Action
from qixue.programme.models import Session

Decision = Scan.Decision
NOTHING_CHOSEN = _("Please choose at least one scan.")
SAY_WHY = _("Please say why, for example: the teacher knows her, she was there.")
SOURCES: dict[str, Source] = {Scan.Kind.WALK_IN: Source.WALK_IN, Scan.Kind.WALL: Source.WALL}


@transaction.atomic
def accept_scan(
    scan: Scan,
    *,
    session: Session,
    registration: Registration | None = None,
    name: str = "",
    confirmed_name: str = "",
    reason: str,
    by: User,
    at: datetime.datetime,
) -> Scan:
    """Let a scan count at a session after all, under the name of who decided and with the reason.

    `registration`, or the `name` of a walk-in, says who it was where the scan does not; a walk-in and the code on the
    wall can also count as somebody without a name. Whoever is in already is not counted again. Accepting again changes
    nothing.
    Refused: not_in_charge, changed_meanwhile, already_decided, session_off, session_not_open, reason_missing,
    person_missing, wrong_session, registration_cancelled, forgotten, name_mistaken, and for head counts those of
    `record_head_count`. Doubt: those of `check_is_another`, for a typed name, and of
    `check_has_not_walked_in`.
    """
    must_be_in_charge(by, Action.CORRECT_ATTENDANCE, session)
    hold_people(session, [scan.pk], registration)
    session = with_chain_held(session)
    scan = scan_to_accept(scan, session, at=at)
    if scan.decision == Decision.ACCEPTED:
        return scan
    reason = checked_reason(reason, SAY_WHY)
    if registration:
        registration = checked_registration(registration, session)
        scan.registration, scan.resident = registration, registration.resident
    if not registration and (name := name or typed_name(scan)):
        check_person_name(name)
        check_is_another(session, name, confirmed_name=confirmed_name)
        scan.resident = Resident.objects.create(name=name)
    elif scan.resident:
        check_has_not_walked_in(session, scan.resident, confirmed_name=confirmed_name)
    let_count(session, [scan], reason, by=by, at=at)
    return scan


@transaction.atomic
def replace_count(scan: Scan, *, standing: LedgerEntry, reason: str, by: User, at: datetime.datetime) -> Scan:
    """Let a head count that was put aside count instead of the one that stands, which it corrects.

    Again changes nothing. Refused: not_in_charge, already_decided, session_off, session_not_open, reason_missing,
    session_not_started, and those of `correct_head_count`: above all already_replaced, where another one stands by now.
    Raises ValueError for a scan of another session, or that is no head count.
    """
    if standing.session is None:
        raise ValueError("This is no head count of a session.")
    must_be_in_charge(by, Action.CORRECT_ATTENDANCE, standing.session)
    session = with_chain_held(standing.session)
    scan = scan_to_accept(scan, session, at=at)
    if scan.decision == Decision.ACCEPTED:
        return scan
    reason = checked_reason(reason, SAY_WHY)
    report = accepted_report(scan, session, reason, at=at)
    scan.entry = correct_head_count(standing, report, reason=reason, by=by, at=at)
    scan.session = session
    return decided(scan, Decision.ACCEPTED, reason, by=by, at=at)


@transaction.atomic
def reject_scan(scan: Scan, *, session: Session, reason: str, by: User, at: datetime.datetime) -> Scan:
    """Do not count a scan; it stays stored, without the name of a walk-in, which nobody could find again to erase.

    Again changes nothing. Refused: not_in_charge, already_decided, reason_missing.
    """
    must_be_in_charge(by, Action.CORRECT_ATTENDANCE, session)
    (scan,) = locked_scans(session, [scan.pk])
    if scan.decision == Decision.REJECTED:
        return scan
    check_undecided(scan)
    return decided(scan, Decision.REJECTED, checked_reason(reason, SAY_WHY), by=by, at=at)


@transaction.atomic
def decide_together(
    session: Session, *, keys: Collection[int], decision: str, reason: str, by: User, at: datetime.datetime
) -> list[Scan]:
    """Decide about several scans of one kind in the same way; about all or none. Again changes nothing.

    What is to count is judged again under the lock: where something else speaks against a scan than its page said, a
    person looks at it by itself. A refusal names the scan. Returns those that were decided now.
    Refused: not_in_charge, changed_meanwhile, nothing_chosen, several_kinds, already_decided, reason_missing,
    session_off, session_not_open, judged_otherwise, person_missing, forgotten, and for head counts those of
    `record_head_count`.
    """
    must_be_in_charge(by, Action.CORRECT_ATTENDANCE, session)
    if decision == Decision.ACCEPTED:
        hold_people(session, keys)
        session = with_chain_held(session)
    scans = locked_scans(session, keys)
    if not scans:
        raise Refused("nothing_chosen", NOTHING_CHOSEN, field="scans")
    if len({scan.kind for scan in scans}) > 1:
        raise Refused("several_kinds", _("Please decide about scans of one kind at a time."), field="scans")
    scans = [scan for scan in scans if scan.decision != decision]
    for scan in scans:
        with naming(scan):
            check_undecided(scan)
    if not scans:
        return []
    reason = checked_reason(reason, SAY_WHY)
    if decision == Decision.ACCEPTED:
        check_open(session, at=at)
        check_judgements(session, scans)
        let_count(session, scans, reason, by=by, at=at)
    else:
        for scan in scans:
            decided(scan, decision, reason, by=by, at=at)
    return scans


def hold_people(session: Session, keys: Collection[int], registration: Registration | None = None) -> None:
    """Lock those to whom the scans lead, and whoever is named: before the chain and the scans, as where people are
    erased or two records become one. Refused: changed_meanwhile.
    """
    known = scans_at(session).filter(pk__in=keys, resident__isnull=False).order_by()
    people = set(known.values_list("resident_id", flat=True))
    hold_or_refuse(people | {registration.resident_id} if registration else people)


def locked_scans(session: Session, keys: Collection[int]) -> list[Scan]:
    """Those of the session, by key, so that two acts never block each other. Raises ValueError for one of another."""
    rows = scans_at(session).filter(pk__in=keys).select_for_update(of=("self",))
    related = ("device", "resident", "evidence", "session__activity")
    scans = list(rows.select_related(*related).order_by("pk"))
    if len(scans) != len(set(keys)):
        raise ValueError("These are not all scans of this session.")
    return scans


@contextmanager
def naming(scan: Scan) -> Iterator[None]:
    """A refusal inside says which scan it is about, in the words of its page: when it was, and who or what."""
    try:
        yield
    except Refused as refusal:
        named = f"{day_clock(scan.corrected_at)} {scan.about}".strip()
        sentence = _("%(scan)s: %(why)s")
        raise Refused(refusal.code, sentence, field=refusal.field, scan=named, why=refusal.sentence) from refusal


def scan_to_accept(scan: Scan, session: Session, *, at: datetime.datetime) -> Scan:
    """The scan under its lock, after the chain is held. One that was accepted already comes as it is.

    Refused: already_decided, session_off, session_not_open.
    """
    (scan,) = locked_scans(session, [scan.pk])
    if scan.decision != Decision.ACCEPTED:
        check_undecided(scan)
        check_open(session, at=at)
    return scan


def check_undecided(scan: Scan) -> None:
    if scan.decision or scan.verdict != Scan.Verdict.REVIEW:
        raise Refused("already_decided", _("Somebody has already decided about this scan; please look again."))


def check_judgements(session: Session, scans: Sequence[Scan]) -> None:
    """Refused: judged_otherwise. The ledger itself judges head counts again."""
    people = [scan for scan in scans if scan.kind != Scan.Kind.HEAD_COUNT]
    reasons = reasons_today(session, people)
    reasons |= dict.fromkeys(namesakes_among(session, people), NAMESAKE)
    for scan, reason in reasons.items():
        if reason not in {"", scan.reason}:
            sentence = _("Something else speaks against a scan meanwhile, please decide about it by itself: %(why)s")
            with naming(scan):
                raise Refused("judged_otherwise", sentence, field="scans", why=sentence_of(reason))


def namesakes_among(session: Session, scans: Sequence[Scan]) -> list[Scan]:
    """Those with a typed name that somebody who is signed up or in has, or one before in the row; and those of somebody
    who is not in while a walk-in has the name.
    """
    named = [scan for scan in scans if typed_name(scan)]
    known = names_at([session]) if named else set()
    found = []
    for scan in named:
        called = (session.pk, name_to_compare(typed_name(scan)))
        if called in known:
            found.append(scan)
        known.add(called)
    walked_in = walked_in_as(session, [scan.resident for scan in scans if scan.resident])
    return found + [scan for scan in scans if scan.resident_id in walked_in]


def typed_name(scan: Scan) -> str:
    """Which makes a resident once the scan counts; empty where somebody is known by it, or nobody was named."""
    return "" if scan.resident else str(scan.sent.get("name") or "")


def let_count(session: Session, scans: Sequence[Scan], reason: str, *, by: User, at: datetime.datetime) -> None:
    """Enter what locked scans of one kind say, and decide about them.

    Refused: person_missing, forgotten, and as head counts.
    """
    people = [scan for scan in scans if scan.kind != Scan.Kind.HEAD_COUNT]
    forgotten = forgotten_places(session, people)
    check_ins = []
    for scan in people:
        with naming(scan):
            if scan.resident_id in forgotten:
                raise Refused("forgotten", sentence_of("forgotten"), field="person")
            check_ins.append(check_in_of(scan, session, reason))
    entered = enter(session.activity.organisation, check_ins, by=by, at=at) if people else []
    for scan, result in zip(people, entered, strict=True):
        scan.entry = result.entry
    for scan in scans:
        if scan.kind == Scan.Kind.HEAD_COUNT:
            with naming(scan):
                scan.entry = accepted_count(scan, session, reason, by=by, at=at)
        scan.session = session
        decided(scan, Decision.ACCEPTED, reason, by=by, at=at)


def check_in_of(scan: Scan, session: Session, reason: str) -> CheckIn:
    """Who came, by what the scan says. A typed name makes a resident. Refused: person_missing."""
    if names_nobody(scan):
        sentence = _("Nobody is known by this scan. Please choose who it was, or write the name of a walk-in.")
        raise Refused("person_missing", sentence, field="person")
    if name := typed_name(scan):
        scan.resident = Resident.objects.create(name=name)
    source = SOURCES.get(scan.kind, Source.DOOR)
    moment = min(scan.corrected_at, scan.received_at)
    return CheckIn(session, source, moment, scan.entry_key, scan.resident_id, reason)


def accepted_count(scan: Scan, session: Session, reason: str, *, by: User, at: datetime.datetime) -> LedgerEntry:
    return report_head_count(session, accepted_report(scan, session, reason, at=at), by=by, at=at)


def obstacle_to_counting(session: Session, *, at: datetime.datetime) -> Refused | None:
    """Why no head count can be accepted yet; None once the session has begun."""
    if has_begun(session, at):
        return None
    return Refused("session_not_started", _("This head count can be accepted once the session has begun."))


def accepted_report(scan: Scan, session: Session, reason: str, *, at: datetime.datetime) -> CountReport:
    """A count that came without evidence stands on the reason of who accepted it. Refused: session_not_started.

    Raises ValueError for what is no head count.
    """
    if scan.kind != Scan.Kind.HEAD_COUNT:
        raise ValueError("This scan is no head count.")
    if obstacle := obstacle_to_counting(session, at=at):
        raise obstacle
    report = report_of(scan, device_name="", confirmed=True)
    if report.evidence is None:
        scan.evidence = keep_note(reason, at=at)
        report = dataclasses.replace(report, evidence=scan.evidence)
    return report


def decided(scan: Scan, decision: str, reason: str, *, by: User, at: datetime.datetime) -> Scan:
    """A typed name goes: where it counts it stands with the resident from now on."""
    if scan.sent.pop("name", None):
        scan.digest = ""
    scan.decision, scan.decision_reason, scan.decided_by, scan.decided_at = decision, reason, by, at
    scan.save()
    record_audit(f"scan.{decision}", scan, by=by, at=at, details={"verdict": scan.reason})
    return scan
