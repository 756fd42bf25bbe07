"""What exactly is hashed for a ledger entry, so that an outsider can recompute it (docs/reference/ledger.md)."""

import datetime
from functools import lru_cache
from typing import Any

from qixue.core.digests import chained_digest
from qixue.participation.models import LedgerEntry

FORMAT_VERSION = 1


def entry_content(entry: LedgerEntry) -> dict[str, Any]:
    """The content of an entry by natural keys: no row number enters, no name of a person who was counted."""
    activity, session = entry.activity, entry.session
    return {
        "format": FORMAT_VERSION,
        "organisation": entry.organisation.code,
        "sequence": entry.sequence,
        "kind": str(entry.kind),
        "programme": activity.programme.code,
        "activity": activity.code,
        "session": session.number if session else None,
        "person_token": str(entry.person_token) if entry.person_token else None,
        "count": entry.count,
        "qualifier": str(entry.qualifier),
        "source": str(entry.source),
        "occurred_at": moment_text(entry.occurred_at),
        "period": [entry.period_from, entry.period_to, entry.period_quote],
        "recorded_at": moment_text(entry.recorded_at),
        "actor": entry.actor_name,
        "reason": entry.reason,
        "evidence": entry.evidence.digest if entry.evidence else None,
        "target": entry.target.sequence if entry.target else None,
        "client_uuid": str(entry.client_uuid),
    }


def entry_hash(entry: LedgerEntry) -> str:
    """SHA-256 over the previous hash and the canonical JSON of the content."""
    return chained_digest(entry.previous_hash, entry_content(entry))


@lru_cache(maxsize=100)  # entries that were recorded together share the moment
def moment_text(moment: datetime.datetime | None) -> str | None:
    """UTC with microseconds, one text form only."""
    if moment is None:
        return None
    return moment.astimezone(datetime.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
