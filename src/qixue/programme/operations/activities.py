"""Writes to activities: draft, edit, publish."""

import datetime
from dataclasses import dataclass, fields

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import Organisation, User
from qixue.programme.models import Activity, Brand, Programme


@dataclass(frozen=True)
class ActivityContent:
    """What people type about an activity."""

    title: str
    kind: str
    audience: str
    title_en: str = ""
    description: str = ""
    description_en: str = ""
    brand: Brand | None = None


CONTENT_FIELDS = tuple(field.name for field in fields(ActivityContent))


@transaction.atomic
def create_activity(
    programme: Programme, organisation: Organisation, *, content: ActivityContent, by: User, at: datetime.datetime
) -> Activity:
    """Draft an activity whose records the organisation will keep. It gets the next free code of its programme."""
    Programme.objects.select_for_update().get(pk=programme.pk)
    activity = Activity.objects.create(
        programme=programme,
        organisation=organisation,
        region=organisation.region,
        code=next_code(programme),
        **{name: getattr(content, name) for name in CONTENT_FIELDS},
    )
    record_audit("activity.created", activity, by=by, at=at)
    return activity


def next_code(programme: Programme) -> str:
    """N1, N2, …: the first that is free; codes never change, because the ledger names activities by them."""
    taken = set(programme.activities.values_list("code", flat=True))
    return next(code for number in range(1, len(taken) + 2) if (code := f"N{number}") not in taken)


@transaction.atomic
def edit_activity(
    activity: Activity, *, content: ActivityContent, version: int, by: User, at: datetime.datetime
) -> Activity:
    """Save what was typed. Refused: changed_meanwhile when somebody else saved after `version` was read."""
    activity = Activity.objects.select_for_update().get(pk=activity.pk)
    check_version(activity.version, version)
    for name in CONTENT_FIELDS:
        setattr(activity, name, getattr(content, name))
    activity.version += 1
    activity.save(update_fields=[*CONTENT_FIELDS, "version"])
    record_audit("activity.edited", activity, by=by, at=at, details={"version": activity.version})
    return activity


def check_version(stored: int, seen: int) -> None:
    if stored != seen:
        raise Refused("changed_meanwhile", _("Somebody else has changed this since you opened it."))


@transaction.atomic
def publish_activity(activity: Activity, *, by: User, at: datetime.datetime) -> Activity:
    """Show the activity to everybody. Publishing twice changes nothing. Refused: no_session, not_a_draft."""
    activity = Activity.objects.select_for_update().get(pk=activity.pk)
    if activity.state == Activity.State.PUBLISHED:
        return activity
    if activity.state != Activity.State.DRAFT:
        raise Refused("not_a_draft", _("This activity was cancelled and cannot be published."))
    if not activity.sessions.exists():
        raise Refused("no_session", _("Please add at least one session before you publish the activity."))
    activity.state = Activity.State.PUBLISHED
    activity.save(update_fields=["state"])
    record_audit("activity.published", activity, by=by, at=at)
    return activity
