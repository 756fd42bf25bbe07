import datetime
import hashlib
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from qixue.people.models.accounts import User


class WebSession(AbstractBaseSession):
    """One browser that visits; with a user once somebody signed in there. Without the row the browser is signed out."""

    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="web_sessions")
    signed_in_at = models.DateTimeField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_module(settings.SESSION_ENGINE).SessionStore

    @property
    def mark(self) -> str:
        """A name for pages: the key itself is a secret."""
        return hashlib.sha256(self.session_key.encode()).hexdigest()[:16]

    @property
    def last_seen_at(self) -> datetime.datetime:
        """Every request puts the end off by the same time."""
        return self.expire_date - datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE)
