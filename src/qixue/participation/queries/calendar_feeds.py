"""Whose calendar a secret address shows, and the address of a resident."""

from qixue.core.sealed import unseal
from qixue.participation.models import CalendarFeed
from qixue.people.models import Resident

SEALED_FOR = "calendar-feed"


def resident_of_feed(secret: str) -> Resident | None:
    """None for a secret that nobody has, or whose account is closed."""
    feeds = CalendarFeed.objects.select_related("resident__user").filter(digest=CalendarFeed.digest_of(secret))
    found = feeds.first()
    return found.resident if found and found.resident.user and found.resident.user.is_active else None


def feed_secret_of(resident: Resident) -> str | None:
    """None while the resident has no address, or when the secret key of the installation has changed since."""
    feed = CalendarFeed.objects.filter(resident=resident).first()
    return unseal(feed.sealed_secret, SEALED_FOR) if feed else None
