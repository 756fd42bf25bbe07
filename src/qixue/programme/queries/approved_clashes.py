"""Clashes that stood when a plan was approved all the same: kept as they were, told to each reader in their words."""

import datetime
import json
from collections.abc import Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from qixue.core.models import AuditEntry
from qixue.programme.models import Plan
from qixue.programme.queries.conflicts import Conflict, Meeting, worded
from qixue.programme.queries.slots import Slot

ACTION = "plan.approved_with_clashes"


def details_of(version_number: int, clashes: Iterable[Meeting]) -> dict[str, Any]:
    """Both sides of each clash as values: plans move on, and the entry has to say what was seen on that day."""
    kept = [
        {"kind": kind, "is_hard": is_hard, "slots": [side._asdict() for side in (slot, other) if side]}
        for kind, slot, other, is_hard in clashes
    ]
    values: dict[str, Any] = json.loads(DjangoJSONEncoder().encode({"version": version_number, "clashes": kept}))
    return values


def approved_clashes(plan: Plan, paths: list[str]) -> dict[int, list[Conflict]]:
    """Version number -> what it was approved with; a version is approved at most once.

    `paths` are the tree paths that the viewer sees; of what belongs to others only time and place are named.
    """
    entries = AuditEntry.objects.filter(
        subject_type=plan._meta.label_lower, subject_id=str(plan.pk), action=ACTION
    ).order_by("pk")
    return {
        entry.details["version"]: [worded(meeting_of(kept), plan.programme, paths) for kept in entry.details["clashes"]]
        for entry in entries
    }


def meeting_of(kept: dict[str, Any]) -> Meeting:
    slot, other = (slot_of(values) for values in kept["slots"])
    return Meeting(kept["kind"], slot, other, kept["is_hard"])


def slot_of(values: dict[str, Any]) -> Slot:
    times = {name: datetime.datetime.fromisoformat(values[name]) for name in ("starts_at", "ends_at")}
    read: dict[str, Any] = {name: values.get(name) for name in Slot._fields} | times
    return Slot(**read)
