"""Checking people in: one attendance per session and person, under the lock of the organisation's chain."""

import datetime
import uuid
from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.fields import check_person_name
from qixue.core.inserts import insert_new, made
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.participation.door_words import sentence_of
from qixue.participation.merge import is_before_door
from qixue.participation.models import LedgerEntry, Participant, Registration, Tally
from qixue.participation.operations.in_charge import must_be_in_charge
from qixue.participation.operations.ledger import (
    EntryDraft,
    append_entries,
    entered_before,
    hold_begun,
    lock_chain,
    with_chain_held,
)
from qixue.participation.operations.same_name import check_has_not_walked_in
from qixue.participation.queries.attendances import Seat, entries_of_people
from qixue.participation.rules import is_cadre_at
from qixue.people.models import Organisation, Resident, User
from qixue.people.operations.locks import hold_or_refuse
from qixue.people.rules import Action
from qixue.programme.models import Session

Source = LedgerEntry.Source


class CheckIn(NamedTuple):
    """Somebody who came. Without a resident nobody knows who: counted once, and not by name."""

    session: Session
    source: Source
    occurred_at: datetime.datetime
    client_uuid: uuid.UUID
    resident_id: int | None = None
    reason: str = ""  # why a person let it count, where one had to


class Entered(NamedTuple):
    """The entry by which somebody is in; `is_new` where this check-in made it."""

    entry: LedgerEntry
    is_new: bool


@transaction.atomic
def enter(
    organisation: Organisation,
    check_ins: Sequence[CheckIn],
    *,
    by: User | None,
    at: datetime.datetime,
    device_name: str = "",
) -> list[Entered]:
    """Put people into the organisation's chain, in the given order; whoever is in already stays in as they came.

    The same `client_uuid` again gives the first entry. The sessions belong to the organisation and to one programme;
    a session that has begun is marked as held. `device_name` is who says so where no person does.
    """
    lock_chain(organisation)
    repeated = entries_with([each.client_uuid for each in check_ins])
    fresh = [each for each in check_ins if each.client_uuid not in repeated]
    sessions = list({each.session.id: each.session for each in fresh}.values())
    tokens = tokens_of(fresh)
    # whoever gave no name is never in already: their seat is their own
    seats = [(each.session.id, token or each.client_uuid) for each, token in zip(fresh, tokens, strict=True)]
    inside = entries_of_people(sessions, filter(None, tokens))
    drafts: dict[Seat, EntryDraft] = {}
    for each, token, seat in zip(fresh, tokens, seats, strict=True):
        if seat not in inside and seat not in drafts:
            drafts[seat] = draft_of(each, token, by=by, device_name=device_name, at=at)
    inside |= zip(drafts, append_entries(organisation, list(drafts.values())), strict=True)
    hold_begun(sessions, by=by, at=at)
    entries = {each.client_uuid: inside[seat] for each, seat in zip(fresh, seats, strict=True)} | repeated
    new = {draft.client_uuid for draft in drafts.values()}
    return [Entered(entries[each.client_uuid], each.client_uuid in new) for each in check_ins]


def entries_with(keys: Collection[uuid.UUID]) -> dict[uuid.UUID, LedgerEntry]:
    return {entry.client_uuid: entry for entry in LedgerEntry.objects.filter(client_uuid__among=keys)}


def tokens_of(check_ins: Sequence[CheckIn]) -> list[uuid.UUID | None]:
    """The token of each person in the programme, made when they first come; none for whoever gave no name."""
    if not check_ins:
        return []
    programme = check_ins[0].session.activity.programme
    people = {each.resident_id for each in check_ins if each.resident_id}
    known = Participant.objects.filter(programme=programme, resident__pk__among=people)
    tokens = dict(known.values_list("resident_id", "token"))
    if missing := sorted(people - tokens.keys()):
        # another organisation may enter the same person at this moment: whose row is first gives the token
        rows = [made(Participant, programme_id=programme.pk, resident_id=pk) for pk in missing]
        written = insert_new(rows, "resident_id")
        tokens |= {row.resident_id: row.token for row in rows if row.resident_id in written}
        if len(written) < len(rows):
            tokens = dict(known.values_list("resident_id", "token"))
    return [tokens[each.resident_id] if each.resident_id else None for each in check_ins]


def draft_of(
    check_in: CheckIn, token: uuid.UUID | None, *, by: User | None, device_name: str, at: datetime.datetime
) -> EntryDraft:
    return EntryDraft(
        kind=LedgerEntry.Kind.ATTENDANCE,
        activity=check_in.session.activity,
        session=check_in.session,
        source=check_in.source,
        actor=by,
        device_name=device_name,
        recorded_at=at,
        occurred_at=check_in.occurred_at,
        person_token=token,
        reason=check_in.reason,
        client_uuid=check_in.client_uuid,
    )


@transaction.atomic
def hold_attended(sessions: QuerySet[Session] | None = None, *, at: datetime.datetime) -> int:
    """The worker's duty: sessions, all or these, into which people came before the start are held once they begin."""
    sessions = Session.objects.all() if sessions is None else sessions
    begun = sessions.filter(state=Session.State.PLANNED, starts_at__lte=at)
    came = Tally.objects.filter(session=OuterRef("pk")).filter(Q(named_count__gt=0) | Q(unnamed_count__gt=0))
    return hold_begun(list(begun.filter(Exists(came))), by=None, at=at)


@transaction.atomic
def check_in(
    session: Session,
    *,
    registration: Registration | None = None,
    name: str = "",
    confirmed_name: str = "",
    by: User,
    at: datetime.datetime,
    client_uuid: uuid.UUID,
) -> LedgerEntry:
    """Check somebody in by hand: who is signed up, a walk-in by name, or one without a name.

    A name makes a resident of whom nothing else is known. Whoever is in already stays in as they came; the same
    `client_uuid` again returns the first entry.
    Refused: not_in_charge, those of `entered_before`, session_off, session_not_open, wrong_session,
    registration_cancelled, forgotten, changed_meanwhile, name_mistaken. Doubt: those of `check_has_not_walked_in`.
    """
    must_be_in_charge(by, Action.RECORD_ATTENDANCE, session)
    if registration:
        hold_or_refuse([registration.resident_id])
    session = with_chain_held(session)
    if earlier := entered_before(client_uuid, session=session):
        return earlier
    check_open(session, at=at)
    check_person_name(name)
    if registration:
        registration = checked_registration(registration, session)
        check_has_not_walked_in(session, registration.resident, confirmed_name=confirmed_name)
    return enter_by_hand(session, registration=registration, name=name, by=by, at=at, client_uuid=client_uuid)


def enter_by_hand(
    session: Session,
    *,
    registration: Registration | None = None,
    name: str,
    by: User,
    at: datetime.datetime,
    client_uuid: uuid.UUID,
) -> LedgerEntry:
    """The same where all that `check_in` refuses is looked at, under the lock of the chain."""
    resident = registration.resident if registration else None
    if resident is None and name:
        resident = Resident.objects.create(name=name)
    source = source_by_hand(by, session, is_walk_in=registration is None)
    check_ins = [CheckIn(session, source, at, client_uuid, resident.pk if resident else None)]
    [entered] = enter(session.activity.organisation, check_ins, by=by, at=at)
    if entered.is_new:
        record_audit("attendance.checked_in", entered.entry, by=by, at=at, details={"source": source})
    return entered.entry


def source_by_hand(by: User, session: Session, *, is_walk_in: bool) -> Source:
    """What a cadre enters for others is told apart from what happened in front of the people at the door."""
    if is_cadre_at(by, session):
        return Source.CADRE
    return Source.WALK_IN if is_walk_in else Source.DOOR


def obstacle_at_door(session: Session, *, at: datetime.datetime) -> Refused | None:
    """Why nobody can be checked in now; None where people can."""
    try:
        check_open(session, at=at)
    except Refused as refusal:
        return refusal
    return None


def check_open(session: Session, *, at: datetime.datetime) -> None:
    """Refused: session_off, session_not_open."""
    check_takes_place(session)
    check_opened(session, at=at)


def check_opened(session: Session, *, at: datetime.datetime) -> None:
    """Refused: session_not_open."""
    if is_before_door(session.starts_at, at):
        raise Refused("session_not_open", _("People can be checked in from two hours before the session starts."))


def check_takes_place(session: Session) -> None:
    """Refused: session_off."""
    if session.state in Session.OFF_STATES:
        raise Refused("session_off", _("This session did not take place, so nobody can be checked in."))


def checked_registration(registration: Registration, session: Session) -> Registration:
    """The registration as it is now; its person is held, so that the seat stays theirs. Somebody who waits can be let
    in by hand: a person at the door has decided so.

    Refused: wrong_session, registration_cancelled, forgotten.
    """
    registration = Registration.objects.select_related("resident").get(pk=registration.pk)
    if registration.session_id != session.pk:
        raise Refused("wrong_session", _("This person is signed up for another session."))
    if registration.state == Registration.State.CANCELLED:
        sentence = _("This registration was cancelled. Please enter the person as a walk-in.")
        raise Refused("registration_cancelled", sentence)
    if registration.was_there:
        raise Refused("forgotten", sentence_of("forgotten"))
    return registration
