"""Figures about returns: how many counties and towns have reported."""

from collections.abc import Callable, Sequence
from functools import partial

from django.utils.translation import gettext_lazy as _

from qixue.core.changes import Subject
from qixue.core.clock import local_day
from qixue.core.digests import digest
from qixue.core.figures import EvidenceRow, FigureDefinition, FigureValue, Scope, registry, shared
from qixue.core.quantity import PIECE, Quantity
from qixue.programme.models import ReturnCall, ReturnSubmission
from qixue.programme.queries import region_path
from qixue.programme.queries.return_coverage import Board, Tile, board_of, whole_call

RETURN = _("Return")


@shared
def latest_board(programme_code: str) -> tuple[ReturnCall, Board] | None:
    """Whether a place has reported does not depend on the hour; only its days late do, which are not counted here."""
    call = whole_call(programme_code)
    return (call, board_of(call, at=call.closed_at or call.opened_at)) if call and call.opened_at else None


def reported(scope: Scope, tiles: Callable[[Board], Sequence[Tile]]) -> list[Tile] | None:
    """None where no call was ever opened: missing, not zero."""
    found = latest_board(scope.programme)
    if found is None:
        return None
    path = region_path(scope.region) if scope.region else ""
    return [tile for tile in tiles(found[1]) if tile.region.path.startswith(path)]


def value(tiles: Callable[[Board], Sequence[Tile]], scope: Scope) -> FigureValue:
    found = reported(scope, tiles)
    return FigureValue(None if found is None else Quantity(len(found), PIECE))


def evidence(tiles: Callable[[Board], Sequence[Tile]], scope: Scope) -> list[EvidenceRow]:
    found = latest_board(scope.programme)
    if found is None:
        return []
    return [row(found[0], tile) for tile in reported(scope, tiles) or ()]


def row(call: ReturnCall, tile: Tile) -> EvidenceRow:
    """A town that its county speaks for has no return of its own; its row says so by having no day."""
    submission = tile.submission
    sent_at = submission.first_sent_at if submission else None
    day = local_day(sent_at).isoformat() if sent_at else ""
    return EvidenceRow(
        id=f"return:{call.number}/{tile.region.code}",
        title=tile.region.local_name,
        quantity=Quantity(1, PIECE),
        occurred_on=day,
        place=tile.region.local_name,
        source=str(RETURN),
        digest=digest([call.number, tile.region.code, tile.state, step_of(submission)]),
        organisation=submission.organisation.local_name if submission else "",
    )


def step_of(submission: ReturnSubmission | None) -> str:
    step = submission.sent_step if submission else None
    return step.at.isoformat() if step else ""


def define(code: str, name: object, rule: object, tiles: Callable[[Board], Sequence[Tile]]) -> None:
    count = partial(value, tiles)
    rows, stands_on = partial(evidence, tiles), (Subject.RECORDS,)
    registry.register(FigureDefinition(code, name, PIECE, rule, ("region",), count, count, rows, stands_on=stands_on))


define(
    "counties_reported",
    _("Counties that have reported"),
    _("Counties whose return is submitted or accepted in the call that was opened last for the whole region."),
    lambda board: board.counties_reported,
)
define(
    "towns_reported",
    _("Towns and subdistricts that have reported"),
    _(
        "Towns whose return is submitted or accepted in the call that was opened last for the whole region, and towns"
        " without an organisation that was asked for which their county's return speaks."
    ),
    lambda board: board.towns_reported,
)
