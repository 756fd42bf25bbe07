"""What organisers do with single registrations: take out, move to another session, excuse."""

import datetime
import uuid
from collections.abc import Collection
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.participation.models import Registration
from qixue.participation.notice_kinds import REMOVED, REMOVED_TO_PASS_ON
from qixue.participation.notices import both, event_of, is_told_by_cadre, worded
from qixue.participation.operations.answers import carry_over
from qixue.participation.operations.door_codes import free_door_codes
from qixue.participation.operations.eligibility import check_people, check_window
from qixue.participation.operations.in_charge import must_be_in_charge
from qixue.participation.operations.registrations import check_not_in, given_places, release
from qixue.participation.operations.seats import (
    held_holders,
    locked_session,
    locked_sessions,
    must_be_held,
    promote,
    tell_party,
)
from qixue.participation.queries.registered import is_counted_by_name
from qixue.participation.queries.registrations import terms_of
from qixue.people.models import User
from qixue.people.operations.locks import changed_meanwhile, hold_or_refuse
from qixue.people.rules import Action
from qixue.programme.models import Session

State = Registration.State
MOVED: dict[str, str] = {  # what people are told, by where they are now
    State.CONFIRMED: "registration_seat_moved",
    State.WAITING: "registration_wait_moved",
    State.ENTERED: "registration_entry_moved",
}


class Move(NamedTuple):
    """What came of moving people: their places at the other session, and who moved up at the first."""

    rows: list[Registration]
    moved_up: list[Registration]


@transaction.atomic
def take_out(registration: Registration, *, note: str, by: User, at: datetime.datetime) -> list[Registration]:
    """Take somebody out of a session; they are told why, and who waits moves up. Doing it again changes nothing.

    Returns who moved up. Refused: not_in_charge, session_begun, is_in_already, changed_meanwhile.
    """
    hold_or_refuse([registration.resident_id])
    session = locked_session(registration.session)
    must_be_in_charge(by, Action.MANAGE_REGISTRATIONS, session)
    row = Registration.objects.all().with_accounts().get(pk=registration.pk)
    row.session = session
    if row.state == State.CANCELLED:
        return []
    must_be_to_come(session, at=at)
    check_not_in(session, [row], staff=by)
    release(session, [row], reason=Registration.CancelReason.REMOVED, at=at)
    row.cancel_note = note
    row.save(update_fields=["cancel_note"])
    record_audit("registration.taken_out", session, by=by, at=at, details={"key": row.pk})
    kind = REMOVED_TO_PASS_ON if is_told_by_cadre(row) else REMOVED
    tell_party([row], kind, at=at, key=str(row.pk), note=note)
    return promote(session, terms_of(session), at=at)


def must_be_to_come(session: Session, *, at: datetime.datetime) -> None:
    if session.starts_at and session.starts_at <= at:
        sentence = _("The session has begun: who was signed up stays on record. Who came is counted at the door.")
        raise Refused("session_begun", sentence)


@transaction.atomic
def move_registrations(
    session: Session, *, keys: Collection[int], to: Session, by: User, at: datetime.datetime
) -> Move:
    """Move people of one party to another session of the programme: a seat or a place at the end of the queue there.

    They keep source and answers, and are told; who waits at the first session moves up. The people are held first, then
    both sessions in the order of their keys. Doing it again changes nothing. Refused: not_in_charge (of either),
    other_programme, not_signed_up, session_begun, is_in_already, already_registered, too_many_places,
    changed_meanwhile, and those of `check_window`, `check_people` and `given_places`.
    """
    held = held_holders(Registration.objects.filter(session=session, pk__in=keys))
    session, to = locked_sessions(session, to)
    must_be_in_charge(by, Action.MANAGE_REGISTRATIONS, session)
    must_be_in_charge(by, Action.MANAGE_REGISTRATIONS, to, field="session")
    rows = list(
        Registration.objects.filter(session=session, pk__in=keys)
        .with_accounts()
        .select_related("resident__home_region")
        .order_by("waiting_number", "pk")
    )
    if not rows:
        raise changed_meanwhile()
    must_be_held(rows, held)
    key = uuid.uuid5(rows[0].party, f"move {sorted(row.pk for row in rows)} to {to.pk}")
    if earlier := list(Registration.objects.filter(party=key).order_by("pk")):
        return Move(earlier, [])
    check_move(session, to, rows, by=by, at=at)
    people = [row.resident for row in rows]
    terms = terms_of(to)
    made = given_places(to, terms, people, at=at)
    for new, old, door_code in zip(made, rows, free_door_codes(to, len(made)), strict=True):
        new.party, new.source, new.registered_by, new.registered_at = key, old.source, old.registered_by, at
        new.door_code = door_code
    Registration.objects.bulk_create(made)
    for new, old in zip(made, rows, strict=True):
        carry_over(old, new)
    release(session, rows, reason=Registration.CancelReason.MOVED, at=at)
    details = {"keys": [row.pk for row in rows], "to": to.pk}
    record_audit("registration.moved", session, by=by, at=at, details=details)
    kind, more = worded(MOVED[made[0].state], made[0].state, terms.offer_hours)
    was = {"was_on": event_of(session).words["day_on"], **both("was_title", session.full_title, session.full_title_en)}
    tell_party(made, kind, at=at, **was, **more)
    return Move(made, promote(session, terms_of(session), at=at))


def check_move(session: Session, to: Session, rows: list[Registration], *, by: User, at: datetime.datetime) -> None:
    if session.pk == to.pk or session.activity.programme_id != to.activity.programme_id:
        sentence = _("Please choose another session of the same programme.")
        raise Refused("other_programme", sentence, field="session")
    if any(row.state == State.CANCELLED for row in rows) or len({row.party for row in rows}) != 1:
        raise Refused("not_signed_up", _("These people are not signed up here any more. Please open the list again."))
    must_be_to_come(session, at=at)
    must_be_to_come(to, at=at)
    check_not_in(session, rows, staff=by)
    terms = terms_of(to)
    check_window(to, terms, at=at, is_staff=True)
    people = [row.resident for row in rows]
    check_people(to, terms, people, at=at, are_moved=True)
    if (
        there := Registration.objects.active()
        .filter(session=to, resident__in=people)
        .select_related("resident")
        .first()
    ):
        sentence = _("%(name)s is signed up for this session already.")
        raise Refused("already_registered", sentence, field="session", name=there.resident.name)
    if len(people) > (to.seat_count or 0):
        sentence = _("There are fewer seats than people who want to come together.")
        raise Refused("too_many_places", sentence, field="session")


@transaction.atomic
def excuse(registration: Registration, *, by: User, at: datetime.datetime) -> Registration:
    """Somebody who did not come had a reason: it counts against them no more. Doing it again changes nothing.

    Refused: not_in_charge, not_counted_by_name.
    """
    session = locked_session(registration.session)
    must_be_in_charge(by, Action.MANAGE_REGISTRATIONS, session)
    row = Registration.objects.get(pk=registration.pk)
    if row.excused_at:
        return row
    if row.state != State.CONFIRMED or not is_counted_by_name(session, at=at):
        raise Refused("not_counted_by_name", _("Only who had a seat at a session counted by name can be excused."))
    row.excused_at, row.excused_by = at, by
    row.save(update_fields=["excused_at", "excused_by"])
    record_audit("registration.excused", session, by=by, at=at, details={"key": row.pk})
    return row
