import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from qixue.core.inserts import made


class AuditEntry(models.Model):
    """One act of one person: who did what to which record, when. Keeps names as values: nothing blocks a deletion."""

    at = models.DateTimeField()
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=100)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="audit_subject")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name}: {self.action}"


def record_audit(
    action: str,
    subject: models.Model,
    *,
    by: Any,
    at: datetime.datetime,
    details: dict[str, Any] | None = None,
) -> AuditEntry:
    """Write the audit entry of an act, inside the transaction of that act.

    `by` is the acting user, or None for the system itself (a loader, a schedule).
    """
    entry = audit_entry(action, subject, by=by, at=at, details=details)
    entry.save(force_insert=True)
    return entry


def audit_entry(
    action: str,
    subject: models.Model,
    *,
    by: Any,
    at: datetime.datetime,
    details: dict[str, Any] | None = None,
) -> AuditEntry:
    """The same, not saved: for the few acts that write their rows by hand."""
    return made(
        AuditEntry,
        at=at,
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        actor_id=by.pk if by else None,
        actor_name=by.display_name if by else "system",
        details=details or {},
    )


class OutboxMessage(models.Model):
    """A message to the outside world: written in the transaction of the act that causes it, sent by the worker."""

    class Channel(models.TextChoices):
        MAIL = "mail", _("Mail")
        SMS = "sms", _("SMS")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        DEAD = "dead", _("Given up")
        EXPIRED = "expired", _("Not sent: its time was over")

    channel = models.CharField(max_length=10, choices=Channel)
    recipient = models.CharField(max_length=160)  # a mail address or a mobile number
    recipient_name = models.CharField(max_length=100, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    key = models.CharField(max_length=160, unique=True)  # the same key is written once
    scope = models.CharField(max_length=400, blank=True)  # tree path of the organisation that sends it
    is_secret = models.BooleanField(default=False)  # holds a personal link: no page shows it, none is left once sent
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()  # not before: quiet hours, and the pause after a failed try
    expires_at = models.DateTimeField(null=True, blank=True)  # useless from then on, and not sent any more
    sent_at = models.DateTimeField(null=True, blank=True)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at=None)),
                name="outbox_sent_has_a_time",
            )
        ]
        indexes = [models.Index(fields=["state", "due_at", "id"], name="outbox_due")]

    def __str__(self) -> str:
        return f"{self.channel} {self.state} {self.pk}"


class KeptAnswer(models.Model):
    """What a program was answered, so that the same request under the same key is answered alike and acts once."""

    actor_id = models.BigIntegerField()
    key = models.UUIDField()  # made by the program
    digest = models.CharField(max_length=64)  # of the request: another one under the same key is refused
    body = models.JSONField(default=dict)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor_id", "key"], name="answered_once_per_key")]

    def __str__(self) -> str:
        return f"{self.actor_id} {self.key}"


class SigningKey(models.Model):
    """A pair of Ed25519 keys that signs for one purpose; others check what it signed with the public half.

    One key of a purpose is current. A retired one stays, so that what it signed can still be checked.
    """

    class Purpose(models.TextChoices):
        TICKET = "ticket", _("Tickets")
        CREDENTIAL = "credential", _("Certificates")
        REPORT = "report", _("Work summaries")

    kid = models.CharField(max_length=8, unique=True)  # hex of the first 4 bytes of SHA-256(raw public key)
    purpose = models.CharField(max_length=10, choices=Purpose)
    public_key = models.CharField(max_length=43)  # 32 bytes as base64url without padding
    private_key = models.TextField()  # sealed, see `core.signing_keys`
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["purpose"], condition=models.Q(retired_at=None), name="one_current_key_per_purpose"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.kid}"


class Change(models.Model):
    """That something has changed on which figures stand (core/changes.py). Written by triggers of the database."""

    subject = models.CharField(max_length=10)
    size = models.BigIntegerField()  # a random number below 2^40

    def __str__(self) -> str:
        return f"{self.subject} {self.pk}"
