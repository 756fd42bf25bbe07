"""Phones that stand at a door: set up for sessions of one day, and taken away again."""

import datetime
import secrets
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.form_keys import key_reused
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.participation.merge import AROUND_SESSION
from qixue.participation.models import BundleFetch, DoorDevice
from qixue.participation.operations.in_charge import must_answer_for
from qixue.people.models import User
from qixue.people.operations.turns import take_turn
from qixue.people.rules import Action
from qixue.programme.models import Session

MOST_SESSIONS = 20


@transaction.atomic
def set_up_device(
    sessions: Sequence[Session], *, name: str, by: User, at: datetime.datetime, client_uuid: uuid.UUID
) -> tuple[DoorDevice, str]:
    """A device for sessions of one organisation: the record, and its token, which is kept nowhere.

    It works until two hours after the last of them ends. The same form again gives the record without the token.
    Refused: not_in_charge, key_reused, no_session, too_many_sessions, several_organisations, session_without_time,
    session_over.
    """
    for organisation in {session.activity.organisation for session in sessions}:
        must_answer_for(by, Action.RECORD_ATTENDANCE, organisation)
    take_turn(by)
    if existing := DoorDevice.objects.filter(client_uuid=client_uuid).first():
        if (existing.name, set(existing.sessions.all())) != (name, set(sessions)):
            raise key_reused()
        return existing, ""
    until = checked_hours(sessions, at=at)
    token = f"{DoorDevice.PREFIX}{secrets.token_hex(20)}"
    device = DoorDevice.objects.create(
        organisation=sessions[0].activity.organisation,
        name=name,
        digest=DoorDevice.digest_of(token),
        valid_until=until,
        made_by=by,
        made_at=at,
        client_uuid=client_uuid,
    )
    device.sessions.set(sessions)
    keys = sorted(session.pk for session in sessions)
    record_audit("door_device.made", device, by=by, at=at, details={"name": name, "sessions": keys})
    return device, token


def checked_hours(sessions: Sequence[Session], *, at: datetime.datetime) -> datetime.datetime:
    """Until when a device for the sessions works. Refused as `set_up_device` refuses."""
    if not sessions:
        raise Refused("no_session", _("Please choose at least one session."), field="sessions")
    if len(sessions) > MOST_SESSIONS:
        sentence = _("A device can be for up to %(limit)s sessions. Please set up another one for the others.")
        raise Refused("too_many_sessions", sentence, field="sessions", limit=MOST_SESSIONS)
    if len({session.activity.organisation_id for session in sessions}) > 1:
        sentence = _("A device is for the sessions of one organisation.")
        raise Refused("several_organisations", sentence, field="sessions")
    ends = [session.ends_at or session.starts_at for session in sessions]
    known = [end for end in ends if end]
    if len(known) < len(ends):
        sentence = _("A device needs sessions that have a time.")
        raise Refused("session_without_time", sentence, field="sessions")
    until = max(known) + AROUND_SESSION
    if until <= at:
        raise Refused("session_over", _("These sessions are over. Please enter people by hand."), field="sessions")
    return until


@transaction.atomic
def revoke_device(device: DoorDevice, *, by: User, at: datetime.datetime) -> DoorDevice:
    """The device is refused from now on; again changes nothing. What it has not sent yet stays on it.

    Refused: not_in_charge.
    """
    device = DoorDevice.objects.select_for_update().get(pk=device.pk)
    must_answer_for(by, Action.RECORD_ATTENDANCE, device.organisation)
    if device.revoked_at:
        return device
    device.revoked_at = at
    device.save(update_fields=["revoked_at"])
    record_audit("door_device.revoked", device, by=by, at=at, details={"name": device.name})
    return device


def note_fetch(device: DoorDevice, *, at: datetime.datetime) -> None:
    """Keep that the device has the list as it is now: what was cancelled before, it knows."""
    BundleFetch.objects.create(device=device, at=at)
    DoorDevice.objects.filter(pk=device.pk).update(last_seen_at=at)
