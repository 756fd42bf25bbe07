"""Calls for returns, the board of who has reported, and returns as they were sent."""

import datetime
from typing import Annotated, Any

from pydantic import BaseModel

from qixue.api.schemas.parts import Moment, Named, Text, choice
from qixue.figures.queries import number
from qixue.programme.models import ReturnCall, ReturnField, ReturnStep, ReturnSubmission, SentValue
from qixue.programme.queries.return_calls import due_day
from qixue.programme.queries.return_coverage import Board, Tile


class ReturnFieldOut(BaseModel):
    position: int
    kind: Annotated[ReturnField.Kind, choice(ReturnField.Kind)]
    name: Text
    rule: str
    unit: str
    figure: str
    is_required: bool

    @classmethod
    def of(cls, field: ReturnField) -> "ReturnFieldOut":
        return cls(
            position=field.position,
            kind=ReturnField.Kind(field.kind),
            name=Text(zh=field.name, en=field.name_en),
            rule=field.rule,
            unit=field.unit,
            figure=field.figure,
            is_required=field.is_required,
        )


class ReturnCallOut(BaseModel):
    number: int
    name: str
    instruction: str
    state: Annotated[ReturnCall.State, choice(ReturnCall.State)]
    organisation: Named | None
    town_due_on: datetime.date
    county_due_on: datetime.date
    opened_at: Moment | None
    closed_at: Moment | None
    fields: list[ReturnFieldOut]

    @classmethod
    def of(cls, call: ReturnCall) -> "ReturnCallOut":
        """The fields must be prefetched in their order."""
        return cls(
            number=call.number,
            name=call.name,
            instruction=call.instruction,
            state=ReturnCall.State(call.state),
            organisation=Named.of(call.organisation),
            town_due_on=call.town_due_on,
            county_due_on=call.county_due_on,
            opened_at=call.opened_at,
            closed_at=call.closed_at,
            fields=[ReturnFieldOut.of(field) for field in call.fields.all()],
        )


class CoveredPlaceOut(BaseModel):
    """`state` is that of its return, or `late`, `covered` by its county's return, `nobody` where nobody was asked."""

    region: Named | None
    state: str
    days_late: int
    is_reported: bool
    return_id: int | None

    @classmethod
    def of(cls, tile: Tile) -> "CoveredPlaceOut":
        return cls(
            region=Named.of(tile.region),
            state=tile.state,
            days_late=tile.days_late,
            is_reported=tile.is_reported,
            return_id=tile.submission.pk if tile.submission else None,
        )


class CoverageOut(BaseModel):
    """Counties and towns in the reach of the token's user."""

    county_count: int
    counties_reported: int
    town_count: int
    towns_reported: int
    counties: list[CoveredPlaceOut]
    towns: list[CoveredPlaceOut]

    @classmethod
    def of(cls, board: Board) -> "CoverageOut":
        return cls(
            county_count=len(board.county_tiles),
            counties_reported=len(board.counties_reported),
            town_count=len(board.town_tiles),
            towns_reported=len(board.towns_reported),
            counties=[CoveredPlaceOut.of(tile) for tile in board.county_tiles],
            towns=[CoveredPlaceOut.of(tile) for tile in board.town_tiles],
        )


class SentValueOut(BaseModel):
    """`value` with everything below, `own` what the organisation itself stated. Decimals travel as text."""

    field: int
    value: int | str | None
    own: int | str | None
    unit: str
    qualifier: str
    text: str
    note: str
    as_of: Moment | None
    digest: str

    @classmethod
    def of(cls, value: SentValue) -> "SentValueOut":
        whole, own = value.quantity, value.own_quantity
        return cls(
            field=value.field.position,
            value=number(whole.value) if whole else None,
            own=number(own.value) if own else None,
            unit=value.unit,
            qualifier=value.qualifier,
            text=value.text,
            note=value.note,
            as_of=value.as_of,
            digest=value.digest,
        )


class ReturnStepOut(BaseModel):
    kind: Annotated[ReturnStep.Kind, choice(ReturnStep.Kind)]
    at: Moment
    organisation: Named | None
    comment: str
    values: list[SentValueOut]

    @classmethod
    def of(cls, step: ReturnStep) -> "ReturnStepOut":
        return cls(
            kind=ReturnStep.Kind(step.kind),
            at=step.at,
            organisation=Named.of(step.organisation),
            comment=step.comment,
            values=[SentValueOut.of(value) for value in step.values.all()],
        )


class ReturnOut(BaseModel):
    """`values` as they were sent last; empty while nothing was sent."""

    id: int
    organisation: Named | None
    level: Annotated[ReturnSubmission.Level, choice(ReturnSubmission.Level)]
    state: Annotated[ReturnSubmission.State, choice(ReturnSubmission.State)]
    parent: int | None
    due_on: datetime.date
    first_sent_at: Moment | None
    values: list[SentValueOut]

    @classmethod
    def facts(cls, submission: ReturnSubmission) -> dict[str, Any]:
        step = submission.sent_step
        return {
            "id": submission.pk,
            "organisation": Named.of(submission.organisation),
            "level": submission.level,
            "state": submission.state,
            "parent": submission.parent_id,
            "due_on": due_day(submission),
            "first_sent_at": submission.first_sent_at,
            "values": [SentValueOut.of(value) for value in step.values.all()] if step else [],
        }

    @classmethod
    def of(cls, submission: ReturnSubmission) -> "ReturnOut":
        return cls(**cls.facts(submission))


class ReturnWithStepsOut(ReturnOut):
    steps: list[ReturnStepOut]

    @classmethod
    def of(cls, submission: ReturnSubmission) -> "ReturnWithStepsOut":
        steps = submission.steps.select_related("organisation").prefetch_related("values__field")
        found = [ReturnStepOut.of(step) for step in steps.order_by("at", "pk")]
        return cls(**cls.facts(submission), steps=found)
