"""The demo is loaded once for all files here, and rolled back behind the last one: see shared.py."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker
from tests.demo.conftest import AT, EDITION
from tests.shared import rolled_back

from qixue.demo.load import load


@pytest.fixture(scope="package", autouse=True)
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), rolled_back():
        load(EDITION, at=AT)
        yield
