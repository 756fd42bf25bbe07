"""That somebody took a table with people's names along goes on record."""

import datetime
from typing import Any

from django.db import models, transaction

from qixue.core.models import record_audit


@transaction.atomic
def note_export(subject: models.Model, *, table: str, kind: str, count: int, by: Any, at: datetime.datetime) -> None:
    """`subject` is the record whose people the table names, `count` how many rows left."""
    record_audit("table.exported", subject, by=by, at=at, details={"table": table, "kind": kind, "count": count})
