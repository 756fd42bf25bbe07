"""Recognitions as the API shows them: what is on the public pages, and nothing else."""

import datetime
from typing import Annotated

from pydantic import BaseModel

from qixue.api.schemas.parts import Named, choice
from qixue.programme.models import Award, Nomination, RecognitionCall


class RecognitionCallOut(BaseModel):
    id: int
    name: str
    kind: Annotated[RecognitionCall.Kind, choice(RecognitionCall.Kind)]
    level: Annotated[Award.Level, choice(Award.Level)]
    organisation: Named | None
    nominate_until: datetime.date
    place_count: int | None
    notice_days: int
    is_closed: bool

    @classmethod
    def of(cls, call: RecognitionCall) -> "RecognitionCallOut":
        return cls(
            id=call.pk,
            name=call.name,
            kind=RecognitionCall.Kind(call.kind),
            level=Award.Level(call.level),
            organisation=Named.of(call.organisation),
            nominate_until=call.nominate_until,
            place_count=call.place_count,
            notice_days=call.notice_days,
            is_closed=call.closed_at is not None,
        )


class NominationOut(BaseModel):
    """A candidate on public notice or a result, as long as the nominee agrees to publication."""

    id: int
    call: RecognitionCallOut
    name: str
    affiliation: str
    story: str
    state: Annotated[Nomination.State, choice(Nomination.State)]
    organisation: Named | None
    brand: Named | None
    notice_from: datetime.date | None
    notice_until: datetime.date | None
    awarded_on: str | None
    is_recommended: bool

    @classmethod
    def of(cls, nomination: Nomination) -> "NominationOut":
        return cls(
            id=nomination.pk,
            call=RecognitionCallOut.of(nomination.call),
            name=nomination.name,
            affiliation=nomination.affiliation,
            story=nomination.story,
            state=Nomination.State(nomination.state),
            organisation=Named.of(nomination.organisation),
            brand=Named.of(nomination.brand),
            notice_from=nomination.notice_from,
            notice_until=nomination.notice_until,
            awarded_on=nomination.award.awarded_on if nomination.award else None,
            is_recommended=nomination.recommended_at is not None,
        )
