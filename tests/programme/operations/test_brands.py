import uuid
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from tests.factories import (
    NOON,
    ActivityFactory,
    BrandFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RegionFactory,
    RoleAssignmentFactory,
    key,
)
from tests.programme.operations.conftest import refusing

from qixue.people.models import Role
from qixue.places.models import Region
from qixue.programme.models import Brand, Programme
from qixue.programme.operations.brands import (
    BrandDetails,
    add_series,
    create_brand,
    edit_brand,
    leave_brand,
    take_up_brand,
)
from qixue.programme.queries.programmes import brands_to_take_up

pytestmark = pytest.mark.django_db
READING = BrandDetails("悦读社区", slogan="悦读书、乐读书、享读书")


@pytest.fixture
def programme() -> Programme:
    return ProgrammeFactory(organisation=OrganisationFactory(code="bureau"))


@pytest.fixture
def acting(programme: Programme) -> dict[str, Any]:
    coordinator = RoleAssignmentFactory(organisation=programme.organisation, role=Role.COORDINATOR).user
    return {"by": coordinator, "at": NOON}


@pytest.fixture
def local(programme: Programme) -> Programme:
    """A week of a county, below the city."""
    county = RegionFactory(code="441826", name="连南", level=Region.Level.COUNTY, parent=RegionFactory())
    return ProgrammeFactory(organisation=OrganisationFactory(parent=programme.organisation), region=county)


def test_brand_is_made_once_and_shown_in_its_programme(programme: Programme, acting: dict[str, Any]) -> None:
    form = uuid.uuid4()

    made = [create_brand(programme, details=READING, client_uuid=form, **acting) for _time in range(2)]

    assert made[0] == made[1]
    assert list(programme.brands.all()) == [made[0]]
    assert (made[0].region, made[0].organisation) == (programme.region, programme.organisation)
    assert made[0].slogan == READING.slogan


def test_second_brand_of_the_same_name_is_refused(programme: Programme, acting: dict[str, Any]) -> None:
    create_brand(programme, details=READING, client_uuid=key(), **acting)

    with refusing("brand_name_taken"):
        create_brand(programme, details=READING, client_uuid=key(), **acting)


def test_brand_is_edited_as_it_was_read(programme: Programme, acting: dict[str, Any]) -> None:
    brand = create_brand(programme, details=READING, client_uuid=key(), **acting)

    other = ProgrammeFactory(organisation=programme.organisation, region=programme.region)
    take_up_brand(other, brand=brand, **acting)

    edit_brand(programme, brand=brand, details=BrandDetails("悦读小区"), version=1, **acting)
    for shown_in in (programme, other):
        with refusing("changed_meanwhile"):
            edit_brand(shown_in, brand=brand, details=READING, version=1, **acting)

    assert Brand.objects.get().name == "悦读小区"


def test_whoever_takes_up_a_brand_does_not_change_it(programme: Programme) -> None:
    """A college of the city, in the same place and below the same bureau, is not the one that keeps the brand."""
    college = OrganisationFactory(code="college", parent=programme.organisation)
    theirs = ProgrammeFactory(organisation=college, region=programme.region)
    below = {"by": RoleAssignmentFactory(organisation=college, role=Role.COORDINATOR).user, "at": NOON}
    kept = BrandFactory(organisation=programme.organisation)
    unclaimed = BrandFactory(name="无主的品牌")

    for brand in (kept, unclaimed):
        take_up_brand(theirs, brand=brand, **below)
        with refusing("brand_elsewhere"):
            edit_brand(theirs, brand=brand, details=READING, version=1, **below)
        with refusing("brand_elsewhere"):
            add_series(theirs, brand=brand, name="悦读驻村", name_en="", **below)

    assert list(theirs.brands.order_by("pk")) == [kept, unclaimed]


def test_brands_of_before_are_kept_by_their_earliest_programme(programme: Programme) -> None:
    earlier = ProgrammeFactory(year=2024)
    elsewhere = ProgrammeFactory(year=2020, region=RegionFactory(code="441826", name="连南"))
    brand, alone = BrandFactory(), BrandFactory()
    brand.programmes.set([programme, earlier, elsewhere])

    import_module("qixue.programme.migrations.0009_brand_keeper").fill_keepers(apps, None)

    brand.refresh_from_db()
    alone.refresh_from_db()
    assert (brand.organisation, alone.organisation) == (earlier.organisation, None)


def test_county_takes_up_the_brand_of_its_city_without_changing_it(local: Programme, programme: Programme) -> None:
    brand = BrandFactory(organisation=programme.organisation)
    acting = {"by": RoleAssignmentFactory(organisation=local.organisation, role=Role.COORDINATOR).user, "at": NOON}

    assert list(brands_to_take_up(local)) == [brand]
    for _time in range(2):
        take_up_brand(local, brand=brand, **acting)

    assert list(local.brands.all()) == [brand]
    assert list(brands_to_take_up(local)) == []
    with refusing("brand_elsewhere"):
        edit_brand(local, brand=brand, details=READING, version=brand.edit_count, **acting)
    with refusing("brand_elsewhere"):
        add_series(local, brand=brand, name="悦读驻村", name_en="", **acting)


def test_brand_in_use_stays(programme: Programme, acting: dict[str, Any]) -> None:
    brand = create_brand(programme, details=READING, client_uuid=key(), **acting)
    activity = ActivityFactory(programme=programme, brand=brand)

    with refusing("brand_in_use"):
        leave_brand(programme, brand=brand, version=2, **acting)
    activity.delete()
    for _time in range(2):
        leave_brand(programme, brand=brand, version=2, **acting)

    assert not programme.brands.exists()
    assert Brand.objects.filter(pk=brand.pk).exists()


def test_series_is_added_once(programme: Programme, acting: dict[str, Any]) -> None:
    brand = create_brand(programme, details=READING, client_uuid=key(), **acting)

    rows = [
        add_series(programme, brand=brand, name=name, name_en="", **acting)
        for name in ("悦读小组", "悦读驻村", "悦读小组")
    ]

    assert rows[0] == rows[2]
    assert list(brand.series.order_by("position").values_list("name", "position")) == [("悦读小组", 1), ("悦读驻村", 2)]
