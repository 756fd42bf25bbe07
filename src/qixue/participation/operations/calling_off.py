"""Calling sessions off: why is kept, and whoever was let in before the start does not count any more."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.duties import for_each
from qixue.core.fields import checked_reason
from qixue.core.refusal import ask_at_once
from qixue.participation.models import CallingOff
from qixue.participation.operations.check_ins import hold_attended
from qixue.participation.operations.in_charge import must_be_in_charge
from qixue.participation.operations.people_inside import (
    doubts_about_inside,
    hold_doors,
    take_back_inside,
    tell_unregistered,
)
from qixue.participation.queries.left_in import left_in_before_start
from qixue.participation.queries.registrations import why_off
from qixue.participation.queries.unregistered import NOBODY, Unregistered
from qixue.participation.session_notice_kinds import CHECK_IN_OFF
from qixue.people.models import User
from qixue.people.rules import Action
from qixue.programme.models import Session
from qixue.programme.operations import sessions

CALLED_OFF = _("The session was called off.")  # where no reason is kept


@dataclass(frozen=True)
class CalledOff:
    """A session that is off now, of how many people the check-ins were taken back with it, and who of them were not
    signed up: those are told who have an account.
    """

    session: Session
    taken_back: int = 0
    unregistered: Unregistered = NOBODY


@transaction.atomic
def call_off(session: Session, *, reason: str, by: User, at: datetime.datetime, confirmed: bool = False) -> CalledOff:
    """Call a session off and keep why; the worker tells those who were signed up, with the reason.

    Who was let in before the start is taken back with that reason, and told so where they are not signed up. Calling it
    off again changes nothing.
    Refused: not_in_charge; reason_missing; session_held, also where it has begun and people are in. Unless confirmed, a
    doubt: people_are_in.
    """
    must_be_in_charge(by, Action.EDIT_ACTIVITY, session)
    reason = checked_reason(reason, _("Please give the reason, which everybody reads."))
    hold_doors(session.activity.organisation, [session])
    hold_attended(Session.objects.filter(pk=session.pk), at=at)
    session = sessions.locked(session)
    if session.state == Session.State.CANCELLED:
        return CalledOff(session)
    session = sessions.cancel_session(session, by=by, at=at)
    if not confirmed:
        ask_at_once(doubts_about_inside([session]))
    keep_reason([session], reason)
    taken_back = take_back_inside([session], reason, by=by, at=at)
    told = tell_unregistered(CHECK_IN_OFF, session, taken_back, at=at, note=reason)
    return CalledOff(session, len(taken_back), told)


def keep_reason(called_off: Iterable[Session], reason: str) -> None:
    CallingOff.objects.bulk_create(CallingOff(session=session, reason=reason) for session in called_off)


def take_back_left_inside(*, at: datetime.datetime) -> int:
    """The worker's duty: whoever was left in when a session was called off, as was done before, is taken back.

    None are added to these sessions: once a day is enough for one at which it failed. Returns of how many sessions.
    """
    keys = list(left_in_before_start().order_by("pk").values_list("pk", flat=True))
    return for_each("called off", keys, partial(take_back_left_at, at=at))


@transaction.atomic
def take_back_left_at(session_pk: int, *, at: datetime.datetime) -> bool:
    """Whether anybody was taken back; asked once more where nobody can be let in any more."""
    session = Session.objects.select_related("activity__organisation").get(pk=session_pk)
    hold_doors(session.activity.organisation, [session])
    if not left_in_before_start().filter(pk=session_pk).exists():
        return False
    return bool(take_back_inside([session], why_off(session) or str(CALLED_OFF), by=None, at=at))
