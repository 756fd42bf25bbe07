"""Messages to the outside world: written with the act that causes them, sent by the worker, never inside a request.

A message is sent at least once. The worker takes some by moving their due time, so that it holds no lock while a mail
server thinks: until that time is there they are its own. A message that fails is tried again after longer and longer
pauses and then given up; given up is visible and can be tried again by a person.
"""

import datetime
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.carriers import CarrierAway, CarrierFailed, carrier_for
from qixue.core.clock import now
from qixue.core.inserts import made
from qixue.core.logs import get_logger
from qixue.core.models import OutboxMessage, record_audit
from qixue.core.refusal import Refused

log = get_logger("qixue.outbox")

KEPT = datetime.timedelta(days=30)  # who was told what, once a message has left or was given up
LEASE = datetime.timedelta(minutes=5)  # a worker that dies with a message gives it back after this
PAUSES = tuple(datetime.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))  # after each failed try
MOST_AT_ONCE = 200
# In one commit. For each, whoever signs up on SQLite waits until the worker has had its turn, and a core.
TAKEN_TOGETHER = 50


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
    return made(
        OutboxMessage,
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
    """Send what is due, at most 200 messages by each carrier. Returns how many left."""
    with transaction.atomic():  # SQLite: in one's turn, as all who write do
        waiting().filter(expires_at__lte=at).update(state=OutboxMessage.State.EXPIRED, body="")
    return sum(deliver_by(channel, at=at) for channel in OutboxMessage.Channel.values)


def waiting() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(state=OutboxMessage.State.WAITING)


@dataclass
class Lease:
    """Messages of one carrier that are this worker's own until a moment, and what became of each of them."""

    until: datetime.datetime
    untried: deque[OutboxMessage]
    sent: list[OutboxMessage] = field(default_factory=list)
    failed: list[tuple[OutboxMessage, CarrierFailed]] = field(default_factory=list)

    @property
    def is_carrier_away(self) -> bool:
        return any(isinstance(failure, CarrierAway) for _message, failure in self.failed)

    @property
    def has_time(self) -> bool:
        """To begin with one more: a carrier takes less than half of the lease for it."""
        return now() < self.until - LEASE / 2

    @property
    def is_broken_off(self) -> bool:
        return self.is_carrier_away or bool(self.untried)

    @property
    def size(self) -> int:
        return len(self.untried) + len(self.sent) + len(self.failed)

    def rows(self) -> QuerySet[OutboxMessage]:
        """Those that still are this worker's. A message that was withdrawn meanwhile stays away, and one that another
        worker took, because the lease was over, is that worker's.
        """
        return OutboxMessage.objects.filter(due_at=self.until)


def deliver_by(channel: str, *, at: datetime.datetime) -> int:
    """A carrier that is away or slow is left alone until the next time: queues and draws are looked after by the same
    worker.
    """
    count = 0
    for _some in range(MOST_AT_ONCE // TAKEN_TOGETHER):
        lease = take(channel, at=at)
        deliver(lease, at=at)
        count += len(lease.sent)
        if lease.is_broken_off or lease.size < TAKEN_TOGETHER:
            break
    return count


@transaction.atomic
def take(channel: str, *, at: datetime.datetime) -> Lease:
    """The next that are due, from now on for this worker only."""
    until = now() + LEASE  # not from `at` on: those before may have taken minutes
    due = waiting().filter(channel=channel, due_at__lte=at).order_by("due_at", "pk")
    messages = list(due.select_for_update(skip_locked=True)[:TAKEN_TOGETHER])
    for message in messages:
        message.attempt_count += 1
    taken = OutboxMessage.objects.filter(pk__in=[message.pk for message in messages])
    taken.update(due_at=until, attempt_count=F("attempt_count") + 1)
    return Lease(until, deque(messages))


def deliver(lease: Lease, *, at: datetime.datetime) -> None:
    """Try each once, until their carrier is away or there is no time for one more.

    What became of them is also written where the worker breaks at one of them.
    """
    try:
        while lease.untried and lease.has_time and not lease.is_carrier_away:
            message = lease.untried.popleft()
            try:
                carrier_for(message.channel).carry(message)
                lease.sent.append(message)
            except CarrierFailed as failure:
                lease.failed.append((message, failure))
    finally:
        settle(lease, at=at)


@transaction.atomic
def settle(lease: Lease, *, at: datetime.datetime) -> None:
    """Write what became of them."""
    sent = lease.rows().filter(pk__in=[message.pk for message in lease.sent])
    sent.update(state=OutboxMessage.State.SENT, sent_at=at, last_error="")
    sent.filter(is_secret=True).update(body="")
    for message, failure in lease.failed:
        put_off(message, failure, at=at)
    for message in lease.untried:  # as if they had not been taken
        message.attempt_count -= 1
    failed = [message for message, _failure in lease.failed]
    lease.rows().bulk_update(failed, ["state", "due_at", "attempt_count", "last_error"])
    lease.rows().bulk_update(lease.untried, ["due_at", "attempt_count"])


def put_off(message: OutboxMessage, failure: CarrierFailed, *, at: datetime.datetime) -> None:
    """Let it wait longer after each failure; after the last pause the message is given up. Not saved.

    A try at a carrier that is away does not count: no message is given up for an outage, however long.
    """
    message.last_error = str(failure)[:300]
    if isinstance(failure, CarrierAway):
        message.attempt_count -= 1
        message.due_at = at + PAUSES[0]  # others first, should it be the message after all
    elif message.attempt_count > len(PAUSES):
        message.state = OutboxMessage.State.DEAD
        log.error("message_given_up", message=message.pk, channel=message.channel, error=message.last_error)
    else:
        message.due_at = at + PAUSES[message.attempt_count - 1]


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
