"""Every write to the attendance ledger. Entries are only added, under the lock of their organisation's chain."""

import datetime
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.fields import checked_reason
from qixue.core.figures import NO_PERIOD, Period
from qixue.core.form_keys import key_reused
from qixue.core.inserts import insert_many, made
from qixue.core.models import record_audit
from qixue.core.quantity import Qualifier
from qixue.core.refusal import Refused
from qixue.participation import queries
from qixue.participation.chain import entry_hash
from qixue.participation.models import Evidence, LedgerChain, LedgerEntry
from qixue.participation.operations import attendances, tallies
from qixue.participation.operations.count_checks import (
    check_count,
    check_not_off,
    check_session_takes_head_count,
)
from qixue.participation.operations.in_charge import must_answer_for, must_be_in_charge
from qixue.people.models import Organisation, User
from qixue.people.rules import Action
from qixue.programme.models import Activity, Session

FORM_REPLACED = _(
    "What this form entered was corrected or taken back since, and is not entered again. Please open the form anew."
)
SAY_WHY = _("Please say why, for example: the sheet has a second page.")


@dataclass(slots=True)  # frozen it would take three times as long to make, and a delivery makes hundreds
class EntryDraft:
    """What is to be entered; sequence and hash are added when it joins its chain. `count` is in 人次."""

    kind: LedgerEntry.Kind
    activity: Activity
    source: LedgerEntry.Source
    actor: User | None
    recorded_at: datetime.datetime
    client_uuid: uuid.UUID
    session: Session | None = None
    count: int = 1
    qualifier: Qualifier = Qualifier.EXACT
    person_token: uuid.UUID | None = None
    occurred_at: datetime.datetime | None = None
    period: Period = NO_PERIOD
    reason: str = ""
    evidence: Evidence | None = None
    target: LedgerEntry | None = None
    device_name: str = ""  # of the door device that says so; a person stands behind it in the audit

    @property
    def actor_name(self) -> str:
        return self.device_name or (self.actor.display_name if self.actor else "system")


@transaction.atomic
def append_entries(organisation: Organisation, drafts: Sequence[EntryDraft]) -> list[LedgerEntry]:
    """Add entries to the organisation's chain in the given order and bring tallies and attendances up to date.

    Raises ValueError when a draft belongs to an activity whose records another organisation keeps, and IntegrityError
    for a second attendance of one person at one session.
    """
    if not drafts:
        return []
    if {draft.activity.organisation_id for draft in drafts} != {organisation.pk}:
        raise ValueError("An entry goes into the chain of the organisation that keeps the activity's records.")
    chain = lock_chain(organisation)
    entries = []
    for draft in drafts:
        entry = built_entry(draft, organisation, chain)
        chain.length, chain.head_hash = entry.sequence, entry.hash
        entries.append(entry)
    write_entries(entries)
    chain.save(update_fields=["length", "head_hash"])
    attendances.apply(entries)
    tallies.apply(entries)
    return entries


def write_entries(entries: list[LedgerEntry]) -> None:
    """Store entries that follow one another in one chain; each gets its key."""
    insert_many(entries)
    stored = LedgerEntry.objects.filter(organisation=entries[0].organisation_id, sequence__gte=entries[0].sequence)
    keys = dict(stored.values_list("sequence", "pk"))
    for entry in entries:
        entry.pk = keys[entry.sequence]


def built_entry(draft: EntryDraft, organisation: Organisation, chain: LedgerChain) -> LedgerEntry:
    """The unsaved entry that follows the chain's head."""
    entry = made(
        LedgerEntry,
        {
            "organisation": organisation,
            "activity": draft.activity,
            "session": draft.session,
            "evidence": draft.evidence,
            "target": draft.target,
        },
        sequence=chain.length + 1,
        kind=str(draft.kind),  # SQLite takes a member of an enumeration for a value of a strange type
        person_token=draft.person_token,
        count=draft.count,
        qualifier=str(draft.qualifier),
        source=str(draft.source),
        occurred_at=draft.occurred_at,
        period_from=draft.period.start,
        period_to=draft.period.end,
        period_quote=draft.period.quote,
        recorded_at=draft.recorded_at,
        actor_id=draft.actor.pk if draft.actor else None,
        actor_name=draft.actor_name,
        reason=draft.reason,
        client_uuid=draft.client_uuid,
        previous_hash=chain.head_hash,
    )
    entry.hash = entry_hash(entry)
    return entry


def lock_chain(organisation: Organisation) -> LedgerChain:
    """The head row of the chain, locked until the transaction ends; made the first time."""
    locked = LedgerChain.objects.select_for_update().filter(organisation=organisation)
    if chain := locked.first():
        return chain
    LedgerChain.objects.get_or_create(organisation=organisation)
    return locked.get()


def with_chain_held(session: Session) -> Session:
    """The session as it is now, under the lock of its organisation's chain: nobody calls it off meanwhile."""
    lock_chain(session.activity.organisation)
    return Session.objects.select_related("activity__organisation", "activity__programme").get(pk=session.pk)


@transaction.atomic
def record_head_count(
    session: Session,
    *,
    count: int,
    qualifier: Qualifier,
    evidence: Evidence,
    by: User,
    at: datetime.datetime,
    client_uuid: uuid.UUID,
    device_name: str = "",
) -> LedgerEntry:
    """Enter how many people were at the session; a session not yet marked as held is marked now.

    `device_name` is that of the door device which sent it; `by` is then who set that device up, and may
    have left since. The same `client_uuid` again returns the first entry.
    Refused: not_in_charge, those of `entered_before`, count_out_of_range, qualifier_not_countable, session_cancelled,
    session_not_started, session_counts_names, head_count_exists.
    """
    if not device_name:
        must_be_in_charge(by, Action.RECORD_ATTENDANCE, session)
    session = with_chain_held(session)
    if earlier := entered_before(client_uuid, session=session, count=count, qualifier=qualifier):
        return earlier
    check_count(count, qualifier)
    check_session_takes_head_count(session, at)
    if session.state == Session.State.PLANNED:
        hold_begun([session], by=by, at=at)
        session.refresh_from_db(fields=["state"])
        check_not_off(session)
    draft = EntryDraft(
        kind=LedgerEntry.Kind.HEAD_COUNT,
        activity=session.activity,
        session=session,
        source=LedgerEntry.Source.DOOR if device_name else LedgerEntry.Source.STAFF,
        actor=by,
        device_name=device_name,
        recorded_at=at,
        occurred_at=session.starts_at,
        count=count,
        qualifier=qualifier,
        evidence=evidence,
        client_uuid=client_uuid,
    )
    entry = append_entries(session.activity.organisation, [draft])[0]
    record_audit("ledger.head_count", entry, by=by, at=at, details={"count": count, "qualifier": qualifier})
    return entry


def hold_begun(sessions: Collection[Session], *, by: User | None, at: datetime.datetime) -> int:
    """Mark the sessions that have begun as held: people are in. Returns how many were not marked before."""
    keys = {session.pk for session in sessions}
    begun = Session.objects.filter(pk__in=keys, state=Session.State.PLANNED, starts_at__lte=at)
    count = 0
    for session in begun.order_by("pk"):
        if begun.filter(pk=session.pk).update(state=Session.State.HELD):  # nobody else was quicker
            record_audit("session.held", session, by=by, at=at)
            count += 1
    return count


@transaction.atomic
def record_reported_attendance(
    activity: Activity,
    *,
    count: int,
    qualifier: Qualifier,
    evidence: Evidence,
    period: Period,
    by: User | None,
    at: datetime.datetime,
    client_uuid: uuid.UUID,
) -> LedgerEntry:
    """Enter 人次 that a document states for an activity as a whole, with the hedge and the period it prints.

    The same `client_uuid` again returns the first entry. Refused: count_out_of_range.
    """
    if earlier := LedgerEntry.objects.filter(client_uuid=client_uuid).first():
        return earlier
    if qualifier is not Qualifier.CONTRADICTORY:
        check_count(count, qualifier)
    draft = EntryDraft(
        kind=LedgerEntry.Kind.HEAD_COUNT,
        activity=activity,
        source=LedgerEntry.Source.DOCUMENT,
        actor=by,
        recorded_at=at,
        count=count,
        qualifier=qualifier,
        period=period,
        evidence=evidence,
        client_uuid=client_uuid,
    )
    return append_entries(activity.organisation, [draft])[0]


@transaction.atomic
def correct_entry(
    entry: LedgerEntry,
    *,
    count: int,
    qualifier: Qualifier,
    reason: str,
    evidence: Evidence | None,
    by: User,
    at: datetime.datetime,
    client_uuid: uuid.UUID,
) -> LedgerEntry:
    """Replace a head count by a new entry that says who and why; the old entry stays in the ledger.

    Without new evidence the correction stands on the evidence of the entry it replaces.
    Refused: not_in_charge, those of `entered_before`, reason_missing, count_out_of_range, qualifier_not_countable,
    already_replaced, not_a_head_count, nothing_corrected.
    """
    must_answer_for(by, Action.CORRECT_ATTENDANCE, entry.organisation)
    lock_chain(entry.organisation)
    said = {"kind": LedgerEntry.Kind.CORRECTION, "target": entry, "count": count, "qualifier": qualifier}
    if earlier := entered_before(client_uuid, **said):
        return earlier
    entry = replaceable(entry)
    if entry.kind not in {LedgerEntry.Kind.HEAD_COUNT, LedgerEntry.Kind.CORRECTION}:
        raise Refused(
            "not_a_head_count", _("Only a head count can be corrected; please take the check-in back instead.")
        )
    check_count(count, qualifier)
    if evidence is None and (count, qualifier) == (entry.count, entry.qualifier):
        sentence = _("This is the number that is entered already, so there is nothing to correct.")
        raise Refused("nothing_corrected", sentence, field="count")
    draft = EntryDraft(
        kind=LedgerEntry.Kind.CORRECTION,
        activity=entry.activity,
        session=entry.session,
        source=LedgerEntry.Source.STAFF,
        actor=by,
        recorded_at=at,
        occurred_at=entry.occurred_at,
        period=Period(entry.period_from, entry.period_to, entry.period_quote),
        count=count,
        qualifier=qualifier,
        reason=checked_reason(reason, SAY_WHY),
        evidence=evidence or entry.evidence,
        target=entry,
        client_uuid=client_uuid,
    )
    correction = append_entries(entry.organisation, [draft])[0]
    record_audit("ledger.corrected", correction, by=by, at=at, details={"from": entry.count, "to": count})
    return correction


@transaction.atomic
def void_entry(
    entry: LedgerEntry, *, reason: str, by: User, at: datetime.datetime, client_uuid: uuid.UUID
) -> LedgerEntry:
    """Take an entry back by a new one; what it said stays readable.

    Refused: not_in_charge, key_reused, reason_missing, already_replaced.
    """
    must_answer_for(by, Action.CORRECT_ATTENDANCE, entry.organisation)
    return take_back(entry, reason=reason, by=by, at=at, client_uuid=client_uuid)


def take_back(
    entry: LedgerEntry, *, reason: str, by: User, at: datetime.datetime, client_uuid: uuid.UUID
) -> LedgerEntry:
    """The same, where whoever calls it has made sure that `by` may.

    Refused: key_reused, reason_missing, already_replaced.
    """
    lock_chain(entry.organisation)
    if earlier := entered_before(client_uuid, kind=LedgerEntry.Kind.VOID, target=entry):
        return earlier
    entry = replaceable(entry)
    draft = taking_back(entry, checked_reason(reason, SAY_WHY), by=by, at=at, client_uuid=client_uuid)
    void = append_entries(entry.organisation, [draft])[0]
    record_audit("ledger.voided", void, by=by, at=at, details={"count": entry.count})
    return void


def taking_back(
    entry: LedgerEntry, reason: str, *, by: User | None, at: datetime.datetime, client_uuid: uuid.UUID
) -> EntryDraft:
    return EntryDraft(
        kind=LedgerEntry.Kind.VOID,
        activity=entry.activity,
        session=entry.session,
        source=LedgerEntry.Source.STAFF,
        actor=by,
        recorded_at=at,
        occurred_at=entry.occurred_at,
        count=0,
        reason=reason,
        target=entry,
        client_uuid=client_uuid,
    )


def entered_before(client_uuid: uuid.UUID, *, replaced: Any = FORM_REPLACED, **same: Any) -> LedgerEntry | None:
    """The entry that the same form, or request, has made before; `same` are fields by which it is known to say the same
    as now.

    Refused: key_reused, where it said something else; already_replaced, with the sentence `replaced`, where its entry
    does not stand any more: to say that it is entered would be wrong.
    """
    earlier = queries.ledger_entries().filter(client_uuid=client_uuid).first()
    if earlier is None:
        return None
    if any(getattr(earlier, field) != value for field, value in same.items()):
        raise key_reused()
    if is_replaced(earlier):
        raise Refused("already_replaced", replaced)
    return earlier


def is_replaced(entry: LedgerEntry) -> bool:
    return LedgerEntry.objects.filter(target=entry).exists()


def replaceable(entry: LedgerEntry) -> LedgerEntry:
    """The entry, under the chain's lock, if nothing replaced it yet. Refused: already_replaced."""
    entry = queries.ledger_entries().get(pk=entry.pk)
    if entry.kind == LedgerEntry.Kind.VOID or is_replaced(entry):
        raise Refused(
            "already_replaced", _("Somebody has already corrected or taken back this entry; please look again.")
        )
    return entry
