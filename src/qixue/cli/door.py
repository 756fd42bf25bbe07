"""`qixue door import`: what a door device saved as a file because it could not send any more."""

import argparse
import datetime
from pathlib import Path
from typing import Literal

from django.utils.translation import gettext as _
from pydantic import ValidationError

from qixue.api.schemas.door import MOST_SCANS, Key, ScanIn
from qixue.api.schemas.keys import Body
from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.participation.models import DoorDevice, Scan
from qixue.participation.operations.door_sync import Delivery, receive_scans


class SavedDevice(Body):
    """`clock_offset`: seconds that the clock of the server was ahead of the device's when they last met."""

    id: Key
    name: str
    clock_offset: int
    highest_sequence: Key
    scans: list[ScanIn]


class SavedFile(Body):
    format: Literal["qixue-door-1"]
    devices: list[SavedDevice]


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    door = subparsers.add_parser("door", help="take in what a door device saved")
    commands = door.add_subparsers(dest="door_command", required=True)
    take_in = commands.add_parser(
        "import", help="store and judge the entries of a saved file, as if they had been sent"
    )
    take_in.add_argument("file", type=Path, metavar="FILE")
    take_in.set_defaults(func=run_import)


def run_import(args: argparse.Namespace) -> int:
    """Imported twice, or sent as well, an entry counts once."""
    at = now()
    for saved in saved_devices(args.file):
        device = DoorDevice.objects.filter(pk=saved.id, name=saved.name).first()
        if device is None:
            raise Refused("unknown_device", _("There is no door device %(name)s here."), name=saved.name)
        print(taken_in(device, saved, at=at))
    return 0


def taken_in(device: DoorDevice, saved: SavedDevice, *, at: datetime.datetime) -> str:
    """Stores and judges the entries, and says what became of them."""
    scans = Scan.objects.filter(device=device, uuid__among={scan.uuid for scan in saved.scans})
    before, other = scans.count(), 0
    clock = at - datetime.timedelta(seconds=saved.clock_offset)
    for start in range(0, len(saved.scans), MOST_SCANS):
        sent = [scan.sent() for scan in saved.scans[start : start + MOST_SCANS]]
        receipt = receive_scans(device, Delivery(clock, saved.highest_sequence, sent), at=at)
        other += receipt.answers.count(None)
    new, waiting = scans.count() - before, scans.undecided().count()
    values = {"name": saved.name, "new": new, "there": len(saved.scans) - new - other, "waiting": waiting}
    line = _("%(name)s: new %(new)s, here already %(there)s, waiting for a person %(waiting)s.") % values
    if other:
        line += " " + _("Not taken, for another entry came under their number before: %(count)s.") % {"count": other}
    return line


def saved_devices(path: Path) -> list[SavedDevice]:
    """Refused: file_unreadable."""
    try:
        return SavedFile.model_validate_json(path.read_bytes()).devices
    except (OSError, ValidationError) as error:
        sentence = _("%(file)s is not a file that the door app saved.")
        raise Refused("file_unreadable", sentence, file=path.name) from error
