"""What an organiser writes to those who are signed up: once into each inbox, and on by mail and SMS as people wish."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.form_keys import key_reused
from qixue.core.language import speaking
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.participation.models import RegistrantMessage
from qixue.participation.notices import event_of
from qixue.participation.operations.in_charge import must_be_in_charge
from qixue.participation.operations.seats import addressed, with_session
from qixue.participation.queries.registered import reach_of, with_states
from qixue.people.models import User
from qixue.people.notices import Notice
from qixue.people.operations.notifications import notify_each, text_message
from qixue.people.operations.turns import take_turn
from qixue.people.rules import Action
from qixue.people.text_messages import pieces_of
from qixue.programme.models import Session


@transaction.atomic
def write_to_registrants(
    session: Session, *, text: str, states: Sequence[str], client_uuid: uuid.UUID, by: User, at: datetime.datetime
) -> RegistrantMessage:
    """Send the text to everybody in the states, once to each account. The same form sent again sends nothing.

    Refused: not_in_charge, nobody_there, key_reused.
    """
    must_be_in_charge(by, Action.MANAGE_REGISTRATIONS, session)
    take_turn(by)
    if sent := RegistrantMessage.objects.filter(client_uuid=client_uuid).first():
        asked = session.pk, text, sorted(states), by.pk
        if (sent.session_id, sent.text, sorted(sent.states), sent.sent_by_id) != asked:
            raise key_reused()
        return sent
    rows = with_session(session, with_states(session, states))
    if not rows:
        raise Refused("nobody_there", _("Nobody is signed up in this way."), field="states")
    reach = reach_of(rows)
    message = RegistrantMessage.objects.create(
        session=session,
        text=text,
        states=list(states),
        reached_count=reach.reached_count,
        unreached_count=len(reach.unreached),
        sent_by=by,
        sent_at=at,
        client_uuid=client_uuid,
    )
    notify_each(addressed(reach, "registration_message", key=str(message.pk), text=text), at=at)
    record_audit(
        "registrants.written_to", session, by=by, at=at, details={"message": message.pk, "states": list(states)}
    )
    return message


@dataclass(frozen=True)
class Preview:
    """An SMS before it is sent: its words, and in how many pieces it goes out with the address behind them, which
    everybody has of their own.
    """

    words: str
    pieces: int


def as_text_message(session: Session, *, text: str) -> Preview:
    """The SMS in which the text would go to somebody who reads Chinese."""
    words = {**event_of(session).words, "names": "", "text": text}
    link = f"/me/registrations/{uuid.UUID(int=0)}/"  # as long as theirs
    address = f"{settings.QIXUE['BASE_URL']}{link}"
    with speaking("zh-hans"):
        body = text_message(Notice("registration_message", "", link, words), address)
    return Preview(body.removesuffix(address).rstrip(), pieces_of(body))
