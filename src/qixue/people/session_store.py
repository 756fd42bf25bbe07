"""Where sessions are kept (SESSION_ENGINE): Django's database store, whose rows also say whose session it is."""

import datetime
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from qixue.core.clock import now
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


def forget_expired(*, at: datetime.datetime | None = None) -> int:
    """Delete sessions that have ended by themselves. Returns how many."""
    return WebSession.objects.filter(expire_date__lt=at or now()).delete()[0]
