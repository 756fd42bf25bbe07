"""The learning record as a document for other systems; the fields are described in docs/reference/credentials.md."""

import datetime
from typing import Any

from qixue.core.clock import local_day
from qixue.participation.credentials import verify_url
from qixue.participation.evidence_ids import entry_id
from qixue.participation.learning_hours import learning_hours
from qixue.participation.models import Certificate, CertificateRule, LearningEntry, LedgerEntry
from qixue.participation.queries.attendance import Attended
from qixue.participation.queries.learning_record import LearningRecord
from qixue.participation.serials import printed

SCHEMA_VERSION = 1
PRIVATE = "private"
OUTCOMES = {
    CertificateRule.Kind.COMPLETION: "course_completion",
    CertificateRule.Kind.CERTIFICATE: "certificate",
    CertificateRule.Kind.AWARD: "award",
    CertificateRule.Kind.SERVICE: "volunteer",
}
EMPTY: dict[str, Any] = {  # every field that an entry has
    "outcome_type": None,
    "title": None,
    "issuer": None,
    "started_on": None,
    "ended_on": None,
    "learning_hours": None,
    "credits": None,  # only by a named conversion rule, and there is none
    "assessment": None,
    "result": None,
    "evidence": None,
    "status": None,
    "serial": None,
    "verify_url": None,
    "visibility": PRIVATE,
}


def record_document(record: LearningRecord, *, base_url: str) -> dict[str, Any]:
    """Days are ISO 8601, learning hours decimal text of 45 minutes; what is not known is null."""
    person = record.person
    return {
        "schema_version": SCHEMA_VERSION,
        "account": {
            "learner_no": record.learner_no or None,
            "name": person.name,
            "contact": (person.user.mobile if person.user else "") or None,
            "birth_year": person.birth_year,
            "area_code": person.home_region.code if person.home_region else None,
        },
        "entries": [
            *(certificate_entry(row, base_url) for row in record.certificates),
            *(attendance_entry(row) for row in record.attended),
            *(declared_entry(row) for row in record.declared),
        ],
        "taken_back": [trace(row) for row in record.taken_back],
    }


def attendance_entry(row: Attended) -> dict[str, Any]:
    minutes = row.minutes
    return {
        **EMPTY,
        "outcome_type": "attendance",
        "title": row.session.full_title,
        "issuer": row.activity.organisation.name,
        "started_on": day_of(row.session.starts_at),
        "ended_on": day_of(row.session.ends_at),
        "learning_hours": str(learning_hours(minutes)) if minutes is not None else None,
        "evidence": entry_id(row.activity.organisation.code, row.entry.sequence),
        "status": "verified",
    }


def certificate_entry(row: Certificate, base_url: str) -> dict[str, Any]:
    return {
        **EMPTY,
        "outcome_type": OUTCOMES[CertificateRule.Kind(row.kind)],
        "title": row.title,
        "issuer": row.issuer_name,
        "started_on": row.started_on.isoformat(),
        "ended_on": row.ended_on.isoformat(),
        "learning_hours": str(learning_hours(row.minutes)) if row.minutes else None,
        "assessment": row.criteria,
        "evidence": row.credential or None,
        "status": "revoked" if row.revoked_at else "verified",
        "serial": printed(row.serial),
        "verify_url": verify_url(base_url, row.serial),
    }


def declared_entry(row: LearningEntry) -> dict[str, Any]:
    return {
        **EMPTY,
        "outcome_type": row.outcome_type,
        "title": row.title,
        "issuer": row.issuer or None,
        "started_on": row.started_on.isoformat() if row.started_on else None,
        "ended_on": row.ended_on.isoformat(),
        "learning_hours": str(row.learning_hours) if row.learning_hours is not None else None,
        "evidence": row.evidence or None,
        "status": "self_declared",
    }


def trace(row: LedgerEntry) -> dict[str, Any]:
    """An attendance that was in the record and is no longer."""
    return {
        "title": row.session.full_title if row.session else row.activity.title,
        "started_on": day_of(row.session.starts_at) if row.session else None,
        "taken_back_on": day_of(row.recorded_at),
        "reason": row.reason,
    }


def day_of(moment: datetime.datetime | None) -> str | None:
    return local_day(moment).isoformat() if moment else None
