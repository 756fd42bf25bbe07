"""Plans as the API shows them: a plan, a version of it with its lines, steps, countersignatures and conflicts."""

import datetime
import uuid
from typing import Annotated, Any

from pydantic import BaseModel, Field

from qixue.api.schemas.parts import Moment, Named, Page, Text, choice
from qixue.core.clock import SHANGHAI
from qixue.programme.models import (
    Activity,
    Countersignature,
    LineComment,
    PlanLine,
    PlanStep,
    PlanVersion,
    Session,
)
from qixue.programme.plan_difference import Difference, FieldChange
from qixue.programme.queries.conflicts import Conflict

State = Annotated[PlanVersion.State, choice(PlanVersion.State)]
VersionNumber = Annotated[int, Field(ge=1, le=32767)]


class PlanOut(BaseModel):
    """A plan with its newest version; `filed_at` is when it was filed for the first time."""

    id: int
    programme: str
    organisation: Named
    invited_at: Moment
    due_on: datetime.date | None
    filed_at: Moment | None
    version: int
    state: State

    @classmethod
    def of(cls, plan: Any) -> "PlanOut":
        """The plan must have been through `with_state`."""
        return cls(
            id=plan.pk,
            programme=plan.programme.code,
            organisation=Named(
                code=plan.organisation.code, name=Text(zh=plan.organisation.name, en=plan.organisation.name_en)
            ),
            invited_at=plan.invited_at,
            due_on=plan.due_on,
            filed_at=plan.filed_at,
            version=plan.latest_number,
            state=plan.latest_state,
        )


class VersionOut(BaseModel):
    """One version of a plan. `edit_count` grows with every change of a draft; both together are its ETag."""

    plan_id: int
    version: int
    state: State
    note: str
    edit_count: int
    line_count: int
    expected_attendance: int | None
    budget_fen: int | None

    @classmethod
    def of(cls, version: PlanVersion, line_count: int, sums: dict[str, int | None]) -> "VersionOut":
        return cls(
            plan_id=version.plan_id,
            version=version.number,
            state=PlanVersion.State(version.state),
            note=version.note,
            edit_count=version.edit_count,
            line_count=line_count,
            expected_attendance=sums["expected"],
            budget_fen=sums["budget_fen"],
        )


class PlanDetailOut(PlanOut):
    """A plan, and the version of it that was asked for."""

    shown: VersionOut

    @classmethod
    def showing(cls, plan: Any, shown: VersionOut) -> "PlanDetailOut":
        return cls(shown=shown, **PlanOut.of(plan).model_dump())


class CommentOut(BaseModel):
    organisation: str
    by: str
    at: Moment
    text: str

    @classmethod
    def of(cls, comment: LineComment) -> "CommentOut":
        return cls(organisation=comment.organisation.code, by=comment.by.display_name, at=comment.at, text=comment.text)


class LineOut(BaseModel):
    """One planned session. `key` is the same in every version, `edit_count` that of this line; money is in fen."""

    key: uuid.UUID
    edit_count: int
    title: str
    kind: Annotated[Activity.Kind, choice(Activity.Kind)]
    audience: Annotated[Activity.Audience, choice(Activity.Audience)]
    brand: str | None
    description: str
    topic: str
    speaker: str
    starts_at: Moment
    ends_at: Moment
    venue: Named | None
    room: str | None
    region: str | None
    is_online: bool
    seat_count: int | None
    counting_rule: Annotated[Session.CountingRule, choice(Session.CountingRule)]
    expected_attendance: int | None
    budget_fen: int | None
    is_flagship: bool
    comments: list[CommentOut]

    @classmethod
    def of(cls, line: PlanLine, comments: list[LineComment] | None = None) -> "LineOut":
        """Brand, venue, room and region must be loaded with the line."""
        same = (
            "key", "edit_count", "title", "kind", "audience", "description", "topic", "speaker", "starts_at", "ends_at",
            "is_online", "seat_count", "counting_rule", "expected_attendance", "budget_fen", "is_flagship",
        )  # fmt: skip
        return cls(
            brand=line.brand.code if line.brand else None,
            venue=Named.of(line.venue),
            room=line.room.code if line.room else None,
            region=line.region.code if line.region else None,
            comments=[CommentOut.of(comment) for comment in comments or []],
            **{name: getattr(line, name) for name in same},
        )


class LinesOut(Page[LineOut]):
    version: int
    edit_count: int


class StepOut(BaseModel):
    """One dated, attributed step; `by` is empty where the system itself took it."""

    kind: Annotated[PlanStep.Kind, choice(PlanStep.Kind)]
    at: Moment
    version: int | None
    organisation: Named | None
    by: str
    comment: str

    @classmethod
    def of(cls, step: PlanStep) -> "StepOut":
        return cls(
            kind=PlanStep.Kind(step.kind),
            at=step.at,
            version=step.version.number if step.version else None,
            organisation=Named.of(step.organisation),
            by=step.by.display_name if step.by else "",
            comment=step.comment,
        )


class CountersignatureOut(BaseModel):
    """`is_agreed` is null while there is no answer."""

    id: int
    version: int
    organisation: Named
    asked_at: Moment
    due_on: datetime.date | None
    is_agreed: bool | None
    comment: str
    answered_at: Moment | None

    @classmethod
    def of(cls, asked: Countersignature) -> "CountersignatureOut":
        return cls(
            id=asked.pk,
            version=asked.version.number,
            organisation=Named(
                code=asked.organisation.code, name=Text(zh=asked.organisation.name, en=asked.organisation.name_en)
            ),
            asked_at=asked.asked_at,
            due_on=asked.due_on,
            is_agreed=asked.is_agreed,
            comment=asked.comment,
            answered_at=asked.answered_at,
        )


class CountersignaturesOut(BaseModel):
    items: list[CountersignatureOut]


class ConflictOut(BaseModel):
    """Something that a person should look at; a hard one is refused on publication."""

    kind: str
    line: uuid.UUID | None
    text: str
    is_hard: bool

    @classmethod
    def of(cls, conflict: Conflict) -> "ConflictOut":
        line = conflict.slot.plan_line_key
        return cls(kind=conflict.kind, line=line, text=str(conflict.text), is_hard=conflict.is_hard)


class FieldChangeOut(BaseModel):
    field: str
    before: str | int | bool | None
    after: str | int | bool | None

    @classmethod
    def of(cls, change: FieldChange) -> "FieldChangeOut":
        return cls(field=change.name, before=plain(change.before), after=plain(change.after))


class LineChangeOut(BaseModel):
    key: uuid.UUID
    title: str
    fields: list[FieldChangeOut]


class DifferenceOut(BaseModel):
    """What a version changes against the one before it, by the keys of the lines; `former` is null for the first."""

    version: int
    former: int | None
    added: list[LineOut]
    removed: list[LineOut]
    changed: list[LineChangeOut]

    @classmethod
    def of(cls, version: int, former: int | None, found: Difference) -> "DifferenceOut":
        return cls(
            version=version,
            former=former,
            added=[LineOut.of(line) for line in found.added],
            removed=[LineOut.of(line) for line in found.removed],
            changed=[
                LineChangeOut(
                    key=change.after.key,
                    title=change.after.title,
                    fields=[FieldChangeOut.of(field) for field in change.fields],
                )
                for change in found.changed
            ],
        )


def plain(value: Any) -> str | int | bool | None:
    """A value of a line: a record as its code, a moment with the offset of Shanghai."""
    if isinstance(value, datetime.datetime):
        return value.astimezone(SHANGHAI).isoformat()
    if value is None or isinstance(value, bool | int):
        return value
    return str(getattr(value, "code", value))
