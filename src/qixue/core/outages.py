"""What it means to whoever asks when a disk is full, a database away or a core busy, apart from our own mistakes."""

import errno
from enum import Enum
from typing import Any

from django.db import Error, InterfaceError, OperationalError
from django.utils.translation import gettext_lazy as _

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# https://www.postgresql.org/docs/15/errcodes-appendix.html. A deadlock or a statement that took too long is an
# operational error too, but one of ours.
POSTGRESQL_FULL = "53100"
POSTGRESQL_AWAY = ("08", "57P", "53300")  # connection lost, shut down or starting, too many connections
# https://sqlite.org/rescode.html: what the disk or another program does, not what a statement gets wrong.
SQLITE_FULL = 13
SQLITE_AWAY = {5, 6, 8, 10, 14}  # busy, locked, read-only, input or output failed, cannot be opened


class Outage(Enum):
    """Status of the answer, seconds after which to try again (at most, for BUSY), and what to say."""

    DISK_FULL = (
        507,
        60,
        _("The disk of the server is full: nothing can be saved for the moment. What was saved before is safe."),
    )
    DATABASE_AWAY = (
        503,
        5,
        _("The database cannot be reached for the moment. Please look again shortly, and send again what is missing."),
    )
    BUSY = (
        503,
        3,
        _("Other files are being made right now. Yours follows by itself: please leave this page open."),
    )

    def __init__(self, status: int, retry_after: int, sentence: Any) -> None:
        self.status, self.retry_after, self.sentence = status, retry_after, sentence

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after), "Cache-Control": "no-store"}


def outage_of(error: BaseException | None) -> Outage | None:
    """None for an error of another kind."""
    if isinstance(error, OSError):
        return Outage.DISK_FULL if error.errno in NO_ROOM else None
    if isinstance(error, OperationalError | InterfaceError):
        return of_the_database(error)
    return None


def code_of(error: BaseException) -> int | str | None:
    """What the database calls it: SQLite's result code, PostgreSQL's SQLSTATE; None where it did not answer."""
    cause = error.__cause__
    return getattr(cause, "sqlite_errorcode", None) or getattr(cause, "sqlstate", None)


def of_the_database(error: Error) -> Outage | None:
    match code_of(error):
        case int(code):
            return of_sqlite(code & 0xFF)  # what is above says more of the same
        case str(code):
            return of_postgresql(code)
    return Outage.DATABASE_AWAY


def of_sqlite(code: int) -> Outage | None:
    if code == SQLITE_FULL:
        return Outage.DISK_FULL
    return Outage.DATABASE_AWAY if code in SQLITE_AWAY else None


def of_postgresql(code: str) -> Outage | None:
    if code == POSTGRESQL_FULL:
        return Outage.DISK_FULL
    return Outage.DATABASE_AWAY if code.startswith(POSTGRESQL_AWAY) else None
