"""Rows that take seconds to make: the tests of a file share them, and they are rolled back behind the last one.

Each test runs in a savepoint of its own above them, so that none sees what another wrote.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

from qixue.figures import change_triggers
from qixue.participation import triggers as ledger_triggers
from qixue.people import triggers as merge_triggers
from qixue.report import triggers as seal_triggers

OF_EVERY_DATABASE = {"django_content_type", "auth_permission"}  # what Django enters after the migrations


@contextmanager
def rolled_back() -> Iterator[None]:
    """A transaction that leaves nothing behind, neither rows nor used-up keys."""
    reset_keys()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def reset_keys() -> None:
    statements = connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def empty_filled_tables() -> None:
    """Take everything away that was committed; the triggers that keep ledger and seals stand aside meanwhile.

    Figures are kept again at once, as after a migration.
    """
    tables = sorted(set(connection.introspection.django_table_names()) - OF_EVERY_DATABASE)
    ask = "SELECT '{0}' WHERE EXISTS (SELECT 1 FROM {0})"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(ask.format(table) for table in tables))
        filled = [table for (table,) in cursor.fetchall()]
        ledger_triggers.remove(connection)
        merge_triggers.remove(connection)
        seal_triggers.remove(connection, seal_triggers.ALL)
        for table in filled:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - the name of a model's table
        ledger_triggers.install(connection)
        merge_triggers.install(connection)
        seal_triggers.install(connection, seal_triggers.ALL)
        change_triggers.begin_states(connection)
