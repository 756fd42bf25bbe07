"""The demo is loaded once for all files here, and rolled back behind the last one: see shared.py."""

from collections.abc import Iterator

import pytest
from django.test import override_settings
from pytest_django import DjangoDbBlocker
from tests.demo.conftest import AT, EDITION
from tests.shared import rolled_back

from qixue.demo.load import load


@pytest.fixture(scope="package", autouse=True)
def demo(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    media = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("demo"))
    with django_db_blocker.unblock(), media, rolled_back():
        load(EDITION, at=AT)
        yield
