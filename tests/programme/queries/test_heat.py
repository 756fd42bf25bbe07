import datetime
from typing import Any

import pytest
from tests.factories import NOON, ActivityFactory, OrganisationFactory, ProgrammeFactory, RegionFactory, SessionFactory
from tests.factories import VenueFactory as Venues
from tests.factories_planning import PlanFactory, PlanLineFactory, PlanVersionFactory

from qixue.places.models import Region
from qixue.programme.models import PlanVersion, Programme
from qixue.programme.queries.heat import Heat, columns_of, counts_of, heat_of
from qixue.programme.queries.territory import territory_of

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
TODAY = NOON.date()


@pytest.fixture
def county() -> Region:
    return RegionFactory(code="441826", name="连南瑶族自治县", level=Region.Level.COUNTY, parent=RegionFactory())


@pytest.fixture
def town(county: Region) -> Region:
    return RegionFactory(code="441826105", name="三排镇", level=Region.Level.TOWNSHIP, parent=county)


@pytest.fixture
def programme(county: Region) -> Programme:
    """Two days, from today."""
    RegionFactory(code="441802", name="清城区", level=Region.Level.COUNTY, parent=county.parent)
    return ProgrammeFactory(region=county.parent, starts_on=TODAY, ends_on=TODAY + DAY)


@pytest.fixture
def draft(programme: Programme) -> PlanVersion:
    plan = PlanFactory(programme=programme, organisation=OrganisationFactory(parent=programme.organisation))
    return PlanVersionFactory(plan=plan)


def line(version: PlanVersion, place: Region, day: int = 0, **values: Any) -> Any:
    start = NOON + day * DAY
    times = {"starts_at": start, "ends_at": start + datetime.timedelta(hours=1)}
    return PlanLineFactory(version=version, venue=Venues(region=place), **times, **values)


def seen(programme: Programme, paths: list[str], parent: Region) -> Heat:
    """The map as somebody sees it who reaches these parts of the tree."""
    territory = territory_of(programme, paths)
    return heat_of(programme, counts_of(programme, paths, territory), parent, territory)


def table(heat: Heat) -> dict[str, list[int]]:
    return {row.region.name: [cell.count for cell in row.cells] for row in heat.rows}


def test_lines_are_counted_by_county_and_day(draft: PlanVersion, county: Region, town: Region):
    line(draft, town)
    line(draft, county)
    line(draft, town, day=1)

    heat = seen(draft.plan.programme, [""], county.parent)

    assert table(heat) == {"清城区": [0, 0], "连南瑶族自治县": [2, 1]}
    assert [[cell.level for cell in row.cells] for row in heat.rows] == [[0, 0], [5, 2]]


def test_county_opens_to_its_towns(draft: PlanVersion, county: Region, town: Region):
    line(draft, town)

    assert table(seen(draft.plan.programme, [""], county)) == {"三排镇": [1, 0]}


def test_silent_places_and_days_are_named(draft: PlanVersion, county: Region, town: Region):
    line(draft, town)

    heat = seen(draft.plan.programme, [""], county.parent)

    assert [region.name for region in heat.silent] == ["清城区"]
    assert [column.first for column in heat.silent_columns] == [TODAY + DAY]


def test_once_announced_the_session_counts_and_not_its_line(draft: PlanVersion, county: Region, town: Region):
    in_force = PlanVersionFactory(plan=draft.plan, number=9, state=PlanVersion.State.PUBLISHED)
    moved, called_off = line(in_force, town), line(in_force, town)
    activity = ActivityFactory(programme=draft.plan.programme, plan=draft.plan)
    SessionFactory(activity=activity, plan_line_key=moved.key, venue=moved.venue, starts_at=NOON + DAY, ends_at=None)
    SessionFactory(activity=activity, plan_line_key=called_off.key, venue=moved.venue, state="cancelled")
    line(draft, town, key=moved.key)
    line(draft, town)

    assert table(seen(draft.plan.programme, [""], county.parent))["连南瑶族自治县"] == [1, 1]


def test_line_without_a_venue_counts_in_its_own_place(draft: PlanVersion, county: Region, town: Region):
    times = {"starts_at": NOON, "ends_at": NOON + datetime.timedelta(hours=1)}
    PlanLineFactory(version=draft, venue=None, is_online=True, region=town, **times)

    assert table(seen(draft.plan.programme, [""], county.parent))["连南瑶族自治县"] == [1, 0]


def test_what_is_in_no_part_has_a_row_of_its_own(draft: PlanVersion, county: Region):
    times = {"starts_at": NOON, "ends_at": NOON + datetime.timedelta(hours=1)}
    PlanLineFactory(version=draft, venue=None, is_online=True, region=county.parent, **times)

    heat = seen(draft.plan.programme, [""], county.parent)

    assert [(row.region.name, row.is_rest, row.total) for row in heat.rows][-1] == ("清远市", True, 1)


def test_session_without_a_plan_counts_unless_it_is_off(programme: Programme, county: Region, town: Region):
    activity = ActivityFactory(programme=programme)
    for state in ("planned", "cancelled"):
        SessionFactory(activity=activity, venue=Venues(region=town), state=state, starts_at=NOON, ends_at=None)

    assert table(seen(programme, [""], county.parent))["连南瑶族自治县"] == [1, 0]


def test_county_sees_its_own_row_and_is_told_nothing_of_others(draft: PlanVersion, county: Region, town: Region):
    bureau = OrganisationFactory(kind="education_bureau", region=county, parent=draft.plan.programme.organisation)
    line(draft, town)

    heat = seen(draft.plan.programme, [bureau.path], county.parent)

    assert table(heat) == {"连南瑶族自治县": [0, 0]}
    assert [region.name for region in heat.silent] == ["连南瑶族自治县"]


def test_county_counts_what_others_announced_there(programme: Programme, county: Region, town: Region):
    bureau = OrganisationFactory(kind="education_bureau", region=county, parent=programme.organisation)
    library = ActivityFactory(programme=programme, organisation=OrganisationFactory(parent=programme.organisation))
    SessionFactory(activity=library, venue=Venues(region=town), starts_at=NOON, ends_at=None)

    assert table(seen(programme, [bureau.path], county.parent)) == {"连南瑶族自治县": [1, 0]}


def test_who_answers_for_no_place_sees_where_their_own_is(draft: PlanVersion, county: Region, town: Region):
    line(draft, town)

    heat = seen(draft.plan.programme, [draft.plan.organisation.path], county.parent)

    assert (table(heat), heat.silent, heat.silent_columns) == ({"连南瑶族自治县": [1, 0]}, [], [])


def test_evening_belongs_to_its_day_in_shanghai(draft: PlanVersion, county: Region, town: Region):
    late = NOON.replace(hour=23)
    PlanLineFactory(
        version=draft, venue=Venues(region=town), starts_at=late, ends_at=late + datetime.timedelta(minutes=30)
    )

    assert table(seen(draft.plan.programme, [""], county.parent))["连南瑶族自治县"] == [1, 0]


def test_year_is_shown_by_weeks_from_monday():
    programme = ProgrammeFactory.build(starts_on=datetime.date(2026, 1, 1), ends_on=datetime.date(2026, 12, 31))

    columns = columns_of(programme)

    assert (len(columns), columns[0].first, columns[-1].last) == (
        53,
        datetime.date(2025, 12, 29),
        datetime.date(2027, 1, 3),
    )


def test_programme_without_days_has_no_columns():
    assert columns_of(ProgrammeFactory.build(starts_on=None, ends_on=None)) == []


def test_heat_costs_as_many_queries_for_many_lines_as_for_one(
    draft: PlanVersion, county: Region, town: Region, django_assert_num_queries: Any
):
    for _number in range(3):
        line(draft, town)

    with django_assert_num_queries(3):
        seen(draft.plan.programme, [""], county.parent)
