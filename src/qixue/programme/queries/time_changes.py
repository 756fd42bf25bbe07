"""What the audit says of the times of sessions."""

import datetime

from qixue.core.models import AuditEntry
from qixue.programme.models import Session


def has_moved_since(session: Session, moment: datetime.datetime) -> bool:
    """Whether somebody gave the session another start after the moment."""
    edits = AuditEntry.objects.filter(
        subject_type=session._meta.label_lower, subject_id=str(session.pk), action="session.edited", at__gt=moment
    )
    return any("starts_at" in details["fields"] for details in edits.values_list("details", flat=True))
