import datetime
from typing import Any

from django.db import models


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
    return AuditEntry.objects.create(
        at=at,
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        actor_id=by.pk if by else None,
        actor_name=by.display_name if by else "system",
        details=details or {},
    )
