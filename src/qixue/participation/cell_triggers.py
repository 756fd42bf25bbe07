"""The database itself takes tallies out of their cells when a session or an activity moves, whoever moves it.

What a figure narrows by is changed in many places, far from the ledger. A tally that has moved is to be merged again,
and the cell in which it was is to be made anew.

SQLite loses the triggers of a table that a migration makes anew, and refuses to do that to a table that one of them
names. So they are away while it migrates, and no cell says anything meanwhile; PostgreSQL keeps them all the time.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

OF_ACTIVITY = "activity_id = NEW.id"
OF_SESSION = "session_id = NEW.id"
OF_VENUE = "session_id IN (SELECT id FROM programme_session WHERE venue_id = NEW.id)"
WATCHED = {  # by table: its columns by which a figure narrows, and the tallies that a row decides about
    "programme_activity": (
        ("programme_id", "organisation_id", "brand_id", "series_id", "region_id", "kind", "state"),
        OF_ACTIVITY,
    ),
    "programme_session": (("activity_id", "venue_id"), OF_SESSION),
    "places_venue": (("region_id",), OF_VENUE),
}
BODY = """
UPDATE participation_tally SET is_merged = FALSE WHERE {tallies};
UPDATE participation_cell SET people = NULL WHERE id IN (SELECT cell_id FROM participation_tally WHERE {tallies});
"""
INSTALL = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS {table}_moved",
        "CREATE TRIGGER {table}_moved AFTER UPDATE ON {table} WHEN ({old}) IS NOT ({new}) BEGIN {body} END",
    ],
    "postgresql": [  # a WHEN would forbid migrations to change the type of a column
        "CREATE OR REPLACE FUNCTION {table}_moved() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN IF ({old}) IS DISTINCT FROM ({new}) THEN {body} END IF; RETURN NULL; END $$",
        "CREATE OR REPLACE TRIGGER {table}_moved AFTER UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_moved()",
    ],
}
REMOVE = {
    "sqlite": "DROP TRIGGER IF EXISTS {table}_moved",
    "postgresql": "DROP TRIGGER IF EXISTS {table}_moved ON {table}",
}
PRESENT = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
}
SPOIL_ALL = "UPDATE participation_cell SET people = NULL"


def before_migration(using: str, plan: Sequence[Any], **_more: Any) -> None:
    connection = connections[using]
    if plan and connection.vendor == "sqlite":
        with transaction.atomic(using=using):
            if has_cells(connection):
                run(connection, SPOIL_ALL)
            remove(connection)


def after_migration(using: str, plan: Sequence[Any] = (), **_more: Any) -> None:
    """An older state of the database has no cells, and bears no trigger that names them."""
    connection = connections[using]
    if not has_cells(connection):
        remove(connection)
    elif plan or missing(connection):
        install(connection)


def has_cells(connection: BaseDatabaseWrapper) -> bool:
    return "participation_cell" in connection.introspection.table_names()


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of triggers that are not there. Without one of them cells go stale."""
    with connection.cursor() as cursor:
        cursor.execute(PRESENT[connection.vendor])
        present = {name for (name,) in cursor.fetchall()}
    return [f"{table}_moved" for table in WATCHED if f"{table}_moved" not in present]


def install(connection: BaseDatabaseWrapper) -> None:
    """Set the triggers, replacing any that are there, and have every cell made anew: nobody knows what moved before.

    Raises KeyError for a database that Qixue does not support.
    """
    with transaction.atomic(using=connection.alias):
        for table, (columns, tallies) in WATCHED.items():
            old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
            for statement in INSTALL[connection.vendor]:
                run(connection, statement.format(table=table, old=old, new=new, body=BODY.format(tallies=tallies)))
        run(connection, SPOIL_ALL)


def remove(connection: BaseDatabaseWrapper) -> None:
    for table in WATCHED:
        run(connection, REMOVE[connection.vendor].format(table=table))


def run(connection: BaseDatabaseWrapper, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
