"""A full disk and a database that is away, told apart from mistakes in a statement."""

import errno
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection, transaction
from psycopg import InterfaceError as DriverInterfaceError
from psycopg import OperationalError as DriverOperationalError
from psycopg import errors as postgresql
from tests.outages import driver_error

from qixue.core.outages import Outage, code_of, outage_of
from qixue.core.sqlite.base import driver


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(("is_full", "outage"), [(True, Outage.DISK_FULL), (False, Outage.DATABASE_AWAY)])
def test_outage_is_recognised_by_the_code_of_the_driver(is_full: bool, outage: Outage) -> None:
    assert outage_of(caused(OperationalError(), driver_error(is_full=is_full))) == outage


@pytest.mark.parametrize(
    "kind",
    [
        postgresql.ConnectionException,
        postgresql.ConnectionFailure,
        postgresql.AdminShutdown,
        postgresql.CrashShutdown,
        postgresql.CannotConnectNow,
        postgresql.TooManyConnections,
        postgresql.ConnectionTimeout,
        DriverOperationalError,
    ],
)
def test_postgresql_that_cannot_be_reached_is_away(kind: type[Exception]) -> None:
    assert outage_of(caused(OperationalError(), kind())) == Outage.DATABASE_AWAY


def test_connection_that_was_lost_before_the_statement_is_away() -> None:
    assert outage_of(caused(InterfaceError(), DriverInterfaceError())) == Outage.DATABASE_AWAY


def test_postgresql_without_room_is_a_full_disk() -> None:
    assert outage_of(caused(OperationalError(), postgresql.DiskFull())) == Outage.DISK_FULL


@pytest.mark.parametrize(
    "kind",
    [
        postgresql.SerializationFailure,
        postgresql.DeadlockDetected,
        postgresql.ProgramLimitExceeded,
        postgresql.StatementTooComplex,
        postgresql.ObjectNotInPrerequisiteState,
        postgresql.LockNotAvailable,
        postgresql.QueryCanceled,
    ],
)
def test_statement_that_postgresql_stopped_is_no_outage(kind: type[Exception]) -> None:
    assert issubclass(kind, DriverOperationalError)
    assert outage_of(caused(OperationalError(), kind())) is None


def test_code_of_an_outage_is_what_the_database_calls_it() -> None:
    causes = [postgresql.AdminShutdown(), driver_error(is_full=True), DriverOperationalError()]

    codes = [code_of(caused(OperationalError(), cause)) for cause in causes]

    assert codes == ["57P01", "53100" if connection.vendor == "postgresql" else 13, None]


def test_sqlite_that_may_not_grow_is_a_full_disk(tmp_path: Path) -> None:
    full = driver.connect(tmp_path / "full.sqlite3")
    full.execute("CREATE TABLE t (x)")
    full.execute("PRAGMA max_page_count = 2")

    with pytest.raises(driver.OperationalError) as failure:
        full.execute("INSERT INTO t VALUES (zeroblob(100000))")
    full.close()

    assert outage_of(caused(OperationalError(), failure.value)) == Outage.DISK_FULL


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_file_without_room_is_a_full_disk(number: int) -> None:
    assert outage_of(OSError(number, "no room")) == Outage.DISK_FULL


@pytest.mark.django_db
def test_mistake_in_a_statement_is_no_outage() -> None:
    with pytest.raises(DatabaseError) as failure, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")

    assert outage_of(failure.value) is None


@pytest.mark.parametrize("error", [None, IntegrityError(), OSError(errno.EACCES, "not allowed"), ValueError()])
def test_other_errors_are_no_outage(error: Exception | None) -> None:
    assert outage_of(error) is None
