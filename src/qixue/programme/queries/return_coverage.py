"""The coverage board: which counties and towns have reported what, who is late by how many days, who is silent."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from qixue.core.clock import local_day
from qixue.places.models import Region
from qixue.programme.models import ReturnCall, ReturnSubmission
from qixue.programme.queries.return_calls import TOWN_KINDS, due_day

State = ReturnSubmission.State
LATE, COVERED, NOBODY = "late", "covered", "nobody"  # states of a place beyond those of a return
REPORTED = frozenset({State.SUBMITTED, State.ACCEPTED, COVERED})


def state_words() -> dict[str, str]:
    """How each state of a place is called, in the order in which they are offered."""
    shown = (State.WAITING, State.SUBMITTED, State.SENT_BACK, State.ACCEPTED)
    words = {LATE: _("Overdue"), **{str(state): str(state.label) for state in shown}}
    return {**words, COVERED: _("In its county's return"), NOBODY: _("Nobody was asked")}


@dataclass(frozen=True)
class Tile:
    """One county or town. `state` is that of its return, `late` when that is overdue, `covered` when its county's
    return speaks for it, `nobody` when no organisation there was asked; `days_late` counts to the first sending."""

    region: Region
    submission: ReturnSubmission | None
    state: str
    days_late: int = 0

    @property
    def is_reported(self) -> bool:
        return self.state in REPORTED


@dataclass(frozen=True)
class County:
    tile: Tile
    towns: tuple[Tile, ...]

    @property
    def reported_count(self) -> int:
        return sum(town.is_reported for town in self.towns)


@dataclass(frozen=True)
class Board:
    """All counties of a call with their towns; `others` are returns of organisations that stand for no such place."""

    counties: tuple[County, ...]
    others: tuple[tuple[ReturnSubmission, str, int], ...] = ()

    @property
    def county_tiles(self) -> list[Tile]:
        return [county.tile for county in self.counties]

    @property
    def town_tiles(self) -> list[Tile]:
        return [town for county in self.counties for town in county.towns]

    @property
    def counties_reported(self) -> list[Tile]:
        return [tile for tile in self.county_tiles if tile.is_reported]

    @property
    def towns_reported(self) -> list[Tile]:
        return [tile for tile in self.town_tiles if tile.is_reported]

    @property
    def counties_missing(self) -> list[Tile]:
        return [tile for tile in self.county_tiles if not tile.is_reported]


def administrative(regions: QuerySet[Region]) -> QuerySet[Region]:
    """Without statistical units that are no division of the country."""
    return regions.exclude(unit_type=Region.UnitType.SPECIAL).order_by("code")


def board_of(call: ReturnCall, *, at: datetime.datetime, seen: Iterable[int] | None = None) -> Board:
    """The board, or of it what hangs on the returns `seen` (their keys); counties out of sight are left out."""
    submissions = ReturnSubmission.objects.filter(call=call).select_related(
        "call", "organisation__region", "sent_step", "parent"
    )
    every = list(submissions.prefetch_related("sent_step__covered").order_by("organisation__path", "pk"))
    within = None if seen is None else set(seen)
    visible = every if within is None else [each for each in every if each.pk in within]
    by_region = desks_by_region(every)
    today = local_day(call.closed_at or at)
    base = call.organisation.region or call.programme.region
    regions = list(administrative(Region.objects.within(base).filter(level__in=("county", "township"))))
    covered = covered_towns(every)
    keys = {each.pk for each in visible}
    counties = [
        county_of(region, [each for each in regions if each.parent_id == region.pk], by_region, covered, today)
        for region in regions
        if region.level == Region.Level.COUNTY
    ]
    shown = tuple(
        each for each in counties if within is None or (each.tile.submission and each.tile.submission.pk in keys)
    )
    placed = {tile.submission.pk for each in shown for tile in (each.tile, *each.towns) if tile.submission}
    others = tuple((each, *state_of(each, today)) for each in visible if each.pk not in placed)
    return Board(shown, others)


def desks_by_region(submissions: Iterable[ReturnSubmission]) -> dict[int, ReturnSubmission]:
    """Which return stands for a place: the town's own office first, else the one highest in the tree."""
    found: dict[int, ReturnSubmission] = {}
    ranked = sorted(
        submissions,
        key=lambda each: (
            each.organisation.kind not in TOWN_KINDS,
            each.organisation.path.count("/"),
            each.organisation.path,
        ),
    )
    for submission in ranked:
        if submission.organisation.region_id:
            found.setdefault(submission.organisation.region_id, submission)
    return found


def covered_towns(submissions: Iterable[ReturnSubmission]) -> set[int]:
    """Towns for which a return speaks that counts as reported."""
    reported = [each for each in submissions if each.state in ReturnSubmission.REPORTED and each.sent_step]
    return {town.pk for each in reported if each.sent_step for town in each.sent_step.covered.all()}


def county_of(
    region: Region,
    towns: Iterable[Region],
    by_region: dict[int, ReturnSubmission],
    covered: set[int],
    today: datetime.date,
) -> County:
    tiles = tuple(tile_of(town, by_region.get(town.pk), covered, today) for town in towns)
    return County(tile_of(region, by_region.get(region.pk), covered, today), tiles)


def tile_of(region: Region, submission: ReturnSubmission | None, covered: set[int], today: datetime.date) -> Tile:
    if submission is None:
        return Tile(region, None, COVERED if region.pk in covered else NOBODY)
    return Tile(region, submission, *state_of(submission, today))


def state_of(submission: ReturnSubmission, today: datetime.date) -> tuple[str, int]:
    """The state as the board shows it, and by how many days the return was or is late."""
    due_on, sent_at = due_day(submission), submission.first_sent_at
    if submission.state in ReturnSubmission.REPORTED and sent_at:
        return submission.state, max(0, (local_day(sent_at) - due_on).days)
    days_late = max(0, (today - due_on).days)
    return (LATE if days_late and submission.state == State.WAITING else submission.state), days_late


def towns_without_return(submission: ReturnSubmission) -> list[Region]:
    """Towns of the return's county in which nobody was asked: it may speak for them."""
    place = submission.organisation.region
    if place is None or place.level != Region.Level.COUNTY:
        return []
    asked = ReturnSubmission.objects.filter(call=submission.call_id).values("organisation__region")
    towns = Region.objects.filter(parent=place, level=Region.Level.TOWNSHIP).exclude(pk__in=asked)
    return list(administrative(towns))


def not_in_it(submission: ReturnSubmission) -> list[str]:
    """Names of those below that the return leaves out: not accepted, or in towns for which nobody speaks."""
    children = submission.parts.exclude(state=State.ACCEPTED).select_related("organisation")
    silent = [each.organisation.local_name for each in children.order_by("organisation__path", "pk")]
    spoken_for = set(submission.covered.values_list("pk", flat=True))
    return [*silent, *(town.local_name for town in towns_without_return(submission) if town.pk not in spoken_for)]


def whole_call(programme_code: str) -> ReturnCall | None:
    """The call that was opened last for the whole region of a programme."""
    calls: QuerySet[Any] = ReturnCall.objects.filter(programme__code=programme_code).exclude(state="draft")
    calls = calls.select_related("programme__region", "organisation__region").order_by("-opened_at", "-pk")
    return next((each for each in calls if each.organisation.region_id == each.programme.region_id), None)
