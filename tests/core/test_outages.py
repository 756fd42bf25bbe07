"""A full disk and a database that is away, told apart from mistakes in a statement."""

import errno
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection
from tests.outages import driver_error

from qixue.core.outages import Outage, outage_of
from qixue.core.sqlite.base import driver


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(("is_full", "outage"), [(True, Outage.DISK_FULL), (False, Outage.DATABASE_AWAY)])
def test_outage_is_recognised_by_the_code_of_the_driver(is_full: bool, outage: Outage) -> None:
    assert outage_of(caused(OperationalError(), driver_error(is_full=is_full))) == outage


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
    with pytest.raises(DatabaseError) as failure, connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")

    assert outage_of(failure.value) is None


@pytest.mark.parametrize("error", [None, IntegrityError(), OSError(errno.EACCES, "not allowed"), ValueError()])
def test_other_errors_are_no_outage(error: Exception | None) -> None:
    assert outage_of(error) is None
