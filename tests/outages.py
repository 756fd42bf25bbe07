"""Lets the database fail as it does when its disk is full or it is away."""

import contextlib
from collections.abc import Iterator
from typing import Any

from django.db import OperationalError, connection

WRITING = ("INSERT", "UPDATE", "DELETE")


def driver_error(*, is_full: bool) -> Exception:
    """What the driver of the database raises."""
    if connection.vendor == "postgresql":
        errors = connection.Database.errors
        return errors.DiskFull() if is_full else errors.AdminShutdown()
    error = connection.Database.OperationalError()
    error.sqlite_errorcode = 13 if is_full else 14  # SQLITE_FULL, SQLITE_CANTOPEN
    return error


@contextlib.contextmanager
def outage(*, is_full: bool) -> Iterator[None]:
    """A full disk fails every statement that writes, a database that is away every one.

    Of those that go past Django's cursors (qixue.core.statements) it knows nothing: for them there is `full_sqlite`.
    """

    def execute(go_on: Any, statement: str, *others: Any) -> Any:
        if not is_full or statement.startswith(WRITING):
            raise OperationalError from driver_error(is_full=is_full)
        return go_on(statement, *others)

    with connection.execute_wrapper(execute):
        yield


def fill(cursor: Any, size: int) -> None:
    with contextlib.suppress(OperationalError):
        while True:
            cursor.execute("INSERT INTO filler VALUES (zeroblob(%s))", [size])


@contextlib.contextmanager
def full_sqlite() -> Iterator[None]:
    """A file that may not grow: SQLite itself fails, whichever way a statement comes, once the last page is full.

    Outside of a transaction, which such a failure may end.
    """
    with connection.cursor() as cursor:
        most_pages = cursor.execute("PRAGMA max_page_count").fetchone()[0]
        cursor.execute("CREATE TABLE filler (bytes)")
        cursor.execute("PRAGMA max_page_count = 1")  # SQLite takes the pages that there are
        try:
            for size in (1_000_000, 3_000):  # of what takes the pages that are free
                fill(cursor, size)
            yield
        finally:
            cursor.execute(f"PRAGMA max_page_count = {most_pages}")
            cursor.execute("DROP TABLE filler")
