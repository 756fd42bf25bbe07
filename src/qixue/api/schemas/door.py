"""What a door device reads and sends. Texts are taken as they are typed: a device must never be stuck with a scan."""

import base64
import binascii
import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt, WithJsonSchema

from qixue.api.schemas.keys import Body
from qixue.api.schemas.parts import HIGHEST_ID, Moment
from qixue.api.schemas.plan_writing import Moment as SentMoment
from qixue.core.fields import FORBIDDEN_CHARACTERS
from qixue.core.refusal import Refused
from qixue.participation.door_words import sentence_of
from qixue.participation.models import Registration, Scan
from qixue.participation.operations.door_sync import CONFLICT, Answer, Delivery, SentScan

MOST_SCANS = 500  # in one delivery
LONGEST_TEXT = 2000
FACTS = ("ticket", "code", "registration", "name", "count", "qualifier", "note")  # what is kept of a scan as sent
LATER = ("shown",)  # as well, from newer apps; what older ones send keeps its digest


def choice_of(*values: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": list(values)})


# A camera reads any code, however long: what is cut is none of ours, and neither it nor those sent with it get stuck.
Loose = Annotated[str, AfterValidator(lambda text: FORBIDDEN_CHARACTERS.sub("", text).strip()[:LONGEST_TEXT])]
Key = Annotated[StrictInt, Field(ge=0, le=HIGHEST_ID)]


class ScanIn(BaseModel):
    """One of up to 500: no `Body`, for that would look for the values of each as if it were a record."""

    model_config = ConfigDict(extra="forbid")

    uuid: UUID
    sequence: Annotated[StrictInt, Field(ge=1, le=HIGHEST_ID)]
    session: Key
    kind: Literal["ticket", "code", "name", "walk_in", "head_count"]
    occurred_at: SentMoment
    ticket: Loose | None = None
    code: Loose | None = None
    registration: Key | None = None
    name: Loose | None = None
    count: Key | None = None
    qualifier: Loose | None = None
    note: Loose | None = None
    photo: str | None = None  # JPEG in base64
    shown: Loose | None = None  # a word of `merge.LET_IN` or `door_words.SHOWN`; another one waits for a person

    def sent(self) -> SentScan:
        """The scan with the digest by which it is recognised; of a photo that is no base64 nothing is kept."""
        values = self.model_dump(mode="json", exclude={name for name in LATER if getattr(self, name) is None})
        facts = {name: value for name in (*FACTS, *LATER) if (value := values.get(name)) not in (None, "")}
        return SentScan(
            uuid=self.uuid,
            sequence=self.sequence,
            kind=self.kind,
            session=self.session,
            occurred_at=self.occurred_at.astimezone(datetime.UTC),  # moments of one zone compare at a third of the cost
            digest=Scan.digest_of(values),
            facts=facts,
            photo=bytes_of(self.photo) if self.photo else None,
        )


def bytes_of(text: str) -> bytes:
    """What is no base64 is no photo either, and is told apart from one that was not sent."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b"?"


class DeliveryIn(Body):
    clock: SentMoment
    highest_sequence: Key
    scans: list[ScanIn]

    def delivery(self) -> Delivery:
        """Refused: too_many_scans."""
        if len(self.scans) > MOST_SCANS:
            raise Refused("too_many_scans", sentence_of("too_many_scans"), limit=MOST_SCANS)
        return Delivery(self.clock, self.highest_sequence, [scan.sent() for scan in self.scans])


class ResultOut(BaseModel):
    """`reason` is a word for programs, `message` a sentence; `since` is when somebody who is in already came in."""

    uuid: UUID
    verdict: Annotated[str, choice_of("counted", "already_in", "review", "refused")]
    reason: str
    message: str
    marks: list[str]
    name: str | None = None
    since: Moment | None = None

    @classmethod
    def of(cls, key: UUID, answer: Answer | None) -> "ResultOut":
        if answer is None:
            message = str(sentence_of(CONFLICT))
            return cls(uuid=key, verdict="refused", reason=CONFLICT, message=message, marks=[])
        return cls(
            uuid=key,
            verdict=answer.verdict,
            reason=answer.reason,
            message=str(sentence_of(answer.reason)),
            marks=answer.marks.split(),
            name=answer.name or None,
            since=answer.since,
        )


class ReceiptOut(BaseModel):
    results: list[ResultOut]
    missing: list[list[int]]
    server_time: Moment


class DeviceOut(BaseModel):
    id: int
    name: str
    sessions_until: Moment
    highest_sequence: int  # a second store of the link goes on after it


class KeyOut(BaseModel):
    kid: str
    alg: str
    use: str
    public_key: str
    made_at: str
    retired_at: str | None


class PersonOut(BaseModel):
    registration: int
    name: str
    code: str
    party: UUID
    state: Annotated[str, choice_of("confirmed", "waiting", "offered")]
    checked_in_at: Moment | None
    particulars: str  # of people of one name in the session: what tells them apart

    @classmethod
    def of(cls, row: Registration, checked_in_at: datetime.datetime | None, particulars: str) -> "PersonOut":
        """Whoever still waits for a draw has no seat either: `waiting`."""
        is_entered = row.state == Registration.State.ENTERED
        return cls(
            registration=row.pk,
            name=row.resident.name,
            code=row.door_code,
            party=row.party,
            state=Registration.State.WAITING if is_entered else row.state,
            checked_in_at=checked_in_at,
            particulars=particulars,
        )


class DoorSessionOut(BaseModel):
    id: int
    title: str
    topic: str
    starts_at: Moment
    ends_at: Moment | None
    venue: str
    seat_count: int | None
    counting_rule: str
    is_off: bool  # called off or put off: nobody counts by themselves
    has_head_count: bool  # one stands: another waits for a person
    people: list[PersonOut]


class BundleOut(BaseModel):
    device: DeviceOut
    server_time: Moment
    keys: list[KeyOut]
    revoked: list[int]
    decided: dict[UUID, Annotated[str, choice_of("accepted", "rejected")]]
    sessions: list[DoorSessionOut]
