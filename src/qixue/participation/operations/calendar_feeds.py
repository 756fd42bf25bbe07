"""The secret calendar address of a resident: made, made anew, and taken away."""

import datetime
import secrets

from django.db import transaction

from qixue.core.models import record_audit
from qixue.core.sealed import seal
from qixue.participation.models import CalendarFeed
from qixue.participation.queries.calendar_feeds import SEALED_FOR
from qixue.people.models import Resident, User

SECRET_BYTES = 24


@transaction.atomic
def renew_feed(resident: Resident, *, by: User, at: datetime.datetime) -> CalendarFeed:
    """Give the resident a new address; the one before it shows nothing from now on."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    values = {
        "digest": CalendarFeed.digest_of(secret),
        "sealed_secret": seal(secret, SEALED_FOR),
        "made_at": at,
    }
    feed, _is_new = CalendarFeed.objects.update_or_create(resident=resident, defaults=values)
    record_audit("calendar_feed.renewed", resident, by=by, at=at)
    return feed


@transaction.atomic
def end_feed(resident: Resident, *, by: User, at: datetime.datetime) -> None:
    """Take the address away. Doing it again changes nothing."""
    deleted, _by_model = CalendarFeed.objects.filter(resident=resident).delete()
    if deleted:
        record_audit("calendar_feed.ended", resident, by=by, at=at)
