"""What would stand in each other's way: shown while a plan is made, long before the database refuses a room."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from qixue.core.clock import local_day
from qixue.core.typed import half_width
from qixue.places.models import Room, Venue
from qixue.programme.models import Activity, PlanLine, PlanVersion, Programme, Session
from qixue.programme.overlaps import overlapping
from qixue.programme.queries.plans import counting_versions

OFF = (Session.State.CANCELLED, Session.State.POSTPONED)


@dataclass(frozen=True)
class Slot:
    """A planned line or an announced session, as far as it can be in somebody's way."""

    key: str
    title: str
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    organisation_path: str
    organisation_name: str
    speaker: str
    audience: str
    venue: Venue | None
    room: Room | None
    is_flagship: bool = False
    line: PlanLine | None = None

    @property
    def county(self) -> str:
        """GB/T 2260 code of the county in which it is (the first six digits); empty where no place is known."""
        return self.venue.region.code[:6] if self.venue and self.venue.region else ""


@dataclass(frozen=True)
class Conflict:
    """Something that a person should look at. A hard one is refused when the plan is published."""

    kind: str
    slot: Slot
    text: str
    is_hard: bool = False


def conflicts_of_version(version: PlanVersion, paths: list[str]) -> list[Conflict]:
    """What is in the way of a version's lines, by their time.

    `paths` are the tree paths that the viewer sees; of what belongs to others only time and place are named.
    """
    programme = version.plan.programme
    own = [slot_of_line(line) for line in lines_with_places(version.lines.all())]
    if not own:
        return []
    others = [*other_lines(version, own), *other_sessions(version, own)]
    mine = {slot.key for slot in own}
    found = [conflict for slot in own for conflict in alone(slot, programme)]
    for kind, pairs in meetings([*own, *others]).items():
        for first, second in pairs:
            slot, other = (first, second) if first.key in mine else (second, first)
            if slot.key in mine:
                found.append(between(kind, slot, other, paths))
    return sorted(found, key=lambda conflict: (conflict.slot.starts_at, conflict.slot.key, conflict.kind))


def lines_with_places(lines: Any) -> Any:
    related = ("version__plan__organisation", "venue__region", "room")
    return lines.select_related(*related).order_by("starts_at", "pk")


def slot_of_line(line: PlanLine) -> Slot:
    organisation = line.version.plan.organisation
    return Slot(
        key=f"line:{line.key}",
        title=line.title,
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        organisation_path=organisation.path,
        organisation_name=organisation.local_name,
        speaker=line.speaker,
        audience=line.audience,
        venue=line.venue,
        room=line.room,
        is_flagship=line.is_flagship,
        line=line,
    )


def within_time_of(own: list[Slot]) -> Q:
    return Q(starts_at__lt=max(slot.ends_at for slot in own), ends_at__gt=min(slot.starts_at for slot in own))


def other_lines(version: PlanVersion, own: list[Slot]) -> Iterator[Slot]:
    """Lines of the programme's other plans: of the version that is under way, else of the one in force."""
    counting = counting_versions(version.plan.programme_id).exclude(plan=version.plan_id)
    lines = PlanLine.objects.filter(within_time_of(own), version__in=counting)
    return (slot_of_line(line) for line in lines_with_places(lines))


def other_sessions(version: PlanVersion, own: list[Slot]) -> Iterator[Slot]:
    """Sessions of the programme that no plan stands behind."""
    sessions = Session.objects.filter(
        within_time_of(own), activity__programme=version.plan.programme_id, plan_line_key=None
    )
    sessions = sessions.exclude(state__in=OFF).exclude(activity__state=Activity.State.CANCELLED)
    related = ("activity__organisation", "venue__region", "room")
    for session in sessions.select_related(*related).order_by("starts_at", "pk"):
        if session.starts_at and session.ends_at:
            yield Slot(
                key=f"session:{session.pk}",
                title=session.activity.local_title,
                starts_at=session.starts_at,
                ends_at=session.ends_at,
                organisation_path=session.activity.organisation.path,
                organisation_name=session.activity.organisation.local_name,
                speaker=session.speaker,
                audience=session.activity.audience,
                venue=session.venue,
                room=session.room,
            )


def meetings(slots: list[Slot]) -> dict[str, Iterable[tuple[Slot, Slot]]]:
    """Pairs that meet: in one room, in one venue, with one lecturer, or as big events for the same people."""
    in_venue = overlapping((slot.venue.pk, slot) for slot in slots if slot.venue)
    with_speaker = overlapping((speaker_of(slot), slot) for slot in slots if slot.speaker)
    big = overlapping((slot.county, slot) for slot in slots if slot.is_flagship and slot.county)
    pairs = list(in_venue)
    return {
        "room": [pair for pair in pairs if pair[0].room and pair[0].room == pair[1].room],
        "venue": [pair for pair in pairs if not (pair[0].room and pair[1].room)],
        "speaker": with_speaker,
        "flagship": (pair for pair in big if same_people(*pair)),
    }


def speaker_of(slot: Slot) -> str:
    return half_width(slot.speaker).replace(" ", "").casefold()


def same_people(first: Slot, second: Slot) -> bool:
    """Whether two events call the same audience; an event for everybody calls every audience."""
    audiences = {first.audience, second.audience}
    return len(audiences) == 1 or Activity.Audience.EVERYBODY in audiences


def between(kind: str, slot: Slot, other: Slot, paths: list[str]) -> Conflict:
    texts = {
        "room": _("The room %(place)s is wanted by %(other)s at the same time."),
        "venue": _("%(place)s is used by %(other)s at the same time."),
        "speaker": _("%(speaker)s is to speak at %(other)s at the same time."),
        "flagship": _("%(other)s is a big event for the same people at the same time."),
    }
    place = slot.room.local_name if kind == "room" and slot.room else slot.venue.local_name if slot.venue else ""
    values = {"place": place, "other": name_of(other, paths), "speaker": slot.speaker}
    return Conflict(kind, slot, texts[kind] % values, is_hard=kind == "room")


def name_of(slot: Slot, paths: list[str]) -> str:
    if not any(slot.organisation_path.startswith(path) for path in paths):
        return _("another organisation")
    return _("“%(title)s” (%(organisation)s)") % {"title": slot.title, "organisation": slot.organisation_name}


def alone(slot: Slot, programme: Programme) -> Iterator[Conflict]:
    """What is odd about a line by itself: its day, or more people than there is room for."""
    day = local_day(slot.starts_at)
    if programme.starts_on and programme.ends_on and not programme.starts_on <= day <= programme.ends_on:
        values = {"first": programme.starts_on.isoformat(), "last": programme.ends_on.isoformat()}
        yield Conflict("day", slot, _("The day is outside the programme, %(first)s to %(last)s.") % values)
    place = slot.room if slot.room and slot.room.capacity else slot.venue
    wanted = max(slot.line.seat_count or 0, slot.line.expected_attendance or 0) if slot.line else 0
    if place and place.capacity and wanted > place.capacity:
        numbers: dict[str, str | int] = {"wanted": wanted, "place": place.local_name, "capacity": place.capacity}
        text = _("%(wanted)s people are planned, and %(place)s holds %(capacity)s.") % numbers
        yield Conflict("capacity", slot, text)
