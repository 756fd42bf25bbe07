"""Loading a record file: read, check, and write it all or nothing."""

import datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils.translation import gettext as _

from qixue.core.digests import digest
from qixue.core.models import AuditEntry, record_audit
from qixue.core.refusal import Refused
from qixue.demo.records.schema import complaints_about
from qixue.demo.records.writing import Writer
from qixue.programme.models import Programme

RECORDS_CODE = "qingyuan-2016"
RECORDS_FILE = Path(__file__).parent.parent / "data" / "qingyuan-2016.yaml"
LARGEST_FILE = 2 * 1024 * 1024  # bytes


def read_records(path: Path) -> Any:
    """The content of a record file. Refused: records_unreadable, with the line where reading stopped."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Refused("records_too_large", _("%(file)s is larger than 2 MB."), file=path.name)
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            "records_unreadable", _("%(file)s cannot be read: %(error)s."), file=path.name, error=error
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "-"
        raise Refused(
            "records_unreadable",
            _("%(file)s is no YAML from line %(line)s on: %(problem)s."),
            file=path.name,
            line=line,
            problem=problem,
        ) from error


@transaction.atomic
def load_records(path: Path = RECORDS_FILE, *, by: Any = None, at: datetime.datetime) -> Programme:
    """Load the records of a programme and return it. The same file again changes nothing.

    Refused: records_unreadable, records_too_large, records_wrong (one complaint per place),
    programme_exists when the programme was loaded from other records.
    """
    data = read_records(path)
    if complaints := complaints_about(data):
        raise Refused("records_wrong", _("%(file)s was not loaded."), file=path.name, lines=complaints)
    fingerprint = digest(data)
    existing = Programme.objects.filter(code=data["programme"]["code"]).first()
    if existing:
        check_same_records(existing, fingerprint)
        return existing
    programme = Writer(data, by, at).write()
    record_audit("records.loaded", programme, by=by, at=at, details={"file": path.name, "digest": fingerprint})
    return programme


def check_same_records(programme: Programme, fingerprint: str) -> None:
    loaded = AuditEntry.objects.filter(action="records.loaded", subject_id=str(programme.pk)).order_by("-pk").first()
    if loaded is None or loaded.details.get("digest") != fingerprint:
        raise Refused(
            "programme_exists",
            _("The programme %(code)s is already here with other records."),
            code=programme.code,
        )
