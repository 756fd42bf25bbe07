"""Writes to the attendance ledger: what a client sends, and the entry it gets back."""

import uuid
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StrictInt, StringConstraints

from qixue.api.schemas.keys import Keyed
from qixue.api.schemas.parts import Moment, PlainText, choice
from qixue.participation.models import LedgerEntry
from qixue.participation.operations.count_checks import HIGHEST_COUNT

Count = Annotated[StrictInt, Field(ge=0, le=HIGHEST_COUNT)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), PlainText]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), PlainText]
Countable = Literal["exact", "about", "at_least", "nearly"]


class HeadCountIn(Keyed):
    count: Count
    qualifier: Countable = "exact"
    note: Note
    confirmed: bool = False


class CorrectionIn(Keyed):
    count: Count
    qualifier: Countable = "exact"
    reason: Reason
    confirmed: bool = False


class VoidIn(Keyed):
    reason: Reason


class EntryOut(BaseModel):
    id: int
    organisation: str
    sequence: int
    kind: Annotated[LedgerEntry.Kind, choice(LedgerEntry.Kind)]
    session_id: int | None
    count: int
    qualifier: str
    reason: str
    target_id: int | None
    recorded_at: Moment
    client_uuid: uuid.UUID
    hash: str

    @classmethod
    def of(cls, entry: LedgerEntry) -> "EntryOut":
        return cls(
            id=entry.pk,
            organisation=entry.organisation.code,
            sequence=entry.sequence,
            kind=LedgerEntry.Kind(entry.kind),
            session_id=entry.session_id,
            count=entry.count,
            qualifier=entry.qualifier,
            reason=entry.reason,
            target_id=entry.target_id,
            recorded_at=entry.recorded_at,
            client_uuid=entry.client_uuid,
            hash=entry.hash,
        )
