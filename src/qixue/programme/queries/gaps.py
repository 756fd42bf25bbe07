"""What is silent: weeks, towns, long stretches in which a town has nothing, and counties without a plan."""

import datetime
import itertools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from qixue.people.queries import path_filter
from qixue.places.models import Region
from qixue.programme.models import Plan, PlanStep, Programme
from qixue.programme.queries.heat import DAY, Column, Counts, Heat, Row, starts_of
from qixue.programme.queries.territory import Territory

LONG_SILENCE = 21  # days
Level = Region.Level


@dataclass(frozen=True)
class Silence:
    """Days in a row on which a town has nothing."""

    town: Region
    first: datetime.date
    last: datetime.date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def is_long(self) -> bool:
        return self.days >= LONG_SILENCE


@dataclass(frozen=True)
class PlaceGaps:
    """What one place lacks; `longest` is the longest silence of one of its towns, if it lasts three weeks."""

    region: Region
    silent_columns: list[Column]
    towns: list[Region]
    silent_towns: list[Region]
    longest: Silence | None
    plan_count: int
    filed_count: int


@dataclass(frozen=True)
class Gaps:
    places: list[PlaceGaps]
    silences: list[Silence]  # three weeks or more, the longest first

    @property
    def without_plan(self) -> list[PlaceGaps]:
        """Counties from which nobody has filed a plan."""
        return [place for place in self.places if place.region.level == Level.COUNTY and not place.filed_count]


def gaps_of(programme: Programme, paths: list[str], counts: Counts, heat: Heat, territory: Territory) -> Gaps:
    """For the rows of a heat map whose viewer answers for its places; empty for anybody else."""
    rows = [row for row in heat.rows if heat.is_answered and not row.is_rest]
    towns = towns_below([row.region for row in rows], territory)
    days = days_by_town(counts, [town for group in towns.values() for town in group])
    silences = {town: longest_silence(programme, town, days[town.pk]) for group in towns.values() for town in group}
    plans = plans_by_place(programme, paths, [row.region for row in rows])
    places = [gaps_at(row, towns[row.region.pk], days, silences=silences, plans=plans[row.region.pk]) for row in rows]
    long = [silence for silence in silences.values() if silence and silence.is_long]
    return Gaps(places, sorted(long, key=lambda silence: (-silence.days, silence.town.code)))


def gaps_at(
    row: Row,
    towns: list[Region],
    days: dict[int, set[datetime.date]],
    *,
    silences: dict[Region, Silence | None],
    plans: tuple[int, int],
) -> PlaceGaps:
    long = [silence for town in towns if (silence := silences[town]) and silence.is_long]
    return PlaceGaps(
        region=row.region,
        silent_columns=row.silent_columns,
        towns=towns,
        silent_towns=[town for town in towns if not days[town.pk]],
        longest=max(long, key=lambda silence: silence.days, default=None),
        plan_count=plans[0],
        filed_count=plans[1],
    )


def towns_below(regions: list[Region], territory: Territory) -> dict[int, list[Region]]:
    """The towns of each region; a town is its own."""
    found: dict[int, list[Region]] = {region.pk: [] for region in regions}
    by_path = {region.path: region.pk for region in regions}
    for town in Region.objects.filter(path_filter(list(by_path)), level=Level.TOWNSHIP).order_by("code"):
        place = next((by_path[start] for start in starts_of(town.path) if start in by_path), None)
        if place is not None and territory.covers(town):
            found[place].append(town)
    return found


def days_by_town(counts: Counts, towns: list[Region]) -> dict[int, set[datetime.date]]:
    by_path = {town.path: town.pk for town in towns}
    days: dict[int, set[datetime.date]] = defaultdict(set)
    for path, day in counts:
        town = next((by_path[start] for start in starts_of(path) if start in by_path), None)
        if town is not None:
            days[town].add(day)
    return days


def longest_silence(programme: Programme, town: Region, days: Iterable[datetime.date]) -> Silence | None:
    """The first of the longest stretches without a session within the programme's days."""
    first, last = programme.starts_on, programme.ends_on
    if first is None or last is None:
        return None
    edges = [first - DAY, *sorted(day for day in days if first <= day <= last), last + DAY]
    start, end = max(itertools.pairwise(edges), key=lambda pair: pair[1] - pair[0])
    return Silence(town, start + DAY, end - DAY) if end - start > DAY else None


def plans_by_place(programme: Programme, paths: list[str], regions: list[Region]) -> dict[int, tuple[int, int]]:
    """How many organisations of each place, below the paths, were asked for a plan, and how many ever filed one."""
    filed = Count("pk", filter=Q(steps__kind=PlanStep.Kind.SUBMITTED), distinct=True)
    within = path_filter(paths, "organisation__path")
    plans = Plan.objects.filter(within, programme=programme).order_by().values_list("organisation__region__path")
    by_path = {region.path: region.pk for region in regions}
    found = dict.fromkeys(by_path.values(), (0, 0))
    for path, asked, done in plans.annotate(asked=Count("pk", distinct=True), filed=filed):
        place = next((by_path[start] for start in starts_of(path or "") if start in by_path), None)
        if place is not None:
            found[place] = (found[place][0] + asked, found[place][1] + done)
    return found
