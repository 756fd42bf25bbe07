"""Who calls with a token, and all that signing them up needs to know of them, in one statement.

For the addresses that thousands call in the same minute; everywhere else `queries.user_of_token` and the models do.
"""

import datetime
from dataclasses import dataclass

from django.utils.timezone import make_aware

from qixue.core.inserts import as_read
from qixue.core.statements import answers_to
from qixue.people.models import ApiToken, NotificationPreference, Resident, User
from qixue.people.operations.notifications import Wishes

USER = ("id", "username", "display_name", "is_active", "email", "mobile", "language")
RESIDENT = ("id", "name", "birth_year", "home_region_id", "guardian_id", "user_id")
STATEMENT = f"""
SELECT {", ".join(f"u.{name}" for name in USER)}, {", ".join(f"r.{name}" for name in RESIDENT)},
    t.expires_at, t.revoked_at, w.by_mail, w.by_sms, q.begins, q.ends,
    EXISTS (SELECT 1 FROM people_roleassignment a WHERE a.user_id = u.id)
FROM people_apitoken t
JOIN people_user u ON u.id = t.user_id
LEFT JOIN people_resident r ON r.user_id = u.id
LEFT JOIN people_notificationpreference w ON w.user_id = u.id AND w.topic = %s
LEFT JOIN people_quiethours q ON q.user_id = u.id
WHERE t.digest = %s
"""  # noqa: S608 - names of columns, from above


@dataclass(frozen=True)
class Caller:
    """The person behind a token. `resident` is None for somebody who is none; `has_role`: works for an organisation,
    or did. `wishes` are those about registrations.
    """

    user: User
    resident: Resident | None
    wishes: Wishes
    has_role: bool


def caller_of_token(key: str, *, at: datetime.datetime) -> Caller | None:
    """Read anew with each call, so that a token that was revoked is refused at once. None as in `user_of_token`."""
    [rows] = answers_to((STATEMENT, [NotificationPreference.Topic.REGISTRATIONS.value, ApiToken.digest_of(key)]))
    if not rows:
        return None
    row = rows[0]
    end = len(USER) + len(RESIDENT)
    user = as_read(User, USER, row[: len(USER)])
    expires_at, revoked_at, by_mail, by_sms, begins, ends, has_role = row[end:]
    if revoked_at or at >= aware(expires_at) or not user.is_active:
        return None
    quiet = (begins, ends) if begins is not None else None
    wishes = Wishes(quiet=quiet) if by_mail is None else Wishes(by_mail, by_sms, quiet)
    return Caller(user, resident_in(row[len(USER) : end]), wishes, bool(has_role))


def resident_in(values: tuple) -> Resident | None:
    return as_read(Resident, RESIDENT, values) if values[0] is not None else None


def aware(moment: datetime.datetime) -> datetime.datetime:
    """A moment as a hand-written statement reads it: SQLite keeps UTC without saying so."""
    return moment if moment.tzinfo else make_aware(moment, datetime.UTC)
