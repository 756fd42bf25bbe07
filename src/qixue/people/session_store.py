"""Where sessions are kept (SESSION_ENGINE): Django's database store, whose rows also say whose session it is."""

import datetime
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from qixue.core.clock import now
from qixue.core.outages import outage_of
from qixue.people.models import WebSession

SIGNED_IN_AT, USER_AGENT = "signed_in_at", "user_agent"


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[WebSession]:
        return WebSession

    def create_model_instance(self, data: dict[str, Any]) -> WebSession:
        row = cast("WebSession", super().create_model_instance(data))
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        if row.user_id and SIGNED_IN_AT in data:
            row.signed_in_at = datetime.datetime.fromisoformat(data[SIGNED_IN_AT])
            row.user_agent = data.get(USER_AGENT, "")
        return row

    def save(self, must_create: bool = False) -> None:
        """Where only its end moves on, a full disk or a database that went away does not take the page with it.

        Django takes every error of the database for a session that somebody has ended.
        """
        try:
            super().save(must_create)
        except UpdateError as error:
            failure = error.__context__
            if failure is None or outage_of(failure) is None:
                raise
            if self.modified:
                raise failure  # noqa: B904 - it has a cause of its own, by which it is recognised


def forget_expired(*, at: datetime.datetime | None = None) -> int:
    """Delete sessions that have ended by themselves. Returns how many."""
    return WebSession.objects.filter(expire_date__lt=at or now()).delete()[0]
