"""For every test: no network, its own place for files, and on SQLite a database file, so that locks are real."""

import gc
import os
import shutil
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.test import TransactionTestCase, override_settings
from django.utils import translation
from pytest_django import DjangoDbBlocker, Settings
from pytest_socket import enable_socket, socket_allow_hosts
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from qixue.core import kept
from qixue.core.copies import Brief
from qixue.programme.queries import listings
from qixue.report import typesetting
from qixue.web.public import cache
from tests.shared import empty_filled_tables, rolled_back
from tests.watched_reads import watched_reads

PLAIN_STATIC_FILES = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

LOADED_DEMO, LOADING = "tests/demo/loaded/", 40  # its conftest.py loads it; seconds of the processor
MAKE_A_DATABASE = {"db", "transactional_db", "live_server"}  # for these pytest-django makes one, as for the mark

# Playwright keeps an event loop in the thread of the test, and Django would refuse that test's own queries there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_addoption(parser: pytest.Parser) -> None:
    text = "begin with copies of the database of the settings, which holds all migrations and nothing else"
    parser.addoption("--migrated", action="store_true", help=text)


def pytest_configure(config: pytest.Config) -> None:
    # Static files come straight from the apps here; WhiteNoise misses the directory into which a city collects them.
    config.addinivalue_line("filterwarnings", "ignore:No directory at:UserWarning")
    # A run tries what the run before it has tried, and how busy the machine is says nothing about an example.
    hypothesis.settings.register_profile("qixue", derandomize=True, deadline=None)
    hypothesis.settings.load_profile("qixue")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        is_marked = item.get_closest_marker("django_db") is not None
        if not is_marked and "django_db_setup" not in fixtures:
            continue
        if not is_marked and not fixtures & MAKE_A_DATABASE:
            raise pytest.UsageError(f"{item.nodeid} needs django_db: run alone, it would ask the city's own database.")
        if not item.get_closest_marker("one_database"):
            item.add_marker(pytest.mark.database)
    items.sort(key=seconds_of, reverse=True)


def seconds_of(item: pytest.Item) -> int:
    """About how long its file takes, where that is long; all others keep their order."""
    if item.nodeid.startswith(LOADED_DEMO):
        return LOADING
    mark = item.get_closest_marker("long")
    return int(mark.args[0]) if mark else 0


class WithWhatTheyShare(LoadFileScheduling):
    """All tests of a file go to one worker: what they share is built once. So do the files that share the demo."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return LOADED_DEMO if file.startswith(LOADED_DEMO) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    return WithWhatTheyShare(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it for garbage again and again takes a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


@pytest.fixture(scope="session", autouse=True)
def fonts_read_once() -> Iterator[None]:
    """Reading them takes five times as long as setting a page, and the tests set hundreds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typesetting, "faces_in", lru_cache(typesetting.faces_in))
        yield


def pytest_runtest_setup() -> None:
    enable_socket()
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> None:
    """SQLite in memory shares one connection among threads and so hides every lock; a file does not."""
    database = django_settings.DATABASES["default"]
    test = database.setdefault("TEST", {})
    is_migrated = pytestconfig.getoption("migrated")
    if is_on_sqlite():
        test["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        if is_migrated:
            shutil.copyfile(database["NAME"], test["NAME"])
    elif is_migrated:
        test["TEMPLATE"] = database["NAME"]


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool, pytestconfig: pytest.Config) -> bool:
    """Django would begin with an empty file in the place of the copy."""
    return django_db_keepdb or (pytestconfig.getoption("migrated") and is_on_sqlite())


def is_on_sqlite() -> bool:
    return bool(django_settings.DATABASES["default"]["ENGINE"] == "qixue.core.sqlite")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """After a test with real transactions we empty only what it filled: Django's flush takes all tables in turn."""
    TransactionTestCase._fixture_teardown = lambda _case: empty_filled_tables()  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def empty_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """For what the tests of a file share: see shared.py."""
    with django_db_blocker.unblock(), rolled_back():
        yield


@pytest.fixture(scope="session")
def empty_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("empty")


def settings_in(directory: Path, empty_directory: Path) -> dict[str, Any]:
    """Uploads, messages and reports go to the directory; static files need no collecting, passwords no long work."""
    return {
        "VAR": directory,
        "STATIC_ROOT": empty_directory,
        "MEDIA_ROOT": directory / "media",
        "QIXUE": {**django_settings.QIXUE, "OUTBOX_DIR": directory / "outbox", "SECOND_FACTOR": "offered"},
        "PASSWORD_HASHERS": ["tests.hashers.QuickArgon2"],
        "STORAGES": {**django_settings.STORAGES, "staticfiles": PLAIN_STATIC_FILES},
    }


@pytest.fixture(scope="module")
def shared_files(tmp_path_factory: pytest.TempPathFactory, empty_directory: Path) -> Iterator[Path]:
    """Where the files of shared rows are; a test that reads them names it as its MEDIA_ROOT."""
    directory = tmp_path_factory.mktemp("shared")
    with override_settings(**settings_in(directory, empty_directory)):
        yield directory / "media"


@pytest.fixture(autouse=True)
def own_files(settings: Settings, tmp_path: Path, empty_directory: Path) -> None:
    for name, value in settings_in(tmp_path, empty_directory).items():
        setattr(settings, name, value)


@pytest.fixture(autouse=True)
def own_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page is made anew: a test sees what it has changed, and nothing of the test before it."""
    monkeypatch.setattr(cache, "KEPT_FOR", 0.0)
    cache.pages.clear()
    monkeypatch.setattr(Brief, "seconds", 0.0)
    monkeypatch.setattr(listings, "MADE_APART", False)


@pytest.fixture(autouse=True)
def only_what_is_watched_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test counts for keeping reads nothing that could change without a trace (tests/watched_reads.py)."""
    monkeypatch.setattr(kept, "reads_for_keeping", watched_reads(kept.reads_for_keeping))


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
