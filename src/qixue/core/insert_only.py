"""Tables to which rows are only ever added: the database itself refuses to change or delete one, whoever asks."""

from django.db.backends.base.base import BaseDatabaseWrapper

POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_{name}_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
INSTALL = {
    "sqlite": [
        "CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{sentence}'); END",
        "CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{sentence}'); END",
    ],
    "postgresql": [
        POSTGRESQL_FUNCTION,
        "CREATE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_{name}_change()",
        "CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_{name}_change()",
    ],
}
REMOVE = {
    "sqlite": ["DROP TRIGGER IF EXISTS {name}_no_update", "DROP TRIGGER IF EXISTS {name}_no_delete"],
    "postgresql": [
        "DROP TRIGGER IF EXISTS {name}_no_change ON {table}",
        "DROP TRIGGER IF EXISTS {name}_no_truncate ON {table}",
    ],
}


def refuse_changes(connection: BaseDatabaseWrapper, table: str, *, name: str, sentence: str) -> None:
    """Set the triggers of a table under a short name, replacing any that are there.

    Raises KeyError for a database that Qixue does not support. All three texts are constants of the code, never input.
    """
    allow_changes(connection, table, name=name)
    execute(connection, INSTALL, table=table, name=name, sentence=sentence)


def allow_changes(connection: BaseDatabaseWrapper, table: str, *, name: str) -> None:
    """Take the triggers away: for emptying a test database, never while a city works."""
    execute(connection, REMOVE, table=table, name=name)


def execute(connection: BaseDatabaseWrapper, statements: dict[str, list[str]], **names: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement.format(**names))
