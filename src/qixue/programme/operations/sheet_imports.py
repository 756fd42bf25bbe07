"""A sheet on its way into a draft: received, checked by the worker, shown, then taken over whole or not at all."""

import dataclasses
import datetime
import hashlib
import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.places.models import Region, Room, Venue
from qixue.programme.models import Brand, PlanVersion, SheetImport
from qixue.programme.operations.plan_lines import PlanLineDetails, lock_draft, replace_lines
from qixue.programme.operations.sheet_rows import Complaint, PlanRows, read_rows
from qixue.programme.sheet_guard import check_archive, read_content

State = SheetImport.State
AT_A_TIME = 25  # rows between two notes of how far the check is
MOST_COMPLAINTS = 500  # kept of one sheet: more help nobody
LEASE = datetime.timedelta(minutes=5)  # a worker that died with a sheet gives it back after this


@transaction.atomic
def receive_sheet(version: PlanVersion, *, data: bytes, file_name: str, by: User, at: datetime.datetime) -> SheetImport:
    """Keep a sheet for the worker to check. A file that was made to hurt is refused at once.

    Refused: those of `check_archive` and `lock_draft`.
    """
    check_archive(data)
    version = lock_draft(version, None)
    received = SheetImport.objects.create(
        version=version,
        file=ContentFile(data, name=f"{uuid.uuid4().hex}.xlsx"),
        file_name=file_name[:200],
        digest=hashlib.sha256(data).hexdigest(),
        uploaded_by=by,
        uploaded_at=at,
    )
    record_audit("sheet.received", received, by=by, at=at, details={"digest": received.digest})
    return received


def check_waiting_sheets(*, at: datetime.datetime) -> int:
    """Check the sheets that wait, oldest first, and those that a worker left unfinished. Returns how many."""
    unfinished = models.Q(state=State.CHECKING, lease_until__lt=at)
    waiting = SheetImport.objects.filter(models.Q(state=State.WAITING) | unfinished).order_by("pk")
    return sum(check_sheet(sheet, at=at) for sheet in waiting)


def check_sheet(sheet: SheetImport, *, at: datetime.datetime) -> bool:
    """Read the sheet row by row; False when another worker has it."""
    mine = SheetImport.objects.filter(pk=sheet.pk, state=sheet.state, lease_until=sheet.lease_until)
    if not mine.update(state=State.CHECKING, lease_until=at + LEASE, checked_count=0):
        return False
    rows = rows_of(sheet)
    sheet.state = State.REFUSED if rows.complaints else State.READY
    sheet.complaints = [dataclasses.asdict(complaint) for complaint in rows.complaints[:MOST_COMPLAINTS]]
    sheet.lines = [] if rows.complaints else [as_json(line) for line in rows.lines]
    sheet.lease_until, sheet.finished_at = None, at
    sheet.save(update_fields=["state", "complaints", "lines", "lease_until", "finished_at"])
    return True


def rows_of(sheet: SheetImport) -> PlanRows:
    """What the sheet says, and what is wrong with it; how far it has been read is noted for whoever waits."""
    programme = PlanVersion.objects.select_related("plan__programme__region").get(pk=sheet.version_id).plan.programme
    try:
        with sheet.file.open("rb") as file:
            content = read_content(file.read())
    except Refused as refusal:
        with override("en"):  # stored as it stands in the source, translated when it is read
            return PlanRows(complaints=[Complaint(str(refusal.text))])
    row_count = max(0, len(content.rows) - 1)
    SheetImport.objects.filter(pk=sheet.pk).update(row_count=row_count)
    rows = read_rows(content, programme, checked=lambda count: note_progress(sheet, count))
    SheetImport.objects.filter(pk=sheet.pk).update(checked_count=row_count)
    return rows


def note_progress(sheet: SheetImport, count: int) -> None:
    if count % AT_A_TIME == 0:
        SheetImport.objects.filter(pk=sheet.pk).update(checked_count=count)


def as_json(line: PlanLineDetails) -> dict[str, Any]:
    """A line in values that JSON keeps: records by their key, moments as text."""
    values = {**line.values(), "key": line.key and str(line.key)}
    return {name: storable(value) for name, value in values.items()}


def storable(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    return value.isoformat() if isinstance(value, datetime.datetime) else value


def lines_of(sheet: SheetImport) -> list[PlanLineDetails]:
    """The lines that were read from the sheet. Refused: records_gone, when a venue or brand was removed since."""
    records: dict[str, dict[int, Any]] = {
        "brand": Brand.objects.in_bulk(keys_in(sheet, "brand")),
        "venue": Venue.objects.in_bulk(keys_in(sheet, "venue")),
        "room": Room.objects.in_bulk(keys_in(sheet, "room")),
        "region": Region.objects.in_bulk(keys_in(sheet, "region")),
    }
    return [line_from(values, records) for values in sheet.lines]


def keys_in(sheet: SheetImport, name: str) -> set[int]:
    return {line[name] for line in sheet.lines} - {None}


def line_from(values: dict[str, Any], records: dict[str, dict[int, Any]]) -> PlanLineDetails:
    found = {name: kept.get(values[name]) for name, kept in records.items()}
    if any(values[name] is not None and found[name] is None for name in records):
        raise Refused("records_gone", _("A venue or brand of this sheet is gone; please send the sheet again."))
    moments = {name: datetime.datetime.fromisoformat(values[name]) for name in ("starts_at", "ends_at")}
    key = uuid.UUID(values["key"]) if values["key"] else None
    return PlanLineDetails(**{**values, **found, **moments, "key": key})


@transaction.atomic
def take_over_sheet(sheet: SheetImport, *, edit_count: int, by: User, at: datetime.datetime) -> SheetImport:
    """Put the sheet's lines in the place of the draft's, all or none; again changes nothing.

    `edit_count` is that of the draft which its reader compared with the sheet.
    Refused: sheet_not_ready, records_gone, and those of `replace_lines`.
    """
    sheet = SheetImport.objects.select_for_update(of=("self",)).select_related("version").get(pk=sheet.pk)
    if sheet.state == State.TAKEN_OVER:
        return sheet
    if sheet.state != State.READY:
        raise Refused("sheet_not_ready", _("This sheet cannot be taken over."))
    replace_lines(sheet.version, details=lines_of(sheet), edit_count=edit_count, by=by, at=at)
    sheet.state = State.TAKEN_OVER
    sheet.save(update_fields=["state"])
    record_audit("sheet.taken_over", sheet, by=by, at=at, details={"lines": len(sheet.lines)})
    return sheet


def complaints_of(sheet: SheetImport) -> list[Complaint]:
    return [Complaint(**complaint) for complaint in sheet.complaints]


@transaction.atomic
def import_sheet(
    version: PlanVersion, *, data: bytes, by: User | None, at: datetime.datetime, is_trial: bool = False
) -> list[PlanLineDetails]:
    """Read a sheet and put its lines into the draft at once, for the command line; a trial only reads.

    Refused: sheet_wrong with one complaint per wrong cell, and those of `check_archive`, `read_content` and
    `replace_lines`.
    """
    check_archive(data)
    programme = PlanVersion.objects.select_related("plan__programme__region").get(pk=version.pk).plan.programme
    rows = read_rows(read_content(data), programme)
    if rows.complaints:
        sentences = [complaint.sentence for complaint in rows.complaints]
        raise Refused("sheet_wrong", _("The sheet was not taken over."), lines=sentences)
    if not is_trial:
        replace_lines(version, details=rows.lines, edit_count=version.edit_count, by=by, at=at)
    return rows.lines
