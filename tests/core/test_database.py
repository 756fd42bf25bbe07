"""The test database itself: its triggers survive what the tests do to it, and its settings."""

import pytest
from django.db import DatabaseError, connection, transaction

from qixue.participation import triggers


def has_triggers() -> bool:
    tables = {"sqlite": "sqlite_master WHERE type = 'trigger'", "postgresql": "pg_trigger WHERE NOT tgisinternal"}
    names = {"sqlite": "name", "postgresql": "tgname"}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names[connection.vendor]} FROM {tables[connection.vendor]}")  # noqa: S608 - constants
        return any(name.startswith("ledger_no") for (name,) in cursor.fetchall())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_ledger_triggers_stand_again_after_tables_were_emptied(turn):
    assert has_triggers()


@pytest.mark.django_db(transaction=True)
def test_ledger_triggers_can_be_installed_twice():
    triggers.install(connection)
    triggers.install(connection)

    assert has_triggers()


@pytest.mark.django_db
def test_ledger_table_cannot_be_emptied_while_triggers_stand():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no TRUNCATE; tests/participation shows that it refuses DELETE")

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE participation_ledgerentry CASCADE")


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite")
def test_connection_holds_the_pages_of_a_batch_and_writes_what_is_nothing() -> None:
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA cache_size").fetchone() == (-8000,)  # kilobytes
        assert cursor.execute("SELECT %s IS NULL", [None]).fetchone() == (1,)
