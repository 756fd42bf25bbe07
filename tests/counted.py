"""People who came to a session: by name, or as a number of heads."""

import datetime
import uuid

from qixue.core.quantity import Qualifier
from qixue.participation.models import LedgerEntry
from qixue.participation.operations.ledger import EntryDraft, append_entries, record_head_count
from qixue.programme.models import Session
from tests.factories import NOON, EvidenceFactory, key
from tests.factories_afterwards import organiser_of


def check_in(session: Session, *people: uuid.UUID | None, source: str = LedgerEntry.Source.DOOR) -> None:
    """Those under whose tokens the ledger knows them signed in; None for whoever gave no name."""
    drafts = [
        EntryDraft(
            kind=LedgerEntry.Kind.ATTENDANCE,
            activity=session.activity,
            session=session,
            source=source,
            actor=None,
            recorded_at=NOON,
            occurred_at=session.starts_at,
            person_token=person,
            client_uuid=key(),
        )
        for person in people
    ]
    append_entries(session.activity.organisation, drafts)


def head_count(
    session: Session, count: int, qualifier: Qualifier = Qualifier.EXACT, at: datetime.datetime = NOON
) -> LedgerEntry:
    return record_head_count(
        session,
        count=count,
        qualifier=qualifier,
        evidence=EvidenceFactory(),
        by=organiser_of(session.activity),
        at=at,
        client_uuid=key(),
    )
