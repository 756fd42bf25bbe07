"""Answering for seats that became free: by the household itself, or for people without a phone by their cadre."""

import datetime
import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.participation.models import Registration
from qixue.participation.operations.eligibility import must_act_for_one_of, must_not_be_called_off
from qixue.participation.operations.in_charge import must_be_in_charge
from qixue.participation.operations.registrations import check_not_in, release
from qixue.participation.operations.seats import (
    addressed,
    held_holders,
    locked_session,
    must_be_held,
    promote,
    with_session,
)
from qixue.participation.queries.attendances import those_in_seats
from qixue.participation.queries.registered import reach_of
from qixue.participation.queries.registrations import terms_of
from qixue.participation.rules import may_act_for, may_manage_registrations
from qixue.people.models import User
from qixue.people.operations.notifications import notify_each
from qixue.people.rules import Action
from qixue.programme.models import Session

State = Registration.State
Reason = Registration.CancelReason


@transaction.atomic
def accept_offer(session: Session, *, party: uuid.UUID, by: User, at: datetime.datetime) -> list[Registration]:
    """Take the seats that became free for a party, of one's household or as who manages the registrations.

    Where nobody of the household does it, the record says so, and the party is told. Doing it again changes nothing.
    Refused: not_yours, session_off, offer_over; no_offer, where there was none or it was declined.
    """
    session = locked_session(session)
    rows = [row for row in rows_of(session, party) if row.state in Registration.SEATED_STATES]
    if rows:
        is_staff = may_manage_registrations(by, session)
        must_act_for_one_of(by, [row.resident for row in rows], is_staff=is_staff)
    offered = [row for row in rows if row.state == State.OFFERED]
    if offered:
        must_not_be_called_off(session)
    if not rows:
        raise no_offer(session, party)
    late = [row for row in offered if not row.is_offer_open_at(at)]
    if late and len(those_in_seats(session, late)) < len(late):  # whoever is in keeps it, as `keep_queue` says
        raise offer_over()
    if offered:
        for row in offered:
            row.state, row.offered_until = State.CONFIRMED, None
        Registration.objects.bulk_update(offered, ["state", "offered_until"])
        is_for_others = not any(may_act_for(by, row.resident) for row in rows)
        details = {"party": str(party), "for_others": is_for_others}
        record_audit("registration.offer_accepted", session, by=by, at=at, details=details)
        if is_for_others:
            tell_others(offered, "registration_confirmed", by=by, at=at)
    return rows


def no_offer(session: Session, party: uuid.UUID) -> Refused:
    """Why a party without a seat has nothing to accept. Refused: session_off."""
    must_not_be_called_off(session)
    ran_out = Registration.objects.filter(session=session, party=party, cancel_reason=Reason.OFFER_EXPIRED).exists()
    return offer_over() if ran_out else Refused("no_offer", _("No seat is offered to this registration."))


def offer_over() -> Refused:
    return Refused("offer_over", _("This offer is over: the time to accept it is up."))


@transaction.atomic
def decline_offer(session: Session, *, party: uuid.UUID, by: User, at: datetime.datetime) -> list[Registration]:
    """Give the offered seats of a party on to the next in line, for people who said to whom manages the registrations
    that they do not come. Doing it again changes nothing. Refused: not_in_charge, offer_over, is_in_already,
    changed_meanwhile.
    """
    held = held_holders(Registration.objects.filter(session=session, party=party))
    session = locked_session(session)
    must_be_in_charge(by, Action.MANAGE_REGISTRATIONS, session)
    rows = rows_of(session, party)
    must_be_held(rows, held)
    offered = [row for row in rows if row.state == State.OFFERED]
    if not offered and not is_declined(rows):
        raise Refused("offer_over", _("This offer is over: it was accepted already, or its time is up."))
    if offered:
        check_not_in(session, offered, staff=by)
        release(session, offered, reason=Reason.WITHDRAWN, at=at)
        record_audit("registration.offer_declined", session, by=by, at=at, details={"party": str(party)})
        tell_others(offered, "registration_offer_declined", by=by, at=at)
        promote(session, terms_of(session), at=at)
    return rows


def is_declined(rows: list[Registration]) -> bool:
    """Whether nobody of a party comes, because somebody said so and not because the time to answer was up."""
    reasons = {row.cancel_reason for row in rows}
    return Reason.WITHDRAWN in reasons and reasons.isdisjoint({"", Reason.OFFER_EXPIRED, Reason.SESSION_OFF})


def tell_others(party: list[Registration], kind: str, *, by: User, at: datetime.datetime) -> None:
    """Whoever answered for them reads it on the next page."""
    notify_each([(users, notice) for users, notice in addressed(reach_of(party), kind) if users != [by]], at=at)


def rows_of(session: Session, party: uuid.UUID) -> list[Registration]:
    rows = Registration.objects.filter(session=session, party=party)
    return with_session(session, rows.with_accounts().order_by("pk"))
