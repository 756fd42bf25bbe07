"""Rows that take seconds to make: the tests of a file share them, and they are rolled back behind the last one.

Each test runs in a savepoint of its own above them, so that none sees what another wrote.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction


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
