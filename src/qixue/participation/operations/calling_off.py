"""Calling sessions off: why is kept, and whoever was let in before the start does not count any more."""

import datetime
import uuid
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Doubt
from qixue.participation.models import CallingOff, DoorDevice
from qixue.participation.operations.check_ins import hold_attended
from qixue.participation.operations.in_charge import must_be_in_charge
from qixue.participation.operations.ledger import append_entries, lock_chain, taking_back
from qixue.participation.queries.attendances import people_in
from qixue.people.models import Organisation, User
from qixue.people.rules import Action
from qixue.programme.models import Session
from qixue.programme.operations import sessions


@dataclass(frozen=True)
class CalledOff:
    """A session that is off now, and of how many people the check-ins were taken back with it."""

    session: Session
    taken_back: int


@transaction.atomic
def call_off(session: Session, *, reason: str, by: User, at: datetime.datetime, confirmed: bool = False) -> CalledOff:
    """Call a session off and keep why; the worker tells those who were signed up, with the reason.

    Who was let in before the start is taken back with that reason. Calling it off again changes nothing.
    Refused: not_in_charge; session_held, also where it has begun and people are in. Unless confirmed, a doubt:
    people_are_in.
    """
    must_be_in_charge(by, Action.EDIT_ACTIVITY, session)
    hold_doors(session.activity.organisation, [session])
    hold_attended(Session.objects.filter(pk=session.pk), at=at)
    session = sessions.locked(session)
    if session.state == Session.State.CANCELLED:
        return CalledOff(session, 0)
    session = sessions.cancel_session(session, by=by, at=at)
    return CalledOff(session, keep_reason([session], reason, by=by, at=at, confirmed=confirmed))


def hold_doors(organisation: Organisation, called_off: Iterable[Session]) -> None:
    """Let nobody in at the sessions, which are the organisation's, until the transaction ends.

    Before the sessions are locked, and in the order in which a door does it: devices, then the chain.
    """
    devices = DoorDevice.objects.filter(pk__in=DoorDevice.objects.filter(sessions__in=called_off).values("pk"))
    list(devices.select_for_update(of=("self",), no_key=True).order_by("pk"))
    lock_chain(organisation)


def keep_reason(
    called_off: Collection[Session], reason: str, *, by: User, at: datetime.datetime, confirmed: bool
) -> int:
    """Keep why sessions of one organisation, whose doors are held, were called off, and take back with it whoever was
    let in. Returns of how many people. Unless confirmed, a doubt: people_are_in.
    """
    CallingOff.objects.bulk_create(CallingOff(session=session, reason=reason) for session in called_off)
    inside = list(people_in(called_off))
    if not inside:
        return 0
    if not confirmed:
        sentence = _("Checked in by now: %(people)s. Their check-ins are taken back and do not count.")
        raise Doubt("people_are_in", sentence, people=len(inside))
    voids = [taking_back(entry, reason, by=by, at=at, client_uuid=uuid.uuid4()) for entry in inside]
    append_entries(inside[0].activity.organisation, voids)
    counts = Counter(entry.session_id for entry in inside)
    for session in (each for each in called_off if each.pk in counts):
        record_audit("ledger.voided", session, by=by, at=at, details={"count": counts[session.pk]})
    return len(inside)
