"""Writes to the lines of a draft: one session each. What was submitted never changes again."""

import dataclasses
import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.places.models import Region, Room, Venue
from qixue.programme.models import Activity, Brand, PlanLine, PlanVersion, Programme, Session
from qixue.programme.operations.activities import ALREADY_CHANGED
from qixue.programme.operations.seat_counts import check_seat_count

MOST_LINES = 2000


@dataclass(frozen=True)
class PlanLineDetails:
    """What an organisation plans for one session. Money in fen; None is "nothing said", 0 is "costs nothing".

    `key` is set by a sheet that was written out before: the line stays the same line in every version.
    """

    title: str
    kind: str
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    audience: str = Activity.Audience.EVERYBODY
    brand: Brand | None = None
    description: str = ""
    topic: str = ""
    speaker: str = ""
    venue: Venue | None = None
    room: Room | None = None
    region: Region | None = None
    is_online: bool = False
    seat_count: int | None = None
    counting_rule: str = Session.CountingRule.LIST_AND_OTHERS
    expected_attendance: int | None = None
    budget_fen: int | None = None
    is_flagship: bool = False
    key: uuid.UUID | None = None

    def values(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in FIELDS}

    @property
    def likeness(self) -> tuple[object, ...]:
        """Which line of the draft this is when nobody says: the same title at the same time."""
        return self.title, self.starts_at


FIELDS = tuple(field.name for field in dataclasses.fields(PlanLineDetails) if field.name != "key")


def check_line(details: PlanLineDetails) -> None:
    """Refused: ends_before_start, seats_out_of_range, place_twice, place_missing, room_elsewhere."""
    if details.ends_at <= details.starts_at:
        raise Refused("ends_before_start", _("Please give an end that comes after the start."))
    check_seat_count(details.seat_count)
    if details.is_online and details.venue:
        raise Refused("place_twice", _("Please choose either a venue or online."))
    if not details.is_online and details.venue is None:
        raise Refused("place_missing", _("Please choose a venue, or say that the session is online."))
    if details.room and details.room.venue_id != (details.venue.pk if details.venue else None):
        raise Refused("room_elsewhere", _("Please choose a room of the venue, or another venue."))


def lock_version(version: PlanVersion) -> PlanVersion:
    related = ("plan__programme__organisation", "plan__organisation")
    return PlanVersion.objects.select_for_update(of=("self",)).select_related(*related).get(pk=version.pk)


def lock_draft(version: PlanVersion, edit_count: int | None) -> PlanVersion:
    """The version, locked for a change. `edit_count` None: the change cannot overwrite anybody's.

    Refused: not_a_draft, programme_closed, changed_meanwhile.
    """
    version = lock_version(version)
    if version.state != PlanVersion.State.DRAFT:
        raise Refused("not_a_draft", _("This version was filed and can no longer be changed."))
    if version.plan.programme.state == Programme.State.CLOSED:
        raise Refused("programme_closed", _("This programme is closed; nothing can be added to it."))
    if edit_count is not None and version.edit_count != edit_count:
        raise Refused("changed_meanwhile", ALREADY_CHANGED)
    return version


def count_edit(version: PlanVersion) -> None:
    version.edit_count += 1
    version.save(update_fields=["edit_count"])


@transaction.atomic
def add_line(
    version: PlanVersion, *, details: PlanLineDetails, key: uuid.UUID, by: User, at: datetime.datetime
) -> PlanLine:
    """Add a line at the end. The same `key`, which the form made, returns the first line.

    Refused: key_taken, too_many_lines, and those of `check_line` and `lock_draft`.
    """
    check_line(details)
    version = lock_draft(version, None)
    if existing := version.lines.filter(key=key).first():
        return existing
    if PlanLine.objects.filter(key=key).exists():
        raise Refused("key_taken", _("This form was used before; please open it again."))
    position = int(version.lines.aggregate(last=Max("position"))["last"] or 0) + 1
    check_length(version.lines.count() + 1)
    line = PlanLine.objects.create(version=version, key=key, position=position, **details.values())
    count_edit(version)
    record_audit("plan.line_added", line, by=by, at=at, details={"version": version.pk, "title": line.title})
    return line


def check_length(line_count: int) -> None:
    if line_count > MOST_LINES:
        raise Refused("too_many_lines", _("A plan takes at most %(most)s lines."), most=MOST_LINES)


@transaction.atomic
def edit_line(
    line: PlanLine, *, details: PlanLineDetails, edit_count: int, by: User, at: datetime.datetime
) -> PlanLine:
    """Change a line of a draft. `edit_count` is that of the line that the editor read: other lines are in nobody's way.

    Refused: line_removed, and those of `check_line` and `lock_draft`.
    """
    check_line(details)
    version = lock_draft(line.version, None)
    current = version.lines.filter(pk=line.pk).first()
    if current is None:
        raise Refused("line_removed", _("Somebody else has removed this line in the meantime."))
    if current.edit_count != edit_count:
        raise Refused("changed_meanwhile", ALREADY_CHANGED)
    changed = [name for name, value in details.values().items() if getattr(current, name) != value]
    if not changed:
        return current
    for name in changed:
        setattr(current, name, getattr(details, name))
    current.edit_count += 1
    current.save(update_fields=[*changed, "edit_count"])
    count_edit(version)
    record_audit("plan.line_edited", current, by=by, at=at, details={"version": version.pk, "fields": changed})
    return current


@transaction.atomic
def remove_line(line: PlanLine, *, edit_count: int, by: User, at: datetime.datetime) -> None:
    """Take a line out of a draft as its editor read it; again changes nothing. Refused: those of `lock_draft`."""
    if not PlanLine.objects.filter(pk=line.pk).exists():
        return
    version = lock_draft(line.version, None)
    current = version.lines.filter(pk=line.pk).first()
    if current is None:
        return
    if current.edit_count != edit_count:
        raise Refused("changed_meanwhile", ALREADY_CHANGED)
    record_audit("plan.line_removed", line, by=by, at=at, details={"version": version.pk, "title": line.title})
    version.lines.filter(pk=line.pk).delete()
    count_edit(version)


@transaction.atomic
def replace_lines(
    version: PlanVersion,
    *,
    details: Sequence[PlanLineDetails],
    edit_count: int,
    by: User | None,
    at: datetime.datetime,
) -> list[PlanLine]:
    """Write all lines of a draft at once: whole or not at all. A line that is there already keeps its key.

    Refused: key_twice, those of `check_line` (the first wrong line) and `lock_draft`, too_many_lines.
    """
    for line in details:
        check_line(line)
    check_length(len(details))
    version = lock_draft(version, edit_count)
    keys = keys_for(version, details)
    version.lines.all().delete()
    written = PlanLine.objects.bulk_create(
        PlanLine(version=version, key=key, position=position, **line.values())
        for position, (key, line) in enumerate(zip(keys, details, strict=True), start=1)
    )
    count_edit(version)
    record_audit("plan.lines_replaced", version, by=by, at=at, details={"lines": len(written)})
    return written


def keys_for(version: PlanVersion, details: Sequence[PlanLineDetails]) -> list[uuid.UUID]:
    """A key for each new line: the one it brings if it is this plan's, that of the line it resembles, or a fresh one.

    Refused: key_twice.
    """
    brought = [line.key for line in details if line.key is not None]
    if len(brought) != len(set(brought)):
        raise Refused("key_twice", _("Two rows stand for the same line of the plan."))
    own = set(PlanLine.objects.filter(version__plan=version.plan_id, key__in=brought).values_list("key", flat=True))
    free: dict[tuple[object, ...], list[uuid.UUID]] = {}
    for line in version.lines.exclude(key__in=own).order_by("position"):
        free.setdefault((line.title, line.starts_at), []).append(line.key)
    keys: list[uuid.UUID] = []
    for new in details:
        alike = free.get(new.likeness, [])
        if new.key is not None and new.key in own:
            keys.append(new.key)
        else:
            keys.append(alike.pop(0) if alike else uuid.uuid4())
    return keys
