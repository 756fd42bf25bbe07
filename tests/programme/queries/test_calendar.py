import datetime
from typing import Any

import pytest
from tests.factories import NOON, ActivityFactory, OrganisationFactory, RegionFactory, SessionFactory, VenueFactory
from tests.factories_planning import PlanFactory, PlanLineFactory, PlanVersionFactory

from qixue.places.models import Region
from qixue.programme.models import Activity, PlanVersion, Programme, Session
from qixue.programme.queries.calendar import Month, Wanted, month_of, months_of

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
NOVEMBER = datetime.date(2026, 11, 1)
EVERYTHING = [""]


@pytest.fixture
def draft() -> PlanVersion:
    """Of a programme from the 4th to the 6th of November."""
    version = PlanVersionFactory()
    Programme.objects.update(starts_on=NOON.date(), ends_on=NOON.date() + 2 * DAY)
    version.plan.programme.refresh_from_db()
    return version


def line(version: PlanVersion, day: int = 0, **values: Any) -> Any:
    start = NOON + day * DAY
    return PlanLineFactory(version=version, starts_at=start, ends_at=start + HOUR, **values)


def announced(version: PlanVersion, **values: Any) -> Session:
    activity = ActivityFactory(programme=version.plan.programme, title=values.pop("title", "已发布"))
    return SessionFactory(activity=activity, **{"starts_at": NOON, "ends_at": None, "state": "planned", **values})


def month(version: PlanVersion, paths: list[str] = EVERYTHING, **wanted: Any) -> Month:
    return month_of(version.plan.programme, NOVEMBER, paths, Wanted(**wanted), at=NOON - DAY)


def titles(found: Month) -> dict[int, list[str]]:
    return {day.date.day: [slot.title for slot in day.slots] for day in found.days if day.slots}


def test_month_has_its_weeks_from_monday(draft: PlanVersion):
    weeks = month(draft).weeks

    first_week = [day.date.day if day else None for day in weeks[0]]
    assert (len(weeks), first_week) == (6, [None] * 6 + [1])


def test_day_tells_what_is_planned_announced_and_held(draft: PlanVersion):
    line(draft)
    for state in ("planned", "held", "cancelled", "postponed"):
        announced(draft, state=state)

    day = month(draft).days[3]

    assert day.stages == [("planned", 1), ("announced", 1), ("held", 1)]


def test_activity_in_draft_is_planned(draft: PlanVersion):
    announced(draft)
    Activity.objects.update(state=Activity.State.DRAFT)

    assert month(draft).days[3].stages == [("planned", 1)]


def test_days_of_the_programme_without_anything_are_silent(draft: PlanVersion):
    line(draft, 1)

    assert [day.date.day for day in month(draft).days if day.is_silent] == [4, 6]


def test_conflicts_are_marked_on_both_sides(draft: PlanVersion):
    first, second = line(draft, speaker="房志坚"), line(draft, speaker="房志坚")
    line(draft)

    found = month(draft)

    assert found.days[3].conflict_count == 2
    assert found.in_conflict == {f"line:{first.pk}", f"line:{second.pk}"}


def test_conflicts_of_what_is_over_are_not_marked(draft: PlanVersion):
    line(draft, speaker="房志坚")
    line(draft, speaker="房志坚")

    found = month_of(draft.plan.programme, NOVEMBER, EVERYTHING, Wanted(), at=NOON + DAY)

    assert (found.in_conflict, len(found.days[3].slots)) == (frozenset(), 2)


def test_viewer_sees_own_plans_and_what_everybody_may_see(draft: PlanVersion):
    line(draft, title="别人的草稿")
    announced(draft)

    assert titles(month(draft, ["elsewhere/"])) == {4: ["已发布"]}


def test_month_is_narrowed_by_place_kind_and_organisation(draft: PlanVersion):
    county = RegionFactory(code="441826", level=Region.Level.COUNTY, parent=RegionFactory())
    town = RegionFactory(code="441826105", level=Region.Level.TOWNSHIP, parent=county)
    bureau = OrganisationFactory(parent=draft.plan.programme.organisation, name="连南县教育局")
    other = PlanVersionFactory(plan=PlanFactory(programme=draft.plan.programme, organisation=bureau))
    line(draft, title="在市里", kind="lecture")
    line(other, title="在镇里", venue=VenueFactory(region=town))
    line(other, title="在县里", venue=VenueFactory(region=county))

    found = {
        "place": titles(month(draft, place_path=county.path)),
        "only": titles(month(draft, place_path=county.path, is_place_only=True)),
        "kind": titles(month(draft, kind="lecture")),
        "organisation": titles(month(draft, organisation="lnx")),
    }

    assert found == {
        "place": {4: ["在镇里", "在县里"]},
        "only": {4: ["在县里"]},
        "kind": {4: ["在市里"]},
        "organisation": {4: ["在镇里", "在县里"]},
    }


def test_other_programmes_are_not_shown(draft: PlanVersion):
    line(PlanVersionFactory(), title="别的项目")

    assert titles(month(draft)) == {}


def test_year_has_its_twelve_months():
    year = Programme(starts_on=datetime.date(2026, 1, 15), ends_on=datetime.date(2026, 12, 31))

    assert [first.month for first in months_of(year)] == list(range(1, 13))


def test_month_costs_as_many_queries_for_many_lines_as_for_one(draft: PlanVersion, django_assert_num_queries: Any):
    for _number in range(3):
        line(draft)
        announced(draft)

    with django_assert_num_queries(2):
        month(draft)
