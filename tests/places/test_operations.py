from pathlib import Path

import pytest
from django.utils.translation import override
from tests.factories import NOON

from qixue.core.refusal import Refused
from qixue.places.models import Population, Region
from qixue.places.operations import DATA, load_population, load_regions

pytestmark = pytest.mark.django_db
SOURCE = (DATA / "qingyuan-regions.csv").read_text()


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "regions.csv"
    path.write_text(text)
    return path


def complaints(path: Path) -> tuple[str, list[str]]:
    with pytest.raises(Refused) as refusal:
        load_regions(path, at=NOON)
    assert Region.objects.count() == 0
    return refusal.value.code, [str(line) for line in refusal.value.lines]


def test_official_tree_has_eight_counties_and_eighty_five_towns() -> None:
    load_regions(at=NOON)

    counties = Region.objects.filter(level="county")
    towns = Region.objects.filter(level="township").exclude(unit_type="special")
    assert (counties.count(), towns.count(), Region.objects.count()) == (8, 85, 102)


def test_towns_of_one_name_are_kept_apart_by_code() -> None:
    load_regions(at=NOON)

    parents = Region.objects.filter(name="石角镇").order_by("code").values_list("parent__name", flat=True)
    assert list(parents) == ["清城区", "佛冈县"]


def test_path_leads_from_the_province_down() -> None:
    load_regions(at=NOON)

    assert Region.objects.get(name="大湾镇").path == "440000/441800/441881/441881114/"


def test_loading_again_changes_nothing() -> None:
    load_regions(at=NOON)
    before = list(Region.objects.order_by("pk").values())

    load_regions(at=NOON)

    assert list(Region.objects.order_by("pk").values()) == before


def test_population_of_the_counties_adds_up_to_the_city() -> None:
    load_regions(at=NOON)
    load_population(at=NOON)

    census = Population.objects.filter(indicator="resident_population", reference_on="2020-11-01")
    counties = sum(row.value for row in census.filter(region__level="county"))
    assert counties == census.get(region__code="441800").value == 3969473


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            ("county,autonomous_county,441800,,,,,1,1", "county,autonomous_county,449999,,,,,1,1"),
            "第60行，parent_code：此行以上没有代码为449999的地区",
        ),
        (("441802007,东城街道", "441802006,东城街道"), "第8行，code：441802006出现了两次"),
        (("urban,9,10,0", "suburban,9,10,0"), "第8行，urban_rural_class：suburban不在以下取值之内"),
        (("urban,9,10,0", "urban,-9,10,0"), "第8行，residents_committees：-9不是0以上的整数"),
        (("441802007,东城街道", "44180200７,东城街道"), "第8行，code：44180200７不是6位、9位或12位数字代码"),
        (("441802007,东城街道", "441802007,"), "第8行，name：缺少名称"),
    ],
)
def test_wrong_cell_is_named_with_its_line_and_changes_nothing(
    tmp_path: Path, change: tuple[str, str], complaint: str
) -> None:
    assert change[0] in SOURCE

    with override("zh-hans"):
        code, lines = complaints(table(tmp_path, SOURCE.replace(*change, 1)))

    assert code == "regions_wrong"
    assert lines[0].startswith(complaint)


def test_complaint_is_english_for_an_english_reader(tmp_path: Path) -> None:
    with override("en"):
        _code, lines = complaints(table(tmp_path, SOURCE.replace("441802007,东城街道", "441802006,东城街道", 1)))

    assert lines == ["Line 8, code: 441802006 stands here twice."]


def test_wrong_column_is_named_and_changes_nothing(tmp_path: Path) -> None:
    with override("en"):
        code, lines = complaints(table(tmp_path, SOURCE.replace("urban_rural_class", "class")))

    assert code == "table_columns"
    assert lines == ["The column urban_rural_class is missing.", "The column class is not known here."]


def test_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "regions.csv"
    path.write_bytes(b"\xff\xfe\x00")

    assert complaints(path)[0] == "table_unreadable"


def test_population_of_an_unknown_region_is_refused(tmp_path: Path) -> None:
    load_regions(at=NOON)
    text = (DATA / "qingyuan-population.csv").read_text().replace("\n441800,resident", "\n449999,resident", 1)

    with pytest.raises(Refused) as refusal, override("en"):
        load_population(table(tmp_path, text), at=NOON)

    assert (refusal.value.code, Population.objects.count()) == ("population_wrong", 0)
    assert list(refusal.value.lines) == ["Line 3, code: there is no region 449999."]
