"""The database itself refuses to change or delete a seal, or a file that was issued with it."""

from django.db.backends.base.base import BaseDatabaseWrapper

from qixue.core.insert_only import allow_changes, refuse_changes

SENTENCE = "seals are never changed or deleted"
TABLES = {"report_seal": "seal", "report_sealedfile": "sealed_file"}


def install(connection: BaseDatabaseWrapper) -> None:
    """Set the triggers, replacing any that are there. Raises KeyError for a database that Qixue does not support."""
    for table, name in TABLES.items():
        refuse_changes(connection, table, name=name, sentence=SENTENCE)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away: for emptying a test database, never while a city works."""
    for table, name in TABLES.items():
        allow_changes(connection, table, name=name)
