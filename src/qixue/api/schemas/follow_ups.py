"""Follow-ups: what stands on the coordination board, and the acts of those who have to do something."""

import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from qixue.api.schemas.keys import Body
from qixue.api.schemas.parts import Moment, Named, PlainText, choice
from qixue.programme.models import FollowUp, FollowUpStep
from qixue.programme.operations.follow_ups import LONGEST_NOTE

HIGHEST_VERSION = 2**31 - 1
Version = Annotated[int, Field(strict=True, ge=1, le=HIGHEST_VERSION)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NOTE), PlainText]


class StepIn(Body):
    """`version` is that of the item as it was read; an item that changed meanwhile is not changed again."""

    version: Version


class ReportIn(StepIn):
    note: Note


class ClosingIn(StepIn):
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_NOTE), PlainText] = ""


class SendingBackIn(StepIn):
    reason: Note


class FollowUpOut(BaseModel):
    id: int
    programme: str
    title: str
    detail: str
    source: str
    owner: Named | None
    assigner: Named | None
    due_on: datetime.date
    state: Annotated[FollowUp.State, choice(FollowUp.State)]
    is_overdue: bool
    waiting_since: Moment
    escalation_level: int
    escalated_to: Named | None
    version: int

    @classmethod
    def of(cls, item: FollowUp, today: datetime.date) -> "FollowUpOut":
        """The item with its programme and organisations."""
        return cls(
            id=item.pk,
            programme=item.programme.code,
            title=item.title,
            detail=item.detail,
            source=item.source,
            owner=Named.of(item.owner),
            assigner=Named.of(item.assigner),
            due_on=item.due_on,
            state=FollowUp.State(item.state),
            is_overdue=item.state in FollowUp.OWNERS_TURN and item.due_on < today,
            waiting_since=item.waiting_since,
            escalation_level=item.escalation_level,
            escalated_to=Named.of(item.escalated_to),
            version=item.edit_count,
        )


class FollowUpStepOut(BaseModel):
    """One step. It names the organisation, not the person; a file can be opened in the workspace only."""

    kind: Annotated[FollowUpStep.Kind, choice(FollowUpStep.Kind)]
    at: Moment
    organisation: Named | None
    note: str
    due_on: datetime.date | None
    has_file: bool

    @classmethod
    def of(cls, step: FollowUpStep) -> "FollowUpStepOut":
        return cls(
            kind=FollowUpStep.Kind(step.kind),
            at=step.at,
            organisation=Named.of(step.organisation),
            note=step.note,
            due_on=step.due_on,
            has_file=bool(step.file),
        )


class FollowUpWithStepsOut(FollowUpOut):
    steps: list[FollowUpStepOut]
