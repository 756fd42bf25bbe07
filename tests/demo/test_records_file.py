"""Record files that cannot be loaded: what is wrong and where, and nothing changed."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.utils.translation import override
from tests.factories import NOON

from qixue.core.refusal import Refused
from qixue.demo.records import RECORDS_FILE, load_records
from qixue.participation.models import LedgerEntry
from qixue.people.models import Organisation
from qixue.places.operations import load_regions
from qixue.programme.models import Programme

pytestmark = pytest.mark.django_db
RECORDS = yaml.safe_load(RECORDS_FILE.read_text())


@pytest.fixture(scope="module", autouse=True)
def regions(empty_database: None) -> None:
    load_regions(at=NOON)


def refusal_of(path: Path) -> Refused:
    with pytest.raises(Refused) as refusal:
        load_records(path, at=NOON)
    assert (Programme.objects.count(), Organisation.objects.count(), LedgerEntry.objects.count()) == (0, 0, 0)
    return refusal.value


def written(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    data = copy.deepcopy(RECORDS)
    change(data)
    path = tmp_path / "records.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True))
    return path


@pytest.mark.parametrize(
    ("change", "chinese", "english"),
    [
        (
            lambda data: data["reported_counts"][3].pop("unit"),
            "reported_counts[3].unit: 缺少这一项。",
            "reported_counts[3].unit: this is missing.",
        ),
        (
            lambda data: data["reported_counts"][3].update(unit="award"),
            "reported_counts[3].unit: award不在以下取值之内：session。",
            "reported_counts[3].unit: award is not one of session.",
        ),
        (
            lambda data: data["reported_counts"][3].update(value=-80),
            "reported_counts[3].value: -80不是0以上的整数。",
            "reported_counts[3].value: -80 is no whole number from 0.",
        ),
        (
            lambda data: data["brands"][0].update(region="449999"),
            "brands[0].region: 没有代码为449999的地区。",
            "brands[0].region: there is no region with the code 449999.",
        ),
        (
            lambda data: data["passages"][0].update(colour="red"),
            "passages[0].colour: 此处没有这个名称。",
            "passages[0].colour: this name is not known here.",
        ),
        (
            lambda data: data["series"][1].update(brand="B9"),
            "series[1].brand: brands中没有B9。",
            "series[1].brand: B9 does not stand under brands.",
        ),
        (
            lambda data: data.update(guesses=[]),
            "guesses: 没有这一部分。",
            "guesses: this section is not known.",
        ),
        (
            lambda data: data["series"].append(dict(data["series"][0])),
            "series[3].code: B1-S1出现了两次。",
            "series[3].code: B1-S1 stands here twice.",
        ),
        (
            lambda data: data.update(schema_version=2),
            "schema_version: 只认识版本1。",
            "schema_version: only version 1 is known.",
        ),
    ],
)
def test_complaint_says_what_and_where_in_both_languages(
    tmp_path: Path, change: Callable, chinese: str, english: str
) -> None:
    path = written(tmp_path, change)

    complaints = []
    for language in ("zh-hans", "en"):
        with override(language):
            complaints.append(list(refusal_of(path).lines))

    assert complaints == [[chinese], [english]]


def test_unknown_qualifier_lists_the_known_ones(tmp_path: Path) -> None:
    path = written(tmp_path, lambda data: data["attendance"][0].update(qualifier="roughly"))

    with override("en"):
        [complaint] = refusal_of(path).lines

    expected = "roughly is not one of exact, at_least, nearly, about, contradictory."
    assert complaint == f"attendance[0].qualifier: {expected}"


def test_all_complaints_come_at_once(tmp_path: Path) -> None:
    def change(data: dict[str, Any]) -> None:
        data["reported_counts"][0].pop("unit")
        data["awards"][0].update(level="world")

    assert len(refusal_of(written(tmp_path, change)).lines) == 2


def test_file_that_is_no_yaml_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "records.yaml"
    path.write_text("programme:\n  code: [unclosed\nsource: {}\n")

    refusal = refusal_of(path)

    assert (refusal.code, refusal.params["line"]) == ("records_unreadable", 3)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    assert refusal_of(tmp_path / "none.yaml").code == "records_unreadable"


def test_other_records_of_a_loaded_programme_are_refused(tmp_path: Path) -> None:
    load_records(at=NOON)
    path = written(tmp_path, lambda data: data["reported_counts"][0].update(value=13))

    with pytest.raises(Refused) as refusal:
        load_records(path, at=NOON)

    assert refusal.value.code == "programme_exists"
