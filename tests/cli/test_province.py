"""A city writes what it sealed; its province accepts the key, takes the file in and adds up."""

import json
from pathlib import Path

import pytest
from tests.factories import ProgrammeFactory
from tests.report.sealed_files import issued_by_two, programme_of_2016, two_coordinators

from qixue.cli import main
from qixue.places.models import Region
from qixue.report.models import ProvinceReturn
from qixue.report.province_return_format import read_return
from qixue.report.seal_format import base64url

pytestmark = pytest.mark.django_db


def test_figures_go_from_city_to_province(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    city = programme_of_2016()
    issued_by_two(city, two_coordinators(city))
    ProgrammeFactory(code="province", year=city.year, region=Region.objects.get(code="440000"))
    file = tmp_path / "qingyuan.json"
    into = ["province", "import", "--programme", "province", str(file)]

    written = main(["province", "export", "--programme", city.code, "--out", str(file)])
    untrusted = main(into)
    key = base64url(read_return(file.read_text(encoding="utf-8")).public_key)
    trusted = main(["province", "accept-key", "--city", "441800", f"--key={key}"])
    tried = main([*into, "--dry-run"])
    kept_by_trying = ProvinceReturn.objects.count()
    taken, again = main(into), main(into)
    capsys.readouterr()
    main(["province", "totals", "--programme", "province", "--json"])

    found = json.loads(capsys.readouterr().out)
    assert (written, untrusted, trusted, tried, kept_by_trying, taken, again) == (0, 2, 0, 0, 0, 0, 2)
    assert found["figures"] == []  # the summary of 2016 tells of brands and counties, never of the whole city
    assert [each["city"] for each in found["returns"]] == ["441800"]


def test_nothing_is_sent_that_is_not_sealed(tmp_path: Path) -> None:
    city = programme_of_2016()
    file = tmp_path / "qingyuan.json"

    assert main(["province", "export", "--programme", city.code, "--out", str(file)]) == 2
    assert not file.exists()
