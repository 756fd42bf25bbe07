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


def saved(device: DoorDevice, path: Path, **changes: Any) -> str:
    """What the app writes: one walk-in at noon, by a clock that is two hours behind."""
    scan = {
        "uuid": str(key()),
        "sequence": 1,
        "session": device.sessions.get().pk,
        "kind": "walk_in",
        "occurred_at": "2026-11-04T02:00:00.000Z",
    }
    content = {"id": device.pk, "name": device.name, "clock_offset": 7200, "highest_sequence": 1, "scans": [scan]}
    path.write_text(json.dumps({"format": "qixue-door-1", "devices": [{**content, **changes}]}))
    return str(path)


def test_saved_file_is_taken_in_once(device: DoorDevice, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = saved(device, tmp_path / "saved.json")

    with travel(NOON, tick=False):
        codes = [main(["door", "import", file]), main(["door", "import", file])]

    assert codes == [0, 0]
    assert capsys.readouterr().out == "东门1号: 1 entries are stored and judged.\n" * 2
    scan = Scan.objects.get()
    assert (scan.verdict, (scan.corrected_at - scan.occurred_at).total_seconds()) == ("counted", 7200)
    assert LedgerEntry.objects.filter(kind="attendance", source="walk_in").count() == 1


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
