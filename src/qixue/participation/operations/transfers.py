"""Somebody else of the household comes instead: the seat, or the place in the queue, stays with the household."""

import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.participation.models import Registration
from qixue.participation.operations.answers import Answers, carry_over, checked_answers, keep_answers
from qixue.participation.operations.door_codes import free_door_codes
from qixue.participation.operations.eligibility import check_missed, check_people, must_act_for, must_not_be_called_off
from qixue.participation.operations.offers import offer_over
from qixue.participation.operations.registrations import check_cancel_time, check_not_in
from qixue.participation.operations.seats import locked_session
from qixue.participation.queries.registrations import terms_of
from qixue.participation.sources import source_at_home
from qixue.people.models import Resident, User
from qixue.people.operations.locks import hold_or_refuse
from qixue.programme.models import Session

State = Registration.State


@transaction.atomic
def hand_over_place(
    registration: Registration, *, to: Resident, by: User, at: datetime.datetime, answers: Answers | None = None
) -> Registration:
    """Let somebody else of the household take the place as it is: confirmed, offered, or this number in the queue.

    A new registration takes it over and the old one ends, so that its ticket ends with it. The seats do not change.
    Doing it again changes nothing. `answers` are to what is asked about each person. Refused: not_signed_up, not_yours,
    session_off, cancel_too_late, is_in_already, offer_over, already_registered, changed_meanwhile, and those of
    `check_people`, `check_missed` and `checked_answers`.
    """
    hold_or_refuse({registration.resident_id, to.pk})
    session = locked_session(registration.session)
    old = Registration.objects.select_related("resident__guardian").get(pk=registration.pk)
    old.session = session
    must_act_for(by, [old.resident, to], is_staff=False)
    active = Registration.objects.active().filter(session=session)
    there = active.filter(resident=to).first()
    if old.state == State.CANCELLED:
        if there and has_taken_over(there, old):
            return there
        raise Refused("not_signed_up", _("This place was given up already."))
    if there:
        sentence = _("%(name)s is signed up for this session already.")
        raise Refused("already_registered", sentence, field="person", name=to.name)
    check_transfer(session, old, to, at=at)
    asked_again = {**(answers or {}), **answers_for_all(old)}
    said = checked_answers(session, [to], asked_again, is_staff=False)
    new = taken_over(old, to, by=by, at=at)
    keep_answers([new], said)
    carry_over(old, new, only_for_all=True)
    record_audit("registration.handed_over", session, by=by, at=at, details={"from": old.pk, "to": new.pk})
    return new


def has_taken_over(new: Registration, old: Registration) -> bool:
    was_handed_over = old.cancel_reason == Registration.CancelReason.HANDED_OVER
    return was_handed_over and new.party == old.party and new.registered_at == old.cancelled_at


def check_transfer(session: Session, old: Registration, to: Resident, *, at: datetime.datetime) -> None:
    must_not_be_called_off(session)
    terms = terms_of(session)
    if session.starts_at and at >= session.starts_at:
        raise Refused("cancel_too_late", _("The session has begun. Please speak to the organiser at the door."))
    check_cancel_time(session, [old], at=at)
    check_not_in(session, [old])
    if old.state == State.OFFERED and not old.is_offer_open_at(at):
        raise offer_over()
    check_people(session, terms, [to], at=at)
    check_missed(session, terms, [to], at=at)


def answers_for_all(old: Registration) -> Answers:
    """What was answered once for all holds for whoever comes."""
    shared = old.answers.filter(question__is_for_each=False).values_list("question_id", "text")
    return {(question, 0): text for question, text in shared}


def taken_over(old: Registration, to: Resident, *, by: User, at: datetime.datetime) -> Registration:
    """The old row ends before the new one begins: two rows never hold the same number of the queue."""
    state, number, until = old.state, old.waiting_number, old.offered_until
    old.state, old.cancelled_at = State.CANCELLED, at
    old.cancel_reason, old.waiting_number, old.offered_until = Registration.CancelReason.HANDED_OVER, None, None
    old.save(update_fields=["state", "cancelled_at", "cancel_reason", "waiting_number", "offered_until"])
    return Registration.objects.create(
        session=old.session,
        resident=to,
        party=old.party,
        state=state,
        waiting_number=number,
        offered_until=until,
        door_code=free_door_codes(old.session, 1)[0],
        source=source_at_home(to, by),
        registered_at=at,
        registered_by=by,
    )
