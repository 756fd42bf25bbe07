import json
from pathlib import Path
from typing import Any

import pytest
from tests.factories import NOON, DoorDeviceFactory, OpenSessionFactory, key
from time_machine import travel

from qixue.cli import main
from qixue.participation.models import DoorDevice, LedgerEntry, Scan

pytestmark = pytest.mark.django_db


@pytest.fixture
def device() -> DoorDevice:
    return DoorDeviceFactory(sessions=[OpenSessionFactory(starts_at=NOON)])


def scan_of(device: DoorDevice, **changes: Any) -> dict[str, Any]:
    """A walk-in at noon, by a clock that is two hours behind."""
    scan = {
        "uuid": str(key()),
        "sequence": 1,
        "session": device.sessions.get().pk,
        "kind": "walk_in",
        "occurred_at": "2026-11-04T02:00:00.000Z",
    }
    return {**scan, **changes}


def saved(device: DoorDevice, path: Path, **changes: Any) -> str:
    """What the app writes."""
    scans = [scan_of(device)]
    content = {"id": device.pk, "name": device.name, "clock_offset": 7200, "highest_sequence": 1, "scans": scans}
    path.write_text(json.dumps({"format": "qixue-door-1", "devices": [{**content, **changes}]}))
    return str(path)


def test_saved_file_is_taken_in_once(device: DoorDevice, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = saved(device, tmp_path / "saved.json")

    with travel(NOON, tick=False):
        codes = [main(["door", "import", file]), main(["door", "import", file])]

    assert codes == [0, 0]
    assert capsys.readouterr().out.splitlines() == [
        "东门1号: new 1, here already 0, waiting for a person 0.",
        "东门1号: new 0, here already 1, waiting for a person 0.",
    ]
    scan = Scan.objects.get()
    assert (scan.verdict, (scan.corrected_at - scan.occurred_at).total_seconds()) == ("counted", 7200)
    assert LedgerEntry.objects.filter(kind="attendance", source="walk_in").count() == 1


def test_what_became_of_entries_that_came_in_part_before_is_said(
    device: DoorDevice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    sent, decided, waiting = (scan_of(device, sequence=2), *(scan_of(device, kind="code", code="000000") for _ in "12"))
    changed = scan_of(device, name="李嘉明")
    with travel(NOON, tick=False):
        main(["door", "import", saved(device, tmp_path / "first.json", scans=[sent, decided, changed])])
        Scan.objects.filter(uuid=decided["uuid"]).update(decision="rejected", decided_at=NOON)
        capsys.readouterr()

        scans = [sent, decided, waiting, {**changed, "name": "王秀英"}]
        main(["door", "import", saved(device, tmp_path / "second.json", scans=scans)])

    expected = "东门1号: new 1, here already 2, waiting for a person 1."
    other = "Not taken, for another entry came under their number before: 1."
    assert capsys.readouterr().out == f"{expected} {other}\n"


@pytest.mark.parametrize("changes", [{"id": 0}, {"name": "西门"}])
def test_device_of_another_site_is_refused(
    device: DoorDevice, tmp_path: Path, changes: dict[str, Any], capsys: pytest.CaptureFixture[str]
):
    file = saved(device, tmp_path / "saved.json", **changes)

    assert main(["door", "import", file]) == 2
    assert capsys.readouterr().err.startswith("There is no door device")
    assert Scan.objects.count() == 0


def test_other_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "other.json").write_text("{}")

    assert main(["door", "import", str(tmp_path / "other.json")]) == 2
    assert capsys.readouterr().err.startswith("other.json is not a file that the door app saved.")
