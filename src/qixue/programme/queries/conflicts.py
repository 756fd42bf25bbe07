"""What stands in each other's way: shown while a plan is made, long before the database refuses a room."""

import datetime
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Max, Min, Q
from django.utils.translation import gettext as _

from qixue.core.clock import local_day
from qixue.core.clock_words import day as day_text
from qixue.core.typed import half_width
from qixue.programme.models import Activity, PlanLine, PlanVersion, Programme, Session
from qixue.programme.overlaps import overlapping
from qixue.programme.queries.slots import (
    Slot,
    live_sessions,
    planned_lines,
    slots_of_lines,
    slots_of_sessions,
)

CLASHES = ("room", "venue", "speaker", "flagship")  # of two that meet
KINDS = (*CLASHES, "day", "capacity")
# What a version may change of a session -> the parts of a slot that say so.
CHANGEABLE = {
    "starts_at": ("starts_at",),
    "ends_at": ("ends_at",),
    "venue_id": ("venue_id", "venue_name", "venue_name_en", "venue_capacity", "region_path"),
    "room_id": ("room_id", "room_name", "room_name_en", "room_capacity"),
    "speaker": ("speaker",),
    "seat_count": ("seat_count",),
}


class Meeting(NamedTuple):
    """Two slots that meet, or one that is odd by itself. A hard one is refused when `slot` is published."""

    kind: str
    slot: Slot
    other: Slot | None = None
    is_hard: bool = False

    @property
    def rank(self) -> tuple[Any, ...]:
        return not self.is_hard, self.slot.starts_at, self.slot.key, KINDS.index(self.kind)


@dataclass(frozen=True)
class Conflict:
    """A meeting in the words of its reader; `other` is None where there is none or the reader may not see it."""

    kind: str
    slot: Slot
    text: str
    other: Slot | None
    is_hard: bool


# For one version


def conflicts_of_version(version: PlanVersion, paths: list[str]) -> list[Conflict]:
    """What is in the way of a version as its publication would write it, what must change first.

    `paths` are the tree paths that the viewer sees; of what belongs to others only time and place are named.
    """
    return [worded(meeting, version.plan.programme, paths) for meeting in meetings_of_version(version)]


def meetings_of_version(version: PlanVersion) -> list[Meeting]:
    """The same for nobody in particular: both sides are named."""
    own = slots_of_version(version)
    return meetings_of_slots(own, own, version)


def conflicts_of_line(line: PlanLine, paths: list[str]) -> list[Conflict]:
    """The same for one line as it is given, saved or not, beside the other lines of its version."""
    version = line.version
    own = [slot for slot in slots_of_version(version) if slot.plan_line_key != line.key]
    mine = slot_of_unsaved(line)
    found = meetings_of_slots([mine], [mine, *own], version)
    return [worded(meeting, version.plan.programme, paths) for meeting in found]


def meetings_of_slots(subjects: list[Slot], together: list[Slot], version: PlanVersion) -> list[Meeting]:
    """What is in the way of some of the slots that are published together."""
    if not subjects:
        return []
    programme = version.plan.programme
    mine, own = {slot.key for slot in subjects}, {slot.key for slot in together}
    found = [meeting for slot in subjects for meeting in alone(slot, programme)]
    for kind, first, second in pairs([*together, *slots_beside(subjects, version)]):
        slot, other = (first, second) if first.key in mine else (second, first)
        if slot.key in mine:
            found.append(Meeting(kind, slot, other, kind == "room" and (other.is_booked or other.key in own)))
    return sorted(found, key=lambda meeting: meeting.rank)


def slots_of_version(version: PlanVersion) -> list[Slot]:
    """The version's sessions as they will be once it is published: what it does not change stays as it was mended."""
    lines = slots_of_lines(version.lines.all())
    plan = version.plan_id
    former = slots_of_lines(PlanLine.objects.filter(version__plan=plan, version__state=PlanVersion.State.PUBLISHED))
    before = {slot.plan_line_key: slot for slot in former}
    made = slots_of_sessions(Session.objects.filter(activity__plan=plan, plan_line_key__isnull=False))
    sessions = {slot.plan_line_key: slot for slot in made}
    slots = [
        announced_again(line, before.get(line.plan_line_key, line), sessions.get(line.plan_line_key)) for line in lines
    ]
    return [slot for slot in slots if slot.stage != "off"]


def announced_again(line: Slot, before: Slot, session: Slot | None) -> Slot:
    """A line that was announced before, with what people changed on its session meanwhile."""
    if session is None or session.stage in {"held", "off"}:
        return session or line
    changed = {name for name in CHANGEABLE if getattr(line, name) != getattr(before, name)}
    kept = [part for name, parts in CHANGEABLE.items() if name not in changed for part in parts]
    return line._replace(**{part: getattr(session, part) for part in kept})


def slot_of_unsaved(line: PlanLine) -> Slot:
    """A slot of what somebody typed and has not saved."""
    organisation, venue, room = line.version.plan.organisation, line.venue, line.room
    region = (venue.region if venue else None) or line.region or organisation.region
    values: dict[str, Any] = {name: getattr(line, name, None) for name in Slot._fields}
    values |= {
        "source": "line",
        "pk": line.pk or 0,
        "programme_id": line.version.plan.programme_id,
        "plan_id": line.version.plan_id,
        "plan_line_key": line.key,
        "stage": "planned",
        "title_en": "",
        "organisation_path": organisation.path,
        "organisation_name": organisation.name,
        "organisation_name_en": organisation.name_en,
        "region_path": region.path if region else "",
        "is_public": False,
        "is_booked": False,
    }
    for name, place in (("venue", venue), ("room", room)):
        parts = ("name", "name_en", "capacity")
        values |= {f"{name}_{part}": getattr(place, part) if place else None for part in parts}
    return Slot(**values)


def slots_beside(own: list[Slot], version: PlanVersion) -> list[Slot]:
    """What others plan or announced in the same time, of any programme, where it can meet one of these."""
    ends = [slot.ends_at for slot in own if slot.ends_at]
    within = Q(starts_at__lt=max(ends), ends_at__gt=min(slot.starts_at for slot in own))
    near = Q(venue__in={slot.venue_id for slot in own if slot.venue_id})
    if any(slot.speaker for slot in own):
        near |= Q(speaker__gt="")
    is_big = any(slot.is_flagship for slot in own)
    lines = planned_lines().filter(within, near | Q(is_flagship=True) if is_big else near)
    sessions = live_sessions().filter(within, near | Q(plan_line_key__isnull=False) if is_big else near)
    of_this_plan = Q(activity__plan=version.plan_id, plan_line_key__isnull=False)
    return [
        *slots_of_lines(lines.exclude(version__plan=version.plan_id)),
        *slots_of_sessions(sessions.exclude(of_this_plan)),
    ]


# For a whole programme


def conflicts_among(slots: Iterable[Slot], programme: Programme, paths: list[str]) -> list[Meeting]:
    """Everything in the way within a programme, or between it and another, as far as the viewer has a part in it."""
    slots = list(slots)
    organisations = {slot.organisation_path for slot in slots}
    own = {each for each in organisations if any(each.startswith(path) for path in paths)}
    found = [
        meeting
        for slot in slots
        if slot.programme_id == programme.pk and slot.organisation_path in own
        for meeting in alone(slot, programme)
    ]
    for kind, first, second in pairs(slots):
        if programme.pk not in (first.programme_id, second.programme_id):
            continue
        slot, other = sides(first, second, own)
        if slot.organisation_path in own:
            found.append(Meeting(kind, slot, other, kind == "room" and is_refused(slot, other)))
    return sorted(found, key=lambda meeting: meeting.rank)


def sides(first: Slot, second: Slot, own: Container[str]) -> tuple[Slot, Slot]:
    """The one that should change first: of the viewer's part, and not the one that has the room already."""
    is_first_own = first.organisation_path in own
    if is_first_own != (second.organisation_path in own):
        return (first, second) if is_first_own else (second, first)
    return (second, first) if first.is_booked and not second.is_booked else (first, second)


def is_refused(slot: Slot, other: Slot) -> bool:
    """Whether the room is confirmed for one of them, or both come from one plan and are booked at once."""
    is_one_plan = slot.source == other.source == "line" and slot.plan_id == other.plan_id
    return (slot.is_booked != other.is_booked) or is_one_plan


def slots_around(programme: Programme, at: datetime.datetime) -> list[Slot]:
    """What of the programme is not over at the moment, and what others have in the time that this spans."""
    times = (Min("starts_at"), Max("ends_at"))
    lines = planned_lines().filter(version__plan__programme=programme, ends_at__gt=at)
    sessions = live_sessions().filter(activity__programme=programme, ends_at__gt=at)
    spans = [list(found.aggregate(*times).values()) for found in (lines.order_by(), sessions.order_by())]
    starts, ends = [start for start, _end in spans if start], [end for _start, end in spans if end]
    if not ends:
        return []
    return slots_within(Q(ends_at__gt=max(at, min(starts)), starts_at__lt=max(ends)))


def slots_within(condition: Q) -> list[Slot]:
    lines, sessions = planned_lines().filter(condition), live_sessions().filter(condition)
    return [*slots_of_lines(lines), *slots_of_sessions(sessions)]


# What meets


def pairs(slots: Iterable[Slot]) -> Iterator[tuple[str, Slot, Slot]]:
    """In one room, in one venue, with one lecturer, or as big events for the same people of one place."""
    timed = [slot for slot in slots if slot.ends_at]
    for first, second in overlapping((slot.venue_id, slot) for slot in timed if slot.venue_id):
        if first.room_id and second.room_id:
            if first.room_id == second.room_id:
                yield "room", first, second
        else:
            yield "venue", first, second
    for first, second in overlapping((speaker_of(slot), slot) for slot in timed if slot.speaker):
        yield "speaker", first, second
    for first, second in overlapping(("big", slot) for slot in timed if slot.is_flagship):
        if same_people(first, second) and same_place(first, second):
            yield "flagship", first, second


def speaker_of(slot: Slot) -> str:
    return half_width(slot.speaker).replace(" ", "").casefold()


def same_people(first: Slot, second: Slot) -> bool:
    """Whether two events call the same audience; an event for everybody calls every audience."""
    audiences = {first.audience, second.audience}
    return len(audiences) == 1 or Activity.Audience.EVERYBODY in audiences


def same_place(first: Slot, second: Slot) -> bool:
    """In one town or county, or one of them in the whole of which the other's place is a part."""
    return bool(first.county) and (first.county == second.county or is_within_other(first, second))


def is_within_other(first: Slot, second: Slot) -> bool:
    paths = first.region_path, second.region_path
    return all(paths) and (paths[0].startswith(paths[1]) or paths[1].startswith(paths[0]))


def alone(slot: Slot, programme: Programme) -> Iterator[Meeting]:
    """What is odd about a slot by itself: its day, or more people than there is room for."""
    day = local_day(slot.starts_at)
    if programme.starts_on and programme.ends_on and not programme.starts_on <= day <= programme.ends_on:
        yield Meeting("day", slot)
    capacity = slot.room_capacity or slot.venue_capacity
    if capacity and people_wanted(slot) > capacity:
        yield Meeting("capacity", slot)


def people_wanted(slot: Slot) -> int:
    return max(slot.seat_count or 0, slot.expected_attendance or 0)


# Its words


def worded(meeting: Meeting, programme: Programme, paths: list[str]) -> Conflict:
    other = meeting.other if meeting.other and meeting.other.is_seen_by(paths) else None
    return Conflict(meeting.kind, meeting.slot, text_of(meeting, programme, paths), other, meeting.is_hard)


def text_of(meeting: Meeting, programme: Programme, paths: list[str]) -> str:
    kind, slot, other, _is_hard = meeting
    if other is None:
        return text_alone(kind, slot, programme)
    texts = {
        "room": _("The room %(place)s is wanted by %(other)s at the same time."),
        "venue": _("%(place)s is used by %(other)s at the same time."),
        "speaker": _("%(speaker)s is to speak at %(other)s at the same time."),
        "flagship": _("%(other)s is a big event for the same people at the same time."),
    }
    text = texts[kind]
    if kind == "room" and other.is_booked:
        text = _("The room %(place)s is booked for %(other)s at the same time.")
    if kind == "flagship" and is_within_other(slot, other):
        text = _("%(other)s is a big event for the same people in the same place at the same time.")
    place = slot.room if kind == "room" else slot.venue
    return text % {"place": place, "other": name_of(other, paths), "speaker": slot.speaker}


def text_alone(kind: str, slot: Slot, programme: Programme) -> str:
    if kind == "day" and programme.starts_on and programme.ends_on:
        values = {"first": day_text(programme.starts_on), "last": day_text(programme.ends_on)}
        return _("The day is outside the programme, %(first)s to %(last)s.") % values
    place, capacity = (slot.room, slot.room_capacity) if slot.room_capacity else (slot.venue, slot.venue_capacity)
    numbers = {"wanted": people_wanted(slot), "place": place, "capacity": capacity}
    return _("%(wanted)s people are planned, and %(place)s holds %(capacity)s.") % numbers


def name_of(slot: Slot, paths: list[str]) -> str:
    if not slot.is_seen_by(paths):
        return _("another organisation")
    return _("“%(title)s” (%(organisation)s)") % {"title": slot.local_title, "organisation": slot.organisation}
