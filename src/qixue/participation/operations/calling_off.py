"""Calling sessions off: why is kept, and whoever was let in before the start does not count any more."""

import datetime
import uuid
from collections.abc import Collection, Iterable

from django.db import transaction

from qixue.core.models import record_audit
from qixue.participation.models import CallingOff, DoorDevice
from qixue.participation.operations.in_charge import must_be_in_charge
from qixue.participation.operations.ledger import append_entries, lock_chain, taking_back
from qixue.participation.queries.attendances import people_in
from qixue.people.models import Organisation, User
from qixue.people.rules import Action
from qixue.programme.models import Session
from qixue.programme.operations import sessions


@transaction.atomic
def call_off(session: Session, *, reason: str, by: User, at: datetime.datetime) -> Session:
    """Call a session off and keep why; the worker tells those who were signed up, with the reason.

    Who is in already, before the start, is taken back with that reason. Calling it off again changes nothing.
    Refused: not_in_charge, session_held.
    """
    must_be_in_charge(by, Action.EDIT_ACTIVITY, session)
    hold_doors(session.activity.organisation, [session])
    session = sessions.locked(session)
    if session.state != Session.State.CANCELLED:
        session = sessions.cancel_session(session, by=by, at=at)
        keep_reason([session], reason, by=by, at=at)
    return session


def hold_doors(organisation: Organisation, called_off: Iterable[Session]) -> None:
    """Let nobody in at the sessions, which are the organisation's, until the transaction ends.

    Before the sessions are locked, and in the order in which a door does it: devices, then the chain.
    """
    devices = DoorDevice.objects.filter(pk__in=DoorDevice.objects.filter(sessions__in=called_off).values("pk"))
    list(devices.select_for_update(of=("self",), no_key=True).order_by("pk"))
    lock_chain(organisation)


def keep_reason(called_off: Collection[Session], reason: str, *, by: User, at: datetime.datetime) -> None:
    """Keep why sessions, whose doors are held, were called off, and take back with it whoever was let in."""
    CallingOff.objects.bulk_create(CallingOff(session=session, reason=reason) for session in called_off)
    for session in called_off:
        if inside := list(people_in([session])):
            voids = [taking_back(entry, reason, by=by, at=at, client_uuid=uuid.uuid4()) for entry in inside]
            append_entries(session.activity.organisation, voids)
            record_audit("ledger.voided", session, by=by, at=at, details={"count": len(voids)})
