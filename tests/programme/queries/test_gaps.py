import datetime
from typing import Any

import pytest
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory, RegionFactory, VenueFactory
from tests.factories_planning import PlanFactory, PlanLineFactory, PlanVersionFactory

from qixue.places.models import Region
from qixue.programme.models import PlanStep, PlanVersion, Programme
from qixue.programme.queries.gaps import Gaps, gaps_of
from qixue.programme.queries.heat import counts_of, heat_of
from qixue.programme.queries.territory import territory_of, widest_view

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
FIRST = NOON.date()


@pytest.fixture
def county() -> Region:
    return RegionFactory(code="441826", name="连南瑶族自治县", level=Region.Level.COUNTY, parent=RegionFactory())


@pytest.fixture
def towns(county: Region) -> list[Region]:
    names = {"441826100": "三江镇", "441826105": "三排镇"}
    return [
        RegionFactory(code=code, name=name, level=Region.Level.TOWNSHIP, parent=county) for code, name in names.items()
    ]


@pytest.fixture
def programme(county: Region) -> Programme:
    """Sixty days, from today."""
    return ProgrammeFactory(region=county.parent, starts_on=FIRST, ends_on=FIRST + 59 * DAY)


@pytest.fixture
def draft(programme: Programme, county: Region) -> PlanVersion:
    organisation = OrganisationFactory(parent=programme.organisation, region=county, kind="education_bureau")
    return PlanVersionFactory(plan=PlanFactory(programme=programme, organisation=organisation))


def line(version: PlanVersion, town: Region, day: int) -> None:
    start = NOON + day * DAY
    PlanLineFactory(
        version=version, venue=VenueFactory(region=town), starts_at=start, ends_at=start + datetime.timedelta(hours=1)
    )


def gaps(programme: Programme, parent: Region, paths: Any = ("",)) -> Gaps:
    territory = territory_of(programme, list(paths))
    counts = counts_of(programme, list(paths), territory)
    return gaps_of(programme, list(paths), counts, heat_of(programme, counts, parent, territory), territory)


def test_silence_of_three_weeks_is_named_with_its_days(draft: PlanVersion, towns: list[Region], county: Region):
    for town, days in zip(towns, [(0, 10, 31, 50), (0, 31, 50)], strict=True):
        for day in days:
            line(draft, town, day)

    found = gaps(draft.plan.programme, county.parent)

    assert [(each.town.name, each.first, each.last, each.days) for each in found.silences] == [
        ("三排镇", FIRST + DAY, FIRST + 30 * DAY, 30)
    ]
    assert found.places[0].longest == found.silences[0]


@pytest.mark.parametrize(("day", "count"), [(21, 0), (22, 1)])
def test_silence_is_long_from_twenty_one_days(
    draft: PlanVersion, towns: list[Region], county: Region, day: int, count: int
):
    programme = draft.plan.programme
    programme.ends_on = FIRST + day * DAY
    programme.save()
    for town in towns:
        line(draft, town, 0)
    line(draft, towns[0], 11)
    line(draft, towns[1], day)

    assert len(gaps(programme, county.parent).silences) == count


def test_town_without_anything_is_silent_from_first_to_last(draft: PlanVersion, towns: list[Region], county: Region):
    line(draft, towns[0], 0)

    found = gaps(draft.plan.programme, county.parent)

    assert [town.name for town in found.places[0].silent_towns] == ["三排镇"]
    assert [(each.town.name, each.days) for each in found.silences] == [("三排镇", 60), ("三江镇", 59)]
    assert len(found.places[0].silent_columns) == 8


def test_county_is_without_plan_until_one_is_filed(draft: PlanVersion, towns: list[Region], county: Region):
    before = gaps(draft.plan.programme, county.parent).without_plan
    draft.plan.steps.create(version=draft, kind=PlanStep.Kind.SUBMITTED, at=NOON)
    draft.plan.steps.create(version=draft, kind=PlanStep.Kind.SUBMITTED, at=NOON)

    found = gaps(draft.plan.programme, county.parent)

    assert [(place.plan_count, place.filed_count) for place in before] == [(1, 0)]
    assert ([place.filed_count for place in found.places], found.without_plan) == ([1], [])


def test_gaps_are_said_of_ones_own_place_only(draft: PlanVersion, towns: list[Region], county: Region):
    RegionFactory(code="441802", level=Region.Level.COUNTY, parent=county.parent)
    programme = draft.plan.programme
    library = OrganisationFactory(parent=programme.organisation, region=towns[1])
    paths = [draft.plan.organisation.path]

    assert [place.region.name for place in gaps(programme, county.parent, paths).places] == ["连南瑶族自治县"]
    assert gaps(programme, county.parent, [library.path]).places == []
    assert widest_view(programme, territory_of(programme, paths)) == county


def test_gaps_cost_as_many_queries_for_many_lines_as_for_one(
    draft: PlanVersion, towns: list[Region], county: Region, django_assert_num_queries: Any
):
    for day in range(3):
        line(draft, towns[0], day)

    with django_assert_num_queries(5):
        gaps(draft.plan.programme, county.parent)
