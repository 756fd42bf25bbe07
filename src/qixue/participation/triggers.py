"""The database itself refuses to change or delete a ledger entry, whoever asks."""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "participation_ledgerentry"
SQLITE_REFUSAL = "BEGIN SELECT RAISE(ABORT, 'ledger entries are never changed or deleted'); END"
POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger entries are never changed or deleted' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

INSTALL = {
    "sqlite": [
        f"CREATE TRIGGER ledger_no_update BEFORE UPDATE ON {TABLE} {SQLITE_REFUSAL}",
        f"CREATE TRIGGER ledger_no_delete BEFORE DELETE ON {TABLE} {SQLITE_REFUSAL}",
    ],
    "postgresql": [
        POSTGRESQL_FUNCTION,
        f"CREATE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE ON {TABLE}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change()",
        f"CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON {TABLE}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()",
    ],
}
REMOVE = {
    "sqlite": ["DROP TRIGGER IF EXISTS ledger_no_update", "DROP TRIGGER IF EXISTS ledger_no_delete"],
    "postgresql": [
        f"DROP TRIGGER IF EXISTS ledger_no_change ON {TABLE}",
        f"DROP TRIGGER IF EXISTS ledger_no_truncate ON {TABLE}",
    ],
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Set the triggers, replacing any that are there. Raises KeyError for a database that Qixue does not support."""
    remove(connection)
    with connection.cursor() as cursor:
        for statement in INSTALL[connection.vendor]:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away: for emptying a test database, never while a city works."""
    with connection.cursor() as cursor:
        for statement in REMOVE[connection.vendor]:
            cursor.execute(statement)
