"""For every test: no network, its own place for files, and on SQLite a database file, so that locks are real."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.utils import translation
from pytest_django import Settings
from pytest_socket import enable_socket, socket_allow_hosts

from qixue.participation import triggers
from qixue.web.public import cache

PLAIN_STATIC_FILES = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# Playwright keeps an event loop in the thread of the test, and Django would refuse that test's own queries there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_configure(config: pytest.Config) -> None:
    # Static files come straight from the apps here; WhiteNoise misses the directory into which a city collects them.
    config.addinivalue_line("filterwarnings", "ignore:No directory at:UserWarning")


def pytest_runtest_setup() -> None:
    enable_socket()
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """SQLite in memory shares one connection among threads and so hides every lock; a file does not."""
    database = django_settings.DATABASES["default"]
    if database["ENGINE"] == "qixue.core.sqlite":
        database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Emptying the tables after a test with real transactions must pass the triggers that keep the ledger."""
    operations = type(connection.ops)  # of every connection: a test that drives a browser has one of its own
    flush = operations.execute_sql_flush

    def flush_without_triggers(self: BaseDatabaseOperations, statements: Sequence[str]) -> None:
        with transaction.atomic():
            triggers.remove(self.connection)
            flush(self, statements)
            triggers.install(self.connection)

    operations.execute_sql_flush = flush_without_triggers


@pytest.fixture(scope="session")
def empty_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(autouse=True)
def own_files(settings: Settings, tmp_path: Path, empty_directory: Path) -> None:
    """Uploads, messages and reports of a test go to its own directory; static files need no collecting."""
    settings.VAR = tmp_path
    settings.STATIC_ROOT = empty_directory
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.QIXUE = {**settings.QIXUE, "OUTBOX_DIR": tmp_path / "outbox", "SECOND_FACTOR": "offered"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": PLAIN_STATIC_FILES}


@pytest.fixture(autouse=True)
def own_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page is made anew: a test sees what it has changed, and nothing of the test before it."""
    monkeypatch.setattr(cache, "KEPT_FOR", 0.0)
    cache.pages.clear()


@pytest.fixture(autouse=True)
def own_language(settings: Settings) -> Iterator[None]:
    """A test starts in the default language, whatever the one before it has switched to."""
    translation.activate(settings.LANGUAGE_CODE)
    yield
    translation.deactivate()


@pytest.fixture
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield
