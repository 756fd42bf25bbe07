"""The list of those who asked to be forgotten, as a file beside the database: a backup is older than some of them.

One JSON line for each, `{"resident": UUID, "has_account": bool, "at": ISO time}`. The key was random and belongs to
nobody any more. The table holds the same, so the file can be written again from it.
"""

import datetime
import fcntl
import json
import os
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext as _

from qixue.core.checkup import Finding, Level, note
from qixue.core.refusal import Refused
from qixue.people.models import Erasure, Resident


@dataclass(frozen=True)
class Entry:
    resident_key: uuid.UUID
    has_account: bool
    at: datetime.datetime


def usual_path() -> Path:
    return Path(settings.VAR) / "erasures.jsonl"


def read(path: Path) -> list[Entry]:
    """Empty where there is no file. Refused: not_a_list."""
    if not path.exists():
        return []
    return [entry_of(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def entry_of(line: str) -> Entry:
    try:
        values = json.loads(line)
        at = datetime.datetime.fromisoformat(values["at"])
        return Entry(uuid.UUID(values["resident"]), bool(values["has_account"]), at)
    except (ValueError, KeyError, TypeError) as error:
        raise Refused("not_a_list", _("This file is no list of erasures.")) from error


def write(path: Path) -> int:
    """Add to the file what the table has and the file lacks. Returns how many lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        known = {entry.resident_key for entry in read(path)}
        missing = [row for row in Erasure.objects.order_by("at", "pk") if row.resident_key not in known]
        for row in missing:
            line = {"resident": str(row.resident_key), "has_account": row.has_account, "at": row.at.isoformat()}
            file.write(f"{json.dumps(line)}\n")
        file.flush()
        os.fsync(file.fileno())
    return len(missing)


def write_missing(*, at: datetime.datetime) -> int:
    """The worker's duty, for a line that could not be written when it was due."""
    return write(usual_path())


def check_erasures(host: str) -> Finding:
    """After a restore: whoever is on the list and in the database must be forgotten again before anybody reads it."""
    try:
        keys = [entry.resident_key for entry in read(usual_path())]
        count = sum(
            Resident.objects.filter(key__in=keys[start : start + 500]).count() for start in range(0, len(keys), 500)
        )
    except DatabaseError:
        return note("erasures", Level.OK, _("The state of the database is unknown."))
    except Refused:
        text = _("%(path)s cannot be read: it is no list of erasures.")
        return note("erasures", Level.FATAL, text, path=str(usual_path()))
    if count:
        text = _("A restore brought back %(count)d people who asked to be forgotten; run: qixue erasures replay")
        return note("erasures", Level.FATAL, text, count=count)
    return note("erasures", Level.OK, _("Nobody is kept who asked to be forgotten."))
