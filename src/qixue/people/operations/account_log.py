"""What every act on an account leaves behind: an audit entry, and a notice to the person whose account it is."""

import datetime
from typing import Any

from qixue.core.models import record_audit
from qixue.people.models import User
from qixue.people.notices import Notice
from qixue.people.operations.notifications import notify

ACCOUNT_PAGE = "/account/"


def log_and_tell(act: str, user: User, *, by: Any, at: datetime.datetime, **params: str | int) -> None:
    """`act` is the audit's `account.<act>` and the notice's `account_<act>`; inside the transaction of the act."""
    entry = record_audit(f"account.{act}", user, by=by, at=at, details=dict(params))
    notice = Notice(f"account_{act}", key=f"account_{act}:{entry.pk}", link=ACCOUNT_PAGE, params=params)
    notify([user], notice, at=at)
