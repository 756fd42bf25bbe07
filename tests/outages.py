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
    """A full disk fails every statement that writes, a database that is away every one."""

    def execute(go_on: Any, statement: str, *others: Any) -> Any:
        if not is_full or statement.startswith(WRITING):
            raise OperationalError from driver_error(is_full=is_full)
        return go_on(statement, *others)

    with connection.execute_wrapper(execute):
        yield
