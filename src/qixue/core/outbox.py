"""Messages to the outside world: written with the act that causes them, sent by the worker, never inside a request.

A message is sent at least once. The worker takes it by moving its due time (compare and set), so that it holds no lock
while a mail server thinks, and two workers never take the same message. A message that fails is tried again after
longer and longer pauses and then given up; given up is visible and can be tried again by a person.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.carriers import CarrierAway, CarrierFailed, carrier_for
from qixue.core.logs import get_logger
from qixue.core.models import OutboxMessage, record_audit
from qixue.core.refusal import Refused

log = get_logger("qixue.outbox")

KEPT = datetime.timedelta(days=30)  # who was told what, once a message has left or was given up
LEASE = datetime.timedelta(minutes=5)  # a worker that dies with a message gives it back after this
PAUSES = tuple(datetime.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))  # after each failed try
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Letter:
    """What is to be said to whom. `key` is written once, however often the act is repeated."""

    channel: str
    recipient: str
    body: str
    key: str
    subject: str = ""
    recipient_name: str = ""
    scope: str = ""  # tree path of the organisation on whose behalf it is sent
    due_at: datetime.datetime | None = None
    expires_at: datetime.datetime | None = None  # not sent from then on: a code that is over helps nobody
    is_secret: bool = False  # holds a link that opens something for its recipient


def put_into_outbox(letters: list[Letter], *, at: datetime.datetime) -> None:
    """Write the messages in the transaction of the act; those whose key is there already are left alone."""
    OutboxMessage.objects.bulk_create([message_of(letter, at=at) for letter in letters], ignore_conflicts=True)


def message_of(letter: Letter, *, at: datetime.datetime) -> OutboxMessage:
    """The row of a letter, not saved."""
    return OutboxMessage(
        channel=letter.channel,
        recipient=letter.recipient,
        recipient_name=letter.recipient_name,
        subject=letter.subject,
        body=letter.body,
        key=letter.key,
        scope=letter.scope,
        is_secret=letter.is_secret,
        created_at=at,
        due_at=letter.due_at or at,
        expires_at=letter.expires_at,
    )


def deliver_due(*, at: datetime.datetime) -> int:
    """Send what is due, at most 200 messages. Returns how many left.

    To a carrier that is away no more than one message is tried: each may take as long as we wait for an answer, and
    queues and draws are looked after by the same worker.
    """
    waiting = OutboxMessage.objects.filter(state=OutboxMessage.State.WAITING)
    with transaction.atomic():  # SQLite: in one's turn, as all who write do
        waiting.filter(expires_at__lte=at).update(state=OutboxMessage.State.EXPIRED, body="")
    due = waiting.filter(due_at__lte=at).order_by("due_at", "pk")
    left, away = 0, set()
    for message in due[:MOST_AT_ONCE]:
        if message.channel in away:
            continue
        try:
            left += deliver(message, at=at)
        except CarrierAway:
            away.add(message.channel)
    return left


def deliver(message: OutboxMessage, *, at: datetime.datetime) -> bool:
    """Try once. Whether the message left; False as well when another worker has it.

    Raises CarrierAway, once the message is put off.
    """
    waiting = OutboxMessage.objects.filter(
        pk=message.pk, state=OutboxMessage.State.WAITING, due_at=message.due_at, attempt_count=message.attempt_count
    )
    with transaction.atomic():  # SQLite: in one's turn, as all who write do
        is_taken = waiting.update(due_at=at + LEASE, attempt_count=message.attempt_count + 1)
    if not is_taken:
        return False
    message.attempt_count += 1
    try:
        carrier_for(message.channel).carry(message)
    except CarrierFailed as failure:
        put_off(message, str(failure), at=at)
        if isinstance(failure, CarrierAway):
            raise
        return False
    message.state, message.sent_at, message.last_error = OutboxMessage.State.SENT, at, ""
    if message.is_secret:
        message.body = ""
    with transaction.atomic():
        message.save(update_fields=["state", "sent_at", "last_error", "body"])
    return True


@transaction.atomic
def put_off(message: OutboxMessage, error: str, *, at: datetime.datetime) -> None:
    """Wait longer after each failure; after the last pause the message is given up."""
    message.last_error = error[:300]
    if message.attempt_count > len(PAUSES):
        message.state = OutboxMessage.State.DEAD
        log.error("message_given_up", message=message.pk, channel=message.channel, error=error)
    else:
        message.due_at = at + PAUSES[message.attempt_count - 1]
    message.save(update_fields=["state", "due_at", "last_error"])


@transaction.atomic
def try_again(message: OutboxMessage, *, by: Any, at: datetime.datetime) -> OutboxMessage:
    """Put a message that was given up back into the queue. Refused: message_not_given_up."""
    message = OutboxMessage.objects.select_for_update().get(pk=message.pk)
    if message.state != OutboxMessage.State.DEAD:
        raise Refused("message_not_given_up", _("This message was sent, or is still being tried."))
    message.state, message.due_at, message.attempt_count = OutboxMessage.State.WAITING, at, 0
    message.save(update_fields=["state", "due_at", "attempt_count"])
    record_audit("outbox.tried_again", message, by=by, at=at)
    return message


def forget_recipients(*, at: datetime.datetime) -> int:
    """Empty what left, or was given up, more than thirty days ago: that it was sent stays, to whom and what goes.

    Returns how many. The rows stay for their keys: what was said once is not said again.
    """
    former = OutboxMessage.objects.exclude(state=OutboxMessage.State.WAITING).filter(created_at__lt=at - KEPT)
    former.filter(state=OutboxMessage.State.DEAD).update(state=OutboxMessage.State.EXPIRED)
    return emptied(former.exclude(recipient=""))


def forget_addresses(addresses: Collection[str]) -> None:
    """Nothing more goes to these numbers and addresses, and no message says that they were ever written to."""
    forget_messages(OutboxMessage.objects.filter(recipient__in=[address for address in addresses if address]))


def forget_messages(messages: QuerySet[OutboxMessage]) -> None:
    """What has not left is not sent any more; of what has, only that it was sent stays."""
    messages.exclude(state=OutboxMessage.State.SENT).delete()
    emptied(messages)


def emptied(messages: QuerySet[OutboxMessage]) -> int:
    return messages.update(recipient="", recipient_name="", subject="", body="", last_error="")
