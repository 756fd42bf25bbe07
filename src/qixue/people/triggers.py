"""The database itself refuses to change or delete the record of a merge, whoever asks."""

from django.db.backends.base.base import BaseDatabaseWrapper

from qixue.core.insert_only import allow_changes, refuse_changes

TABLE, NAME = "people_merge", "merge"


def install(connection: BaseDatabaseWrapper) -> None:
    """Set the triggers, replacing any that are there. Raises KeyError for a database that Qixue does not support."""
    refuse_changes(connection, TABLE, name=NAME, sentence="merges are never changed or deleted")


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away: for emptying a test database, never while a city works."""
    allow_changes(connection, TABLE, name=NAME)
