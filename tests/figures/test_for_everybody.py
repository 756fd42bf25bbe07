"""Numbers of fewer than five people are not for everybody, nor what they could be computed from."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.counted import check_in, head_count
from tests.factories import (
    ActivityFactory,
    BrandFactory,
    ProgrammeFactory,
    RegionFactory,
    RegistrationFactory,
    VenueFactory,
    key,
)
from tests.figures.conftest import held

from qixue.core.copies import Brief
from qixue.core.figures import Scope, registry
from qixue.core.quantity import ATTENDANCE, PERSON
from qixue.figures.families import small, with_cover
from qixue.figures.for_everybody import (
    attendances_withheld_now,
    public_figure_in,
    public_figure_of,
    public_figures_of,
    public_records,
    public_rows,
)
from qixue.figures.models import NamedFigure
from qixue.figures.queries import figure_of
from qixue.places.models import Population, Region
from qixue.programme.models import Programme, Session

RESIDENTS = {
    "indicator": "resident_population",
    "reference_on": "2020-11-01",
    "unit": "persons",
    "status": "verified",
    "source": "第七次人口普查公报",
}


@pytest.mark.parametrize(
    ("numbers", "withheld"),
    [
        ({"a": 5, "b": 60}, set()),
        ({"a": 0, "b": 60}, set()),
        ({"a": 4, "b": 60, "c": 7}, {"a", "c"}),  # with c alone it would be the whole without b and c
        ({"a": 1, "b": 3, "c": 7, "d": 9}, {"a", "b", "c"}),  # a and b together are still fewer than five
        ({"a": 3, "b": 4, "c": 7}, {"a", "b"}),
        ({"a": 4, "b": 0}, {"a"}),  # then the whole is withheld as well
    ],
)
def test_small_parts_take_the_smallest_others_with_them(numbers: dict[str, int], withheld: set[str]) -> None:
    assert with_cover(numbers, small(numbers)) == withheld


@pytest.fixture
def programme(db: None) -> Programme:
    """Three counties with 3, 8 and 60 people, of whom two thirds of the last come to another brand."""
    programme = ProgrammeFactory(code="week")
    for position, (code, people) in enumerate({"441801": 3, "441802": 8, "441803": 60}.items()):
        region = RegionFactory(code=code, level="county", parent=programme.region)
        session = held(programme, venue=VenueFactory(region=region), counting_rule=Session.CountingRule.HEAD_COUNT)
        head_count(session, people)
        for definition in ("attendance", "attendance_per_1000"):
            name(programme, f"{definition}.{code}", definition, position, region_code=code)
    name(programme, "attendance", "attendance", 9)
    return programme


def name(programme: Programme, code: str, definition: str, position: int, **narrowed: str) -> None:
    NamedFigure.objects.create(programme=programme, code=code, definition=definition, position=position, **narrowed)


def test_small_county_and_the_next_one_are_withheld_with_their_rates(programme: Programme) -> None:
    withheld = {figure.code: figure.is_withheld for figure in public_figures_of(programme)}

    assert {code for code, is_withheld in withheld.items() if is_withheld} == {
        "attendance.441801",
        "attendance.441802",
        "attendance_per_1000.441801",
        "attendance_per_1000.441802",
    }


def test_one_figure_alone_is_withheld_as_among_the_others(programme: Programme) -> None:
    small, next_one, large = (public_figure_of(programme, f"attendance.44180{number}") for number in (1, 2, 3))

    assert (small.quantity, next_one.quantity, large.quantity.value) == (None, None, 60)
    assert figure_of(programme, "attendance.441801").quantity.value == 3


def test_sessions_behind_a_figure_are_withheld_in_the_same_way(programme: Programme) -> None:
    figure = public_figure_of(programme, "attendance")

    rows = public_rows(figure, figure.evidence_for_reading())

    shown = [(row.quantity.value if row.quantity else None, row.is_withheld) for row in rows]
    assert shown == [(None, True), (None, True), (60, False)]
    assert [row.quantity.value for row in public_records(figure, figure.evidence())] == [60]


def test_nothing_stands_behind_a_figure_that_is_withheld(programme: Programme) -> None:
    figure = public_figure_of(programme, "attendance.441801")

    assert public_rows(figure, figure.evidence_for_reading()) == []
    assert public_records(figure, figure.evidence()) == []


def test_people_of_a_small_brand_are_withheld_though_people_do_not_add_up(db: None) -> None:
    programme = ProgrammeFactory()
    small, large = BrandFactory.create_batch(2)
    programme.brands.add(small, large)
    people = [key() for _person in range(9)]
    check_in(held(programme, activity=ActivityFactory(programme=programme, brand=small)), *people[:2])
    check_in(held(programme, activity=ActivityFactory(programme=programme, brand=large)), *people)
    for brand in (small, large):
        name(programme, f"participants.{brand.code}", "participants", 1, brand_code=brand.code)
    name(programme, "participants", "participants", 2)

    values = {figure.code: figure.quantity and figure.quantity.value for figure in public_figures_of(programme)}

    assert values == {f"participants.{small.code}": None, f"participants.{large.code}": None, "participants": 9}


def test_page_of_a_session_that_is_withheld_is_not_found(programme: Programme, client: Client) -> None:
    small, _next_one, large = Session.objects.order_by("pk")

    assert client.get(f"/programmes/week/figures/attendance/sessions/{small.pk}/").status_code == 404
    assert client.get(f"/programmes/week/figures/attendance/sessions/{large.pk}/").status_code == 200


def test_api_withholds_it_from_everybody(programme: Programme, client: Client) -> None:
    figure = client.get("/api/v1/programmes/week/figures/attendance.441801").json()
    evidence = client.get("/api/v1/programmes/week/figures/attendance/evidence").json()

    assert (figure["value"], figure["is_withheld"], figure["evidence"]) == (None, True, [])
    assert [item["value"] for item in evidence["items"]] == [60]


def test_programme_of_few_people_is_withheld(db: None) -> None:
    programme = ProgrammeFactory()
    head_count(held(programme), 4)
    name(programme, "attendance", "attendance", 1)

    [figure] = public_figures_of(programme)

    assert (figure.quantity, figure.is_withheld) == (None, True)


@pytest.mark.parametrize("narrowed", [{"region": "441801", "brand": "field"}, {"kind": "lecture"}])
def test_scope_that_nothing_protects_is_not_told(programme: Programme, narrowed: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="Nothing protects"):
        public_figure_in(Scope(programme.code, **narrowed), "attendance")


def test_people_outside_all_counties_do_not_follow_from_them(programme: Programme) -> None:
    Session.objects.filter(venue__region__code="441801").update(venue=None)

    told = [public_figure_in(Scope(programme.code, region=f"44180{number}"), "attendance") for number in (2, 3)]

    assert [figure.quantity and figure.quantity.value for figure in told] == [None, 60]  # 3 of the 71 are nowhere


def test_measures_of_small_groups_are_withheld(programme: Programme) -> None:
    for code in ("441801", "441802", "441803"):
        Population.objects.create(region=Region.objects.get(code=code), value=100_000, **RESIDENTS)

    assert public_figure_in(Scope(programme.code), "attendance_gini").is_withheld
    assert not public_figure_in(Scope(programme.code), "attendance_per_1000").is_withheld


def test_registrations_are_told_however_few(programme: Programme) -> None:
    RegistrationFactory(session=Session.objects.order_by("pk")[0])

    assert public_figure_in(Scope(programme.code, region="441801"), "registrations").quantity.value == 1


def test_every_figure_whose_records_count_people_says_whom_it_counts(programme: Programme) -> None:
    session = Session.objects.order_by("pk")[0]
    check_in(held(programme, activity=ActivityFactory(programme=programme, kind="training")), *[key(), key()])
    RegistrationFactory(session=session)
    without = [definition for definition in registry.all() if definition.people is None and not definition.is_internal]

    counting = {
        definition.code
        for definition in without
        for row in definition.evidence(Scope(programme.code))
        if row.quantity and row.quantity.unit in (ATTENDANCE, PERSON)
    }

    assert counting == {"registrations"}  # seats left are on every page
    assert registry.definitions["certificates"].people is not None


def test_what_is_withheld_follows_at_once_and_is_worked_out_once(db: None) -> None:
    programme = ProgrammeFactory()
    session, other = held(programme), held(programme)
    check_in(session, *(key() for _person in range(3)))
    check_in(other, *(key() for _person in range(9)))

    before = attendances_withheld_now(programme.code)
    with CaptureQueriesContext(connection) as asked:
        assert attendances_withheld_now(programme.code) == before
    assert len(asked) == 1  # whether anything has changed
    check_in(session, *(key() for _person in range(4)))

    assert session.pk in before
    assert session.pk not in attendances_withheld_now(programme.code)


def test_kept_copy_asks_the_database_nothing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    programme = ProgrammeFactory()
    check_in(held(programme), *(key() for _person in range(3)))
    monkeypatch.setattr(Brief, "seconds", 60)

    before = attendances_withheld_now(programme.code)

    with CaptureQueriesContext(connection) as asked:
        assert attendances_withheld_now(programme.code) == before
    assert list(asked) == []
