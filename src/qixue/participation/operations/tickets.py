"""Tickets are made when somebody looks at them: the same content and key give the same text."""

import datetime
from collections.abc import Sequence
from functools import partial

from qixue.core.models import SigningKey
from qixue.core.signing_keys import sign_with, signing_key
from qixue.participation.models import Registration
from qixue.participation.tickets import Ticket, encode

GOOD_AFTER_END = datetime.timedelta(hours=12)  # so that a day without a network can still be sent in


def ticket_texts(rows: Sequence[Registration]) -> list[str]:
    """The text of the ticket of each of the rows, which hold seats and come with their session and its activity.

    Raises ValueError for a row without a seat or a session without a time. Refused: signing_key_sealed.
    """
    key = signing_key(SigningKey.Purpose.TICKET)
    return [encode(ticket_of(row, key.kid), partial(sign_with, key)) for row in rows]


def ticket_of(row: Registration, kid: str) -> Ticket:
    session = row.session
    end = session.ends_at or session.starts_at
    if row.state != Registration.State.CONFIRMED or end is None:
        raise ValueError("A ticket needs a seat and a time.")
    return Ticket(kid, session.activity.programme_id, session.pk, row.pk, not_after=end + GOOD_AFTER_END)
