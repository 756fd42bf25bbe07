"""Dashboards, their charts and the calendar of regularity."""

import datetime
from dataclasses import replace
from functools import partial

import pytest
from tests.counted import check_in, head_count
from tests.factories import NOON, ActivityFactory, BrandFactory, RegionFactory, VenueFactory, key
from tests.figures.conftest import held

from qixue.core.charts import Chart
from qixue.core.figures import Scope, Theme
from qixue.figures.charts import Address, Audience, by_brand, by_place, over_time
from qixue.figures.dashboards import OVERVIEW, TOWN_AND_COUNTRY, dashboard_of
from qixue.figures.for_everybody import public_figure_in
from qixue.figures.queries import figure_in
from qixue.figures.regularity import activity_calendar
from qixue.places.models import Region
from qixue.programme.models import Programme, Session

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def staff(*, with_internal: bool = False, address: Address = lambda scope: "") -> Audience:
    """They are told everything."""
    return Audience(partial(figure_in, with_internal=with_internal), address)


EVERYBODY = Audience(public_figure_in, lambda scope: "", is_everybody=True)


def codes(figures: list[object]) -> list[str]:
    return [figure.code for figure in figures]


def bars(chart: Chart | None) -> list[tuple[str, object]]:
    assert chart is not None
    return [(bar.label, bar.quantity and bar.quantity.value) for bar in chart.bars]


@pytest.fixture
def counties(programme: Programme) -> list[Region]:
    return [
        RegionFactory(code=code, name=name, level="county", parent=programme.region)
        for code, name in (("441826", "连南"), ("441881", "英德"))
    ]


def held_in(programme: Programme, county: Region, **changes: object) -> Session:
    return held(programme, venue=VenueFactory(region=county), **changes)


def test_headlines_come_first_and_once(programme: Programme) -> None:
    head_count(held(programme), 40)

    found = dashboard_of(OVERVIEW, Scope(programme.code), staff())

    others = [figure.code for figures in found.themes.values() for figure in figures]
    assert codes(found.headlines) == ["sessions_total", "attendance", "participants", "attendance_per_1000"]
    assert set(others) & set(OVERVIEW.headlines) == set()
    assert len(others) == len(set(others))


def test_headline_without_a_record_stays_and_others_are_named_as_missing(programme: Programme) -> None:
    found = dashboard_of(OVERVIEW, Scope(programme.code), staff())

    assert [figure.quantity for figure in found.headlines] == [None, None, None, None]
    assert "show_rate" in [definition.code for definition in found.missing]
    assert "show_rate" not in [figure.code for figures in found.themes.values() for figure in figures]


def test_scope_leaves_out_what_it_cannot_have_and_what_says_nothing_of_it(
    programme: Programme, counties: list[Region]
) -> None:
    head_count(held_in(programme, counties[0]), 40)
    scope = Scope(programme.code, region=counties[0].code)

    found = dashboard_of(OVERVIEW, scope, staff())

    shown = codes(found.themes[Theme.REACH])
    assert "townships_covered" in shown
    assert "counties_covered" not in shown
    assert "urban_rural_ratio" not in [*shown, *(definition.code for definition in found.missing)]


def test_internal_figures_are_for_staff_alone(programme: Programme) -> None:
    def known(*, with_internal: bool) -> set[str]:
        found = dashboard_of(OVERVIEW, Scope(programme.code), staff(with_internal=with_internal))
        return {definition.code for definition in found.missing}

    assert known(with_internal=True) - known(with_internal=False) >= {"satisfaction", "plan_filing_days_median"}
    assert figure_in(Scope(programme.code), "satisfaction") is None


def test_dashboard_without_anything_to_compare_has_no_chart(programme: Programme) -> None:
    head_count(held(programme), 40)

    assert dashboard_of(OVERVIEW, Scope(programme.code), staff()).charts == []
    assert dashboard_of(TOWN_AND_COUNTRY, Scope(programme.code), staff()).charts == []


def test_places_are_compared_the_largest_first(programme: Programme, counties: list[Region]) -> None:
    head_count(held_in(programme, counties[0]), 12)
    head_count(held_in(programme, counties[1]), 40)

    assert bars(by_place(Scope(programme.code), staff())) == [("英德", 40), ("连南", 12)]


def test_county_compares_its_towns(programme: Programme, counties: list[Region]) -> None:
    town = RegionFactory(code="441826100", name="三江镇", level="township", parent=counties[0])
    check_in(held_in(programme, town), key(), key())

    assert bars(by_place(Scope(programme.code, region=counties[0].code), staff())) == [("三江镇", 2)]


def test_bars_lead_to_what_they_are_about(programme: Programme, counties: list[Region]) -> None:
    chart = by_place(Scope(programme.code), staff(address=lambda scope: str(scope.region)))

    assert {bar.url for bar in chart.bars} == {county.code for county in counties}


def test_brands_are_compared_but_not_within_one(programme: Programme) -> None:
    brand = BrandFactory(code="field", name="田间课堂")
    brand.programmes.add(programme)
    head_count(held(programme, activity=ActivityFactory(programme=programme, brand=brand)), 12)
    scope = Scope(programme.code)

    assert bars(by_brand(scope, staff())) == [("田间课堂", 12)]
    assert by_brand(replace(scope, brand="field"), staff()) is None
    assert [quantity for _day, quantity in bars(over_time(replace(scope, brand="field"), staff()))] == [12]


def test_calendar_of_a_week_counts_sessions_by_day(programme: Programme, counties: list[Region]) -> None:
    programme.starts_on, programme.ends_on = NOON.date(), NOON.date() + 3 * DAY
    held_in(programme, counties[0])
    held_in(programme, counties[0])
    held_in(programme, counties[1], starts_at=NOON + DAY, ends_at=None)

    found = activity_calendar(programme, Scope(programme.code), today=NOON.date() + 2 * DAY)

    assert not found.is_by_month
    assert [(row.label, [cell.count for cell in row.cells], row.active_count) for row in found.rows] == [
        ("合计", [2, 1, None, None], 2),
        ("连南", [2, 0, None, None], 1),
        ("英德", [0, 1, None, None], 1),
    ]
    assert [cell.level for cell in found.rows[0].cells] == [5, 2, 0, 0]


def test_calendar_of_a_long_time_is_by_month_with_the_longest_silence(programme: Programme) -> None:
    held(programme)
    held(programme, starts_at=NOON + 70 * DAY, ends_at=None)
    programme.starts_on = programme.ends_on = None

    [row] = activity_calendar(programme, Scope(programme.code), today=NOON.date() + 90 * DAY).rows

    assert [cell.count for cell in row.cells] == [1, 0, 1]
    assert row.silence is not None
    assert row.silence.value == 69


def test_calendar_without_a_held_session_is_empty(programme: Programme) -> None:
    held(programme, state=Session.State.PLANNED)

    assert activity_calendar(programme, Scope(programme.code), today=NOON.date()).rows == ()


def in_public(programme: Programme, code: str = "attendance", **dimensions: str) -> tuple[object, bool]:
    found = public_figure_in(Scope(programme.code, **dimensions), code)
    assert found is not None
    return found.quantity and found.quantity.value, found.is_withheld


def test_fewer_than_five_people_are_not_told_nor_the_place_beside_them(
    programme: Programme, counties: list[Region]
) -> None:
    third = RegionFactory(code="441821", name="佛冈", level="county", parent=programme.region)
    head_count(held_in(programme, counties[0]), 3)
    head_count(held_in(programme, counties[1]), 12)
    head_count(held_in(programme, third), 40)

    told = {region.name: in_public(programme, region=region.code) for region in (*counties, third)}

    assert told == {"连南": (None, True), "英德": (None, True), "佛冈": (40, False)}
    assert in_public(programme) == (55, False)


def test_people_who_came_often_are_few_all_the_same(programme: Programme, counties: list[Region]) -> None:
    people = [key(), key()]
    for _session in range(4):
        check_in(held_in(programme, counties[0]), *people)

    assert in_public(programme, "participants", region=counties[0].code) == (None, True)


def test_towns_of_a_county_that_is_not_told_are_not_told(programme: Programme, counties: list[Region]) -> None:
    town = RegionFactory(code="441826100", name="三江镇", level="township", parent=counties[0])
    head_count(held_in(programme, town), 12)
    head_count(held_in(programme, counties[1]), 3)

    assert in_public(programme, region=town.code) == (None, True)


def test_sessions_of_a_place_with_few_people_are_told(programme: Programme, counties: list[Region]) -> None:
    head_count(held_in(programme, counties[0]), 3)

    found = public_figure_in(Scope(programme.code, region=counties[0].code), "sessions_total")

    assert found is not None
    assert found.quantity is not None
    assert found.quantity.value == 1


def test_days_with_few_people_are_not_drawn_for_everybody(programme: Programme) -> None:
    for day, people in enumerate((3, 12, 40)):
        head_count(held(programme, starts_at=NOON - day * DAY, ends_at=None), people)

    def drawn(audience: Audience) -> list[object]:
        return [number for _label, number in bars(over_time(Scope(programme.code), audience))]

    assert (drawn(EVERYBODY), drawn(staff())) == ([40, None, None], [40, 12, 3])


def test_days_of_a_part_and_bars_of_two_dimensions_are_not_drawn_for_everybody(programme: Programme) -> None:
    BrandFactory(code="field").programmes.add(programme)
    whole = Scope(programme.code)
    county, brand = replace(whole, region="441826"), replace(whole, brand="field")

    undrawn = [over_time(county, EVERYBODY), over_time(brand, EVERYBODY), by_brand(county, EVERYBODY)]

    assert [*undrawn, by_place(brand, EVERYBODY)] == [None] * 4
    assert None not in [over_time(whole, EVERYBODY), by_brand(whole, EVERYBODY), by_place(county, EVERYBODY)]


def test_chart_that_withholds_says_why(programme: Programme) -> None:
    for day, people in enumerate((3, 12, 40, 50)):
        head_count(held(programme, starts_at=NOON - day * DAY, ends_at=None), people)

    assert dashboard_of(OVERVIEW, Scope(programme.code), EVERYBODY).has_withheld
