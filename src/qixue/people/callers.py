"""Who calls with a token, and all that signing them up needs to know of them, for all who call at once.

For the address that thousands call in the same minute; everywhere else `queries.user_of_token` and the models do.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.utils.timezone import make_aware

from qixue.core.inserts import as_read
from qixue.core.statements import Statement, among, listed, vendor
from qixue.people.models import NotificationPreference, Resident, User
from qixue.people.operations.notifications import Wishes

USER = ("id", "username", "display_name", "is_active", "email", "mobile", "language")
RESIDENT = ("id", "name", "birth_year", "home_region_id", "guardian_id", "user_id")
ASKING = f"""
SELECT {", ".join(f"u.{name}" for name in USER)}, {", ".join(f"r.{name}" for name in RESIDENT)},
    t.digest, t.expires_at, t.revoked_at, w.by_mail, w.by_sms, q.begins, q.ends,
    EXISTS (SELECT 1 FROM people_roleassignment a WHERE a.user_id = u.id)
FROM people_apitoken t
JOIN people_user u ON u.id = t.user_id
LEFT JOIN people_resident r ON r.user_id = u.id
LEFT JOIN people_notificationpreference w ON w.user_id = u.id AND w.topic = %s
LEFT JOIN people_quiethours q ON q.user_id = u.id
WHERE {{of_one}}
"""  # noqa: S608 - names of columns, from above


@dataclass(frozen=True)
class Caller:
    """The person behind a token. `resident` is None for somebody who is none; `has_role`: works for an organisation,
    or did. `wishes` are those about registrations. `until` is when the token ends; None where it was revoked.
    """

    user: User
    resident: Resident | None
    wishes: Wishes
    has_role: bool
    until: datetime.datetime | None

    def may_call_at(self, at: datetime.datetime) -> bool:
        """Whether the token leads to somebody, as in `queries.user_of_token`."""
        return self.user.is_active and self.until is not None and at < self.until


def asking_for(digests: Iterable[str]) -> Statement:
    """What asks who is behind tokens of these digests, anew with each call: one that was revoked is refused at once."""
    return asking(vendor()), [NotificationPreference.Topic.REGISTRATIONS.value, listed(digests)]


@cache
def asking(_vendor: str) -> str:
    return ASKING.format(of_one=among("t.digest", "varchar"))


def callers_in(rows: Iterable[tuple]) -> dict[str, Caller]:
    """Those whom the answer to `asking_for` tells of, by the digest of their token."""
    return dict(map(caller_in, rows))


def caller_in(row: tuple) -> tuple[str, Caller]:
    end = len(USER) + len(RESIDENT)
    digest, expires_at, revoked_at, by_mail, by_sms, begins, ends, has_role = row[end:]
    quiet = (begins, ends) if begins is not None else None
    wishes = Wishes(quiet=quiet) if by_mail is None else Wishes(by_mail, by_sms, quiet)
    user, resident = as_read(User, USER, row[: len(USER)]), resident_in(row[len(USER) : end])
    return digest, Caller(user, resident, wishes, bool(has_role), None if revoked_at else aware(expires_at))


def resident_in(values: tuple) -> Resident | None:
    return as_read(Resident, RESIDENT, values) if values[0] is not None else None


def aware(moment: datetime.datetime) -> datetime.datetime:
    """A moment as a hand-written statement reads it: SQLite keeps UTC without saying so."""
    return moment if moment.tzinfo else make_aware(moment, datetime.UTC)
