"""The synthetic city takes seconds to build: the tests of a file share one, which is rolled back behind them."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from qixue.core.clock import SHANGHAI
from qixue.demo.load import Edition

EDITION = Edition(seed=7, today=datetime.date(2026, 11, 5))
AT = datetime.datetime(2026, 11, 5, 12, tzinfo=SHANGHAI)


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


@pytest.fixture(scope="module")
def empty_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), rolled_back():
        yield
