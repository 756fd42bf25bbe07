"""Telling people: into the inbox always, by mail and SMS as they wish, never inside a request."""

import datetime
from collections.abc import Iterable

from django.db import transaction

from qixue.people.models import Notification, User
from qixue.people.notices import KINDS, Notice


@transaction.atomic
def notify(users: Iterable[User], notice: Notice, *, at: datetime.datetime) -> None:
    """Put the notice into the inboxes. Raises KeyError for a kind that nobody registered."""
    kind = KINDS[notice.kind]
    Notification.objects.bulk_create(
        [
            Notification(
                user=user,
                kind=kind.code,
                params=dict(notice.params),
                link=notice.link,
                created_at=at,
                key=notice.key,
            )
            for user in users
        ],
        ignore_conflicts=True,
    )
