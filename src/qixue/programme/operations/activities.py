"""Writes to activities: draft, edit, publish."""

import dataclasses
import datetime
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import Organisation, User
from qixue.places.models import Region
from qixue.programme import queries
from qixue.programme.models import Activity, Brand, Programme, Session
from qixue.programme.operations.listings import keep_listings

ALREADY_CHANGED = _("Somebody else has changed this in the meantime; please compare both texts.")


@dataclass(frozen=True)
class ActivityDetails:
    """What an organiser says about an activity."""

    title: str
    kind: str
    audience: str
    title_en: str = ""
    description: str = ""
    description_en: str = ""
    brand: Brand | None = None
    region: Region | None = None

    def values(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}


def code_of(client_uuid: uuid.UUID) -> str:
    """The code of an activity comes from the form that made it, so that a form sent twice makes one activity."""
    return f"A-{client_uuid.hex[:16]}"


@transaction.atomic
def create_activity(
    programme: Programme,
    *,
    organisation: Organisation,
    details: ActivityDetails,
    by: User | None,
    at: datetime.datetime,
    client_uuid: uuid.UUID,
) -> Activity:
    """Make a draft. The same `client_uuid` again returns the first draft.

    Refused: programme_closed, organisation_outside_programme.
    """
    if programme.state == Programme.State.CLOSED:
        raise Refused("programme_closed", _("This programme is closed; nothing can be added to it."))
    if not organisation.path.startswith(programme.organisation.path):
        raise Refused("organisation_outside_programme", _("This organisation does not take part in the programme."))
    values = {**details.values(), "organisation": organisation, "region": details.region or organisation.region}
    activity, is_new = Activity.objects.get_or_create(programme=programme, code=code_of(client_uuid), defaults=values)
    if is_new:
        record_audit("activity.created", activity, by=by, at=at, details={"title": activity.title})
    return activity


@transaction.atomic
def edit_activity(
    activity: Activity, *, details: ActivityDetails, version: int, by: User, at: datetime.datetime
) -> Activity:
    """Change the text of an activity. `version` is the one that the editor read.

    Refused: changed_meanwhile, activity_cancelled.
    """
    activity = Activity.objects.select_for_update().get(pk=activity.pk)
    if activity.version != version:
        raise Refused("changed_meanwhile", ALREADY_CHANGED)
    if activity.state == Activity.State.CANCELLED:
        raise Refused("activity_cancelled", _("This activity was cancelled and can no longer be changed."))
    changed = [name for name, value in details.values().items() if getattr(activity, name) != value]
    if not changed:
        return activity
    for name in changed:
        setattr(activity, name, getattr(details, name))
    activity.version += 1
    activity.save(update_fields=[*changed, "version"])
    keep_listings(Session.objects.filter(activity=activity))
    record_audit("activity.edited", activity, by=by, at=at, details={"fields": changed})
    return activity


@transaction.atomic
def publish_activity(activity: Activity, *, by: User, at: datetime.datetime) -> Activity:
    """Show a draft to everybody; again changes nothing. Refused: activity_incomplete, with what is missing."""
    activity = Activity.objects.select_for_update(of=("self",)).select_related("programme").get(pk=activity.pk)
    if activity.state == Activity.State.PUBLISHED:
        return activity
    if missing := queries.missing_for_publication(activity):
        raise Refused("activity_incomplete", _("Some things are missing before this can be published."), lines=missing)
    activity.state = Activity.State.PUBLISHED
    activity.version += 1
    activity.save(update_fields=["state", "version"])
    keep_listings(Session.objects.filter(activity=activity))
    record_audit("activity.published", activity, by=by, at=at)
    return activity
