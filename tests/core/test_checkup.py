from pathlib import Path

import pytest
from django.db import connection

from qixue.core import checkup
from qixue.core.checkup import Level

pytestmark = pytest.mark.django_db


def test_check_all_on_own_machine_finds_nothing_fatal():
    findings = checkup.check_all("127.0.0.1")

    assert [finding.check for finding in findings if finding.level is Level.FATAL] == []
    assert len({finding.check for finding in findings}) == len(checkup.CHECKS) + len(checkup.MORE_CHECKS)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="asks about SQLite")
def test_check_database_tells_pragmas_in_force():
    finding = checkup.check_database("127.0.0.1")

    assert finding.level is Level.OK
    assert (finding.values["journal"], finding.values["synchronous"]) == ("wal", "FULL")


@pytest.mark.parametrize(
    ("version", "journal", "synchronous", "level"),
    [
        ("3.53.4", "wal", "FULL", Level.OK),
        ("3.50.7", "wal", "FULL", Level.OK),
        ("3.53.4", "wal", "NORMAL", Level.FATAL),
        ("3.40.1", "wal", "FULL", Level.FATAL),
        ("3.51.2", "wal", "EXTRA", Level.FATAL),
        ("3.40.1", "delete", "EXTRA", Level.WARNING),
        ("3.40.1", "delete", "FULL", Level.FATAL),
    ],
)
def test_judge_sqlite_by_version_and_pragmas(version, journal, synchronous, level):
    assert checkup.judge_sqlite(version, journal, synchronous).level is level


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks about PostgreSQL")
def test_check_database_warns_of_postgresql_that_does_not_sync():
    finding = checkup.check_database("127.0.0.1")

    assert (finding.level, finding.values["fsync"]) == (Level.WARNING, "off")


@pytest.mark.parametrize(("host", "level"), [("127.0.0.1", Level.WARNING), ("0.0.0.0", Level.FATAL)])  # noqa: S104 - the case
def test_check_secret_key_when_weak(settings, host, level):
    settings.SECRET_KEY = "geheim" * 12

    assert checkup.check_secret_key(host).level is level


def test_check_secret_key_when_others_can_read_it(settings, tmp_path: Path):
    settings.SECRET_KEY_PATH = tmp_path / "secret_key"
    settings.SECRET_KEY_PATH.write_text("x")
    settings.SECRET_KEY_PATH.chmod(0o644)

    assert checkup.check_secret_key("127.0.0.1").level is Level.WARNING


@pytest.mark.parametrize(("host", "level"), [("127.0.0.1", Level.WARNING), ("10.0.0.5", Level.FATAL)])
def test_check_exposure_when_debug_is_on(settings, host, level):
    settings.DEBUG = True

    assert checkup.check_exposure(host).level is level


def test_check_exposure_when_public_without_https(settings):
    settings.HTTPS = False

    assert checkup.check_exposure("10.0.0.5").level is Level.WARNING


@pytest.mark.parametrize(("free_megabytes", "level"), [(50, Level.FATAL), (500, Level.WARNING), (5000, Level.OK)])
def test_check_disk_by_free_space(monkeypatch, free_megabytes, level):
    usage = type("Usage", (), {"free": free_megabytes * 1_000_000})
    monkeypatch.setattr("shutil.disk_usage", lambda place: usage)

    assert checkup.check_disk("127.0.0.1").level is level


def test_check_public_duties_names_missing_settings(settings):
    settings.HTTPS = True
    settings.QIXUE = {**settings.QIXUE, "CONTACT_PHONE": "0763-0000000"}

    finding = checkup.check_public_duties("0.0.0.0")  # noqa: S104 - the case

    assert finding.level is Level.WARNING
    assert finding.values["names"] == "QIXUE_ICP_NUMBER, QIXUE_POLICE_NUMBER, QIXUE_SITE_CODE"


def test_check_translations_when_compiled():
    assert checkup.check_translations("127.0.0.1").level is Level.OK


def test_check_translations_when_not_compiled(settings, tmp_path):
    settings.LOCALE_PATHS = [tmp_path]

    assert checkup.check_translations("127.0.0.1").level is Level.WARNING


@pytest.mark.parametrize(
    ("policy", "host", "level"),
    [
        ("required", "10.0.0.5", Level.OK),
        ("offered", "127.0.0.1", Level.OK),
        ("offered", "10.0.0.5", Level.WARNING),
    ],
)
def test_check_second_factor_says_which_policy_is_in_force(settings, policy: str, host: str, level: Level):
    settings.QIXUE = {**settings.QIXUE, "SECOND_FACTOR": policy}

    finding = checkup.check_second_factor(host)

    assert (finding.level, finding.values) == (level, {"policy": policy})
