"""Tickets that a browser keeps for where there is no network: in which of its caches, and whose they are."""

import datetime

from django.utils.crypto import salted_hmac

from qixue.people.models import User

CACHE = "qixue-tickets"
KEPT_FOR = datetime.timedelta(days=1)  # after the end of the session


def ticket_cache() -> str:
    """The name of the browser's cache, for the scripts that keep, show and forget."""
    return CACHE


def ticket_owner(user: User) -> str:
    """A mark that tells tickets of one person on a phone from those of another, and says nothing about either."""
    return salted_hmac("qixue.ticket_owner", str(user.pk), algorithm="sha256").hexdigest()[:32]
