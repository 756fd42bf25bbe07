"""The database itself takes tallies out of their cells when a session or an activity moves, whoever moves it.

What a figure narrows by is changed in many places, far from the ledger. A tally that has moved is to be merged again,
and the cell in which it was is to be made anew.

The triggers are set after every migration and away during it: SQLite loses those of a table that a migration makes
anew, and refuses to do that to a table that one of them names.
"""

from typing import Any

from django.db import connections
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
    "sqlite": ["CREATE TRIGGER {table}_moved AFTER UPDATE ON {table} WHEN ({old}) IS NOT ({new}) BEGIN {body} END"],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION {table}_moved() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN {body} RETURN NULL; END $$",
        "CREATE TRIGGER {table}_moved AFTER UPDATE ON {table} FOR EACH ROW"
        " WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION {table}_moved()",
    ],
}
REMOVE = {
    "sqlite": "DROP TRIGGER IF EXISTS {table}_moved",
    "postgresql": "DROP TRIGGER IF EXISTS {table}_moved ON {table}",
}


def before_migration(using: str, **_more: Any) -> None:
    remove(connections[using])


def after_migration(using: str, **_more: Any) -> None:
    """An older state of the database has no cells yet."""
    if "participation_cell" in connections[using].introspection.table_names():
        install(connections[using])


def install(connection: BaseDatabaseWrapper) -> None:
    """Set the triggers, replacing any that are there. Raises KeyError for a database that Qixue does not support."""
    remove(connection)
    with connection.cursor() as cursor:
        for table, (columns, tallies) in WATCHED.items():
            old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
            for statement in INSTALL[connection.vendor]:
                cursor.execute(statement.format(table=table, old=old, new=new, body=BODY.format(tallies=tallies)))


def remove(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for table in WATCHED:
            cursor.execute(REMOVE[connection.vendor].format(table=table))
