"""Figures about how long the steps of coordination take: median, 90th percentile, and what was done in time."""

import math
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from qixue.core.changes import Subject
from qixue.core.clock import local_day
from qixue.core.digests import digest
from qixue.core.figures import EvidenceRow, FigureDefinition, FigureValue, Scope, registry
from qixue.core.quantity import DAY, PERCENT, PIECE, Quantity
from qixue.programme.queries.turnaround import Passage, passages_in

DIMENSIONS = ("organisation", "region")
TENTH = Decimal("0.1")
MEDIAN, SLOWEST = "median", "p90"
# Step -> its name, and what is measured, in words that end with how several such passages of one record count.
STEPS: dict[str, tuple[Any, Any]] = {
    "plan_filing": (
        _("Days to file a plan"),
        _("Days from the invitation to the first filing of a plan; by plan, of the organisation that files."),
    ),
    "plan_decision": (
        _("Days to decide about a plan"),
        _("Days from filing to approval or return; by version of a plan, of the organisation that decides."),
    ),
    "countersigning": (
        _("Days to countersign"),
        _("Days from the request to the last answer; by countersignature, of the organisation that was asked."),
    ),
    "plan_publication": (
        _("Days to publish a plan"),
        _("Days from approval to publication; by version of a plan, of the organisation that decides."),
    ),
    "acknowledgement": (
        _("Days to acknowledge an item"),
        _("Days from assignment or hand-over to the acknowledgement; by acknowledgement, of the owner."),
    ),
    "report": (
        _("Days to report an item done"),
        _("Days from assignment, hand-over or sending back to the report; by report, of the owner."),
    ),
    "closing": (
        _("Days to close an item"),
        _("Days from the last report to the closing of an item; by item, of the organisation that assigned it."),
    ),
}
HOW_MEDIAN = _("The middle value; of an even number of them the mean of the two in the middle.")
HOW_SLOWEST = _("The smallest value that at least nine of ten do not exceed.")
CALENDAR = _("Calendar days, to one decimal; what has not ended yet is not in it.")
STEP_RECORD = _("Step record")


def median(values: Sequence[float]) -> float:
    """Of at least one value, sorted."""
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def ninetieth(values: Sequence[float]) -> float:
    """Of at least one value, sorted: by nearest rank."""
    return values[math.ceil(len(values) * 0.9) - 1]


def in_tenths(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(TENTH, ROUND_HALF_UP)


MEASURES: dict[str, Callable[[Sequence[float]], float]] = {MEDIAN: median, SLOWEST: ninetieth}


def days_of(scope: Scope, step: str, measure: str) -> FigureValue:
    """Missing where no such step has ended: nothing was slow, and nothing fast."""
    days = sorted(passage.days for passage in passages_in(scope, step))
    return FigureValue(Quantity(in_tenths(MEASURES[measure](days)), DAY) if days else None)


def share_in_time(scope: Scope) -> FigureValue:
    closed = passages_in(scope, "closed_in_time")
    if not closed:
        return FigureValue(None)
    in_time = sum(passage.is_in_time for passage in closed)
    return FigureValue(Quantity(in_tenths(100 * in_time / len(closed)), PERCENT))


def rows_of(scope: Scope, step: str) -> list[EvidenceRow]:
    """One row for each passage, the slowest first."""
    passages = sorted(passages_in(scope, step), key=lambda passage: (-passage.days, passage.key))
    return [row_of(passage) for passage in passages]


def row_of(passage: Passage) -> EvidenceRow:
    begun, ended = local_day(passage.begun_at).isoformat(), local_day(passage.ended_at).isoformat()
    return EvidenceRow(
        id=passage.key,
        title=passage.title,
        quantity=Quantity(in_tenths(passage.days), DAY),
        occurred_on=f"{begun} – {ended}",
        source=str(STEP_RECORD),
        digest=digest([passage.key, passage.begun_at.isoformat(), passage.ended_at.isoformat()]),
        organisation=passage.organisation,
    )


def in_time_row_of(passage: Passage) -> EvidenceRow:
    """1 for an item that was reported in time, else 0; with the day of the report and the deadline."""
    reported = local_day(passage.ended_at).isoformat()
    deadline = passage.due_on.isoformat() if passage.due_on else ""
    return EvidenceRow(
        id=passage.key,
        title=passage.title,
        quantity=Quantity(1 if passage.is_in_time else 0, PIECE),
        occurred_on=f"{reported} / {deadline}",
        source=str(STEP_RECORD),
        digest=digest([passage.key, reported, deadline]),
        organisation=passage.organisation,
    )


def in_time_rows(scope: Scope) -> list[EvidenceRow]:
    return [in_time_row_of(passage) for passage in passages_in(scope, "closed_in_time")]


def define(step: str, measure: str, name: Any, how: Any) -> None:
    def value(scope: Scope) -> FigureValue:
        return days_of(scope, step, measure)

    registry.register(
        FigureDefinition(
            code=f"{step}_days_{measure}",
            name=name,
            unit=DAY,
            rule=format_lazy(_("{what} {how} {calendar}"), what=STEPS[step][1], how=how, calendar=CALENDAR),
            dimensions=DIMENSIONS,
            value=value,
            recount=value,
            evidence=lambda scope: rows_of(scope, step),
            stands_on=(Subject.RECORDS,),
            is_internal=True,
        )
    )


for code, (words, _rule) in STEPS.items():
    define(code, MEDIAN, format_lazy(_("{step}, median"), step=words), HOW_MEDIAN)
    define(code, SLOWEST, format_lazy(_("{step}, 90th percentile"), step=words), HOW_SLOWEST)

registry.register(
    FigureDefinition(
        code="closed_in_time_share",
        name=_("Share of items done in time"),
        unit=PERCENT,
        rule=_(
            "Closed items whose last report came by the deadline, divided by all closed items; by item, of the owner."
            " A deadline that was moved counts as moved; items that were withdrawn are not among them."
        ),
        dimensions=DIMENSIONS,
        value=share_in_time,
        recount=share_in_time,
        evidence=in_time_rows,
        stands_on=(Subject.RECORDS,),
        is_internal=True,
    )
)
