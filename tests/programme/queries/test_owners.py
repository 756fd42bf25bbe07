import pytest
from tests.factories import OrganisationFactory, RegionFactory

from qixue.people.models import Organisation
from qixue.places.models import Region
from qixue.programme.queries.owners import Owners

pytestmark = pytest.mark.django_db


def county(code: str, name: str, short_name: str) -> Region:
    city = RegionFactory()
    return RegionFactory(code=code, name=name, short_name=short_name, level=Region.Level.COUNTY, parent=city)


@pytest.fixture
def owners() -> Owners:
    bureau = OrganisationFactory(code="bureau", name="清远市教育局")
    liannan = county("441826", "连南瑶族自治县", "连南")
    lianshan = county("441825", "连山壮族瑶族自治县", "连山")
    south = OrganisationFactory(code="south", name="连南瑶族自治县教育局（演示）", region=liannan, parent=bureau)
    OrganisationFactory(code="hill", name="连山壮族瑶族自治县教育局", region=lianshan, parent=bureau)
    OrganisationFactory(code="farm", name="连南瑶族自治县农业农村局", region=liannan, parent=south)
    library = OrganisationFactory(code="library", name="清远市图书馆", parent=bureau)
    library.aliases.create(name="市馆")
    for number in range(2):
        OrganisationFactory(code=f"group-{number}", name="读书会", parent=bureau)
    return Owners(Organisation.objects.order_by("path"), RegionFactory())


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("连南县教育局", ["south"]),
        ("连南瑶族自治县教育局", ["south"]),
        ("连 南 教育局", ["south"]),
        ("市教育局", ["bureau"]),
        ("市馆", ["library"]),
        ("各县（市、区）教育局", ["hill", "south"]),
        ("各县（市、区）农业农村局", ["farm"]),
        ("市财政局", []),
        ("读书会", []),
    ],
)
def test_names_as_minutes_write_them(owners: Owners, name: str, codes: list[str]) -> None:
    assert [organisation.code for organisation in owners.named(name).organisations] == codes


def test_name_of_two_bodies_is_unclear(owners: Owners) -> None:
    assert len(owners.named("读书会").unclear) == 2


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("请连南县教育局会同市图书馆做好准备", ["south"]),
        ("请各县（市、区）教育局于11月20日前报市教育局", ["hill", "south"]),
        ("请各县区做好准备并报市教育局", ["hill", "south"]),
        ("请有关单位做好准备", []),
    ],
)
def test_sentence_names_who_has_to_do_it(owners: Owners, text: str, codes: list[str]) -> None:
    assert [organisation.code for organisation in owners.mentioned(text)] == codes
