"""People at sessions, and the figures that cells say of them."""

import uuid

from qixue.core.figures import Scope, registry
from qixue.participation.models import LedgerEntry
from qixue.participation.operations.ledger import EntryDraft, append_entries
from qixue.programme.models import Session
from tests.factories import NOON, key

FIGURES = ("attendance", "participants", "named_share")


def check_in(session: Session, *people: uuid.UUID) -> None:
    drafts = [
        EntryDraft(
            kind=LedgerEntry.Kind.ATTENDANCE,
            activity=session.activity,
            session=session,
            source=LedgerEntry.Source.DOOR,
            actor=None,
            recorded_at=NOON,
            occurred_at=session.starts_at,
            person_token=person,
            client_uuid=key(),
        )
        for person in people
    ]
    append_entries(session.activity.organisation, drafts)


def assert_recount(scope: Scope) -> None:
    for code in FIGURES:
        figure = registry.definitions[code]
        assert (code, figure.value(scope).quantity) == (code, figure.recount(scope).quantity)
