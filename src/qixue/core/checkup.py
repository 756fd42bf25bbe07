"""The check-up of an installation: what is in force, and what must be mended before people rely on it."""

import platform
import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from qixue.core import health, second_factor
from qixue.core.sqlite.base import is_wal_safe

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
LEAST_SECRET_LENGTH = 50
MEGABYTE = 1_000_000
LEAST_FREE_MEGABYTES, LOW_FREE_MEGABYTES = 100, 1000
SYNCHRONOUS = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}
DURABLE = {("wal", "FULL"), ("wal", "EXTRA"), ("delete", "EXTRA")}
OLDEST_POSTGRESQL = 140000


class Level(Enum):
    OK = "ok"
    WARNING = "warning"
    FATAL = "fatal"  # serving would lose data or show secrets, or cannot work


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what was found as values for programs, and a sentence for people."""

    check: str
    level: Level
    text: str
    values: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {"check": self.check, "level": self.level.value, "text": self.text, "values": self.values}


def note(check: str, level: Level, text: str, **values: Any) -> Finding:
    """A finding whose sentence is filled from its values."""
    return Finding(check, level, text % values if values else text, values)


def check_versions(host: str) -> Finding:
    return note(
        "versions",
        Level.OK if sys.version_info >= (3, 11) else Level.FATAL,
        _("Python %(python)s, Django %(django)s."),
        python=platform.python_version(),
        django=django.get_version(),
    )


def check_database(host: str) -> Finding:
    try:
        return check_sqlite() if connection.vendor == "sqlite" else check_postgresql()
    except DatabaseError as error:
        return note("database", Level.FATAL, _("The database cannot be reached: %(error)s"), error=str(error).strip())


def check_sqlite() -> Finding:
    """The version and the pragmas in force on a live connection, not those that the settings ask for."""
    with connection.cursor() as cursor:
        version = cursor.execute("SELECT sqlite_version()").fetchone()[0]
        journal = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        synchronous = SYNCHRONOUS[cursor.execute("PRAGMA synchronous").fetchone()[0]]
    return judge_sqlite(version, journal, synchronous)


def judge_sqlite(version: str, journal: str, synchronous: str) -> Finding:
    values = {"version": version, "journal": journal, "synchronous": synchronous}
    major, minor, patch = (int(part) for part in version.split("."))
    safe = is_wal_safe((major, minor, patch))
    if journal == "wal" and not safe:
        text = _("SQLite %(version)s can damage a database in WAL mode; install pysqlite3 or use PostgreSQL.")
        return note("database", Level.FATAL, text, **values)
    if (journal, synchronous) not in DURABLE:
        text = _("SQLite %(version)s may lose confirmed writes: journal %(journal)s, synchronous %(synchronous)s.")
        return note("database", Level.FATAL, text, **values)
    if not safe:
        text = _("SQLite %(version)s is too old for WAL, so writing is slow; install pysqlite3.")
        return note("database", Level.WARNING, text, **values)
    text = _("SQLite %(version)s, journal %(journal)s, synchronous %(synchronous)s.")
    return note("database", Level.OK, text, **values)


def check_postgresql() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
        number, version = cursor.fetchone()
        cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        fsync, commit = cursor.fetchone()
    values = {"version": version, "fsync": fsync, "synchronous_commit": commit}
    if number < OLDEST_POSTGRESQL:
        return note("database", Level.FATAL, _("PostgreSQL %(version)s is too old; 14 or later is needed."), **values)
    if fsync != "on" or commit == "off":
        text = _("PostgreSQL may lose confirmed writes: fsync %(fsync)s, synchronous_commit %(synchronous_commit)s.")
        return note("database", Level.WARNING, text, **values)
    return note("database", Level.OK, _("PostgreSQL %(version)s."), **values)


def check_migrations(host: str) -> Finding:
    try:
        pending = health.pending_migrations()
    except DatabaseError:
        return note("migrations", Level.FATAL, _("The state of the database is unknown."))
    if pending:
        text = _("The database is not up to date (%(count)d migrations pending); run: qixue migrate")
        return note("migrations", Level.FATAL, text, count=len(pending), pending=pending)
    return note("migrations", Level.OK, _("The database is up to date."))


def check_secret_key(host: str) -> Finding:
    key = settings.SECRET_KEY
    if len(key) < LEAST_SECRET_LENGTH or len(set(key)) < 16:
        text = _("The secret key is weak (%(length)d characters); set QIXUE_SECRET_KEY to %(least)d random ones.")
        level = Level.WARNING if host in LOOPBACK else Level.FATAL
        return note("secret_key", level, text, length=len(key), least=LEAST_SECRET_LENGTH)
    path = Path(settings.SECRET_KEY_PATH)
    if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return note("secret_key", Level.WARNING, _("Others can read the secret key in %(path)s."), path=str(path))
    return note("secret_key", Level.OK, _("The secret key is strong."))


def check_exposure(host: str) -> Finding:
    """What is harmless on one's own machine and not elsewhere."""
    values = {"host": host, "debug": settings.DEBUG, "https": settings.HTTPS}
    if settings.DEBUG:
        text = _("QIXUE_DEBUG is on: error pages show settings and data.")
        return note("exposure", Level.WARNING if host in LOOPBACK else Level.FATAL, text, **values)
    if "*" in settings.ALLOWED_HOSTS:
        text = _("QIXUE_ALLOWED_HOSTS allows every name; give the names of the site.")
        return note("exposure", Level.WARNING if host in LOOPBACK else Level.FATAL, text, **values)
    if host not in LOOPBACK and not settings.HTTPS:
        text = _(
            "Served on %(host)s without HTTPS: passwords can be read on the way. Set QIXUE_HTTPS=1 behind a proxy."
        )
        return note("exposure", Level.WARNING, text, **values)
    return note("exposure", Level.OK, _("Nothing is shown that should not be."), **values)


def check_second_factor(host: str) -> Finding:
    policy = second_factor.policy()
    if policy == second_factor.REQUIRED:
        return note("second_factor", Level.OK, _("Staff must sign in with a second step."), policy=policy)
    text = _("A second step at sign-in is offered, not required; for a city, set QIXUE_SECOND_FACTOR=required.")
    return note("second_factor", Level.OK if host in LOOPBACK else Level.WARNING, text, policy=policy)


def check_disk(host: str) -> Finding:
    """Free space where data is kept; a full disk stops every write."""
    place = next(path for path in (settings.VAR, *settings.VAR.parents) if path.exists())
    free = shutil.disk_usage(place).free // MEGABYTE
    values = {"place": str(place), "free": free}
    if free < LEAST_FREE_MEGABYTES:
        return note("disk", Level.FATAL, _("Only %(free)d MB are free in %(place)s."), **values)
    level = Level.WARNING if free < LOW_FREE_MEGABYTES else Level.OK
    return note("disk", level, _("%(free)d MB are free in %(place)s."), **values)


def check_translations(host: str) -> Finding:
    catalogues = [Path(place) / "zh_Hans/LC_MESSAGES/django.mo" for place in settings.LOCALE_PATHS]
    if all(path.exists() for path in catalogues):
        return note("translations", Level.OK, _("The Chinese texts are compiled."))
    return note("translations", Level.WARNING, _("The Chinese texts are not compiled; pages will show English ones."))


def check_public_duties(host: str) -> Finding:
    """A site that a bureau opens to the public names its filing and a telephone number in the footer."""
    names = ("CONTACT_PHONE", "ICP_NUMBER", "POLICE_NUMBER", "SITE_CODE")
    missing = [f"QIXUE_{name}" for name in names if not settings.QIXUE[name]]
    if settings.HTTPS and missing:
        text = _("The footer of a public site needs more settings: %(names)s.")
        return note("public_duties", Level.WARNING, text, names=", ".join(missing))
    return note("public_duties", Level.OK, _("Nothing is missing for the footer of this site."))


CHECKS: tuple[Callable[[str], Finding], ...] = (
    check_versions,
    check_database,
    check_migrations,
    check_secret_key,
    check_exposure,
    check_second_factor,
    check_disk,
    check_translations,
    check_public_duties,
)


MORE_CHECKS: list[Callable[[str], Finding]] = []  # of the apps above; see `register_check`


def register_check(check: Callable[[str], Finding]) -> None:
    """Add a check of an app above, when the apps are ready."""
    MORE_CHECKS.append(check)


def check_all(host: str) -> list[Finding]:
    """Every check for a site that will listen on `host`, in a fixed order."""
    return [check(host) for check in (*CHECKS, *MORE_CHECKS)]
