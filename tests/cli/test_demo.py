"""`qixue demo` as a person runs it: a process of its own on a directory of its own."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.cli.serving import QIXUE, environment, fetch, serving

pytestmark = pytest.mark.long(50)

DAY = "2026-11-05"
NEXT_DAY = "2026-11-06"


def demo(var: Path, *options: str, port: int = 8000) -> subprocess.CompletedProcess[str]:
    told = environment(var, QIXUE_PORT=str(port))
    return subprocess.run([*QIXUE, "demo", *options], env=told, capture_output=True, text=True)


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory, migrated: Callable[[Path], None]) -> Path:
    """A directory in which the demo of a day was loaded."""
    var = tmp_path_factory.mktemp("var")
    migrated(var)
    first = demo(var, "--no-serve", "--today", DAY)
    assert first.returncode == 0, first.stderr
    return var


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_demo_writes_the_summary_of_2016_and_its_description(var):
    folder = var / "demo"

    description = json.loads((folder / "demo.json").read_text())

    assert (folder / "qingyuan-2016.docx").read_bytes()[:2] == b"PK"
    assert (folder / "qingyuan-2016.pdf").read_bytes()[:5] == b"%PDF-"
    assert (folder / "qingyuan-2016.xlsx").read_bytes()[:2] == b"PK"
    assert (description["today"], description["base_url"]) == (DAY, "http://127.0.0.1:8000")


def test_demo_again_reuses_what_is_there(var):
    before = (var / "qixue.sqlite3").stat().st_ino, (var / "demo" / "demo.json").read_bytes()

    again = demo(var, "--no-serve", "--today", DAY)

    assert again.returncode == 0
    assert "made anew" not in again.stdout
    assert ((var / "qixue.sqlite3").stat().st_ino, (var / "demo" / "demo.json").read_bytes()) == before


def test_workers_of_a_demo_that_has_written_its_summary_can_set_papers(var, tmp_path):
    """typst keeps threads, and a worker forked from a process that has used it would wait for them for ever."""
    (var / "demo" / "qingyuan-2016.pdf").unlink()

    with serving(var, "demo", "--today", DAY, "--out", str(tmp_path / "demo.json")) as site:
        status, paper = fetch(f"{site.base}/programmes/demo/programme.pdf")

    assert (status, paper[:5]) == (200, b"%PDF-")
    assert (var / "demo" / "qingyuan-2016.pdf").read_bytes()[:5] == b"%PDF-"


def test_demo_out_writes_the_description_elsewhere(var, tmp_path):
    out = tmp_path / "here.json"

    demo(var, "--no-serve", "--today", DAY, "--out", str(out))

    assert out.read_bytes() == (var / "demo" / "demo.json").read_bytes()


def test_demo_prints_the_logins(var):
    lines = demo(var, "--no-serve", "--today", DAY).stdout.splitlines()

    assert "Everybody's password: qixue-demo-2026" in lines
    assert "  city       梁静宜  City coordinator" in lines


def test_demo_on_a_taken_port_says_so(var, taken_port):
    refused = demo(var, "--today", DAY, port=taken_port)

    assert refused.returncode == 2
    assert refused.stderr.strip() == (
        f"Port {taken_port} is taken, perhaps by a demo that still runs. For another one: QIXUE_PORT=8001 make demo"
    )


@pytest.mark.parametrize("day", ["tomorrow", "2026-13-01", "0001-01-01"])
def test_demo_of_a_day_that_is_none_says_so(var, day):
    refused = demo(var, "--no-serve", "--today", day)

    assert refused.returncode == 2
    assert refused.stderr.strip() == f"{day} is not a day that can be used. An example: 2026-11-05."


def test_demo_of_another_day_starts_afresh_and_keeps_the_old_file(var):
    """From nothing, as on a new machine: its migrations are its own."""
    anew = demo(var, "--no-serve", "--today", NEXT_DAY)

    assert anew.returncode == 0, anew.stderr
    assert f"To stay with the old day: --today {DAY} --seed 2016" in anew.stdout
    assert json.loads((var / "demo" / "demo.json").read_text())["today"] == NEXT_DAY
    assert (var / "qixue.sqlite3.previous").exists()


OTHER_PROGRAMME = """
import django; django.setup()
from qixue.people.models import Organisation
from qixue.places.models import Region
from qixue.programme.models import Programme
place = Region.objects.create(
    code="441900", name="东莞市", short_name="东莞", level="city", unit_type="city", path="441900/"
)
bureau = Organisation.objects.create(code="BUREAU", name="教育局", path="BUREAU/")
Programme.objects.create(code="week", name="活动周", year=2026, region=place, organisation=bureau)
"""


def test_demo_beside_a_real_programme_refuses(tmp_path, migrated):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QIXUE_")}
    environment = {**kept, "QIXUE_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "qixue.settings"}
    migrated(tmp_path)
    subprocess.run([sys.executable, "-c", OTHER_PROGRAMME], env=environment, check=True)

    refused = demo(tmp_path, "--no-serve", "--today", DAY)

    assert refused.returncode == 2
    assert refused.stderr == "This database holds other programmes. Give the demo its own place with --var.\n"
