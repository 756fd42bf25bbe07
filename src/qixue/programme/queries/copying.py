"""What a copy of a programme would hold, before it is written."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import SHANGHAI
from qixue.people.models import Organisation
from qixue.programme.models import Activity, Involvement, PlanLine, PlanVersion, Programme, Session
from qixue.programme.new_week import Move
from qixue.programme.queries.programmes import leading_group_of, members_of, not_called_off, parts_of

LEGAL_BASES, ROLES, GROUP, TASKS, BRANDS, CHANNELS = (
    "legal_bases",
    "roles",
    "leading_group",
    "tasks",
    "brands",
    "channels",
)
PARTS = {
    LEGAL_BASES: _("Legal bases, to be checked"),
    ROLES: _("Hosts and organisers"),
    GROUP: _("Seats of the leading group, without names"),
    TASKS: _("Tasks"),
    BRANDS: _("Brands with their series"),
    CHANNELS: _("Publicity channels"),
}
NO_ACTIVITIES, AS_PLANS, AS_ACTIVITIES = "none", "plans", "activities"


@dataclass(frozen=True)
class CopyChoices:
    """What is taken over: parts of the set-up by code, and what was planned as nothing, plans or activities."""

    parts: frozenset[str] = frozenset(PARTS)
    activities: str = NO_ACTIVITIES
    keeps_theme: bool = False

    def has(self, part: str) -> bool:
        return part in self.parts


@dataclass(frozen=True)
class MovedSession:
    title: str
    organisation: str
    was: datetime.datetime
    will_be: datetime.datetime


@dataclass(frozen=True)
class Preview:
    """What would be written: a count for each part, and every session with its former and its new day.

    `left_out` names the organisations that are no longer in the tree of the programme, so nothing of theirs is planned.
    """

    name: str
    starts_on: datetime.date
    ends_on: datetime.date
    counts: tuple[tuple[str, int], ...]
    sessions: tuple[MovedSession, ...]
    move: Move | None
    left_out: tuple[str, ...] = ()

    @property
    def moves_weekdays(self) -> bool:
        return bool(self.sessions) and self.move is not None and not self.move.keeps_weekday_of_start


def copy_preview(source: Programme, *, year: int, first_day: datetime.date, choices: CopyChoices) -> Preview:
    counts = {part.code: part.count for part in parts_of(source)}
    counts[ROLES] = source.involvements.count()
    group = leading_group_of(source)
    counts[GROUP] = len(members_of(group)) + group.liaisons.count() if group else 0
    move = move_to(source, first_day)
    planned = move is not None and choices.activities != NO_ACTIVITIES
    return Preview(
        name=renamed(source.name, source.year, year),
        starts_on=first_day,
        ends_on=last_day(source, first_day),
        counts=tuple((part, counts[part]) for part in PARTS if choices.has(part)),
        sessions=tuple(moved_sessions(source, move, choices)) if move else (),
        move=move,
        left_out=tuple(each.local_name for each in organisations_left_out(source)) if planned else (),
    )


def renamed(name: str, former: int, year: int) -> str:
    """The name with the new year in the place of the former one."""
    return name.replace(str(former), str(year))


def move_to(source: Programme, first_day: datetime.date) -> Move | None:
    return Move(source.starts_on, first_day) if source.starts_on else None


def last_day(source: Programme, first_day: datetime.date) -> datetime.date:
    """As many days after the first as before; where those are not known a week has seven, a year its last day."""
    if source.starts_on and source.ends_on:
        return first_day + (source.ends_on - source.starts_on)
    if source.kind == Programme.Kind.YEAR:
        return datetime.date(first_day.year, 12, 31)
    return first_day + datetime.timedelta(days=6)


def moved_sessions(source: Programme, move: Move, choices: CopyChoices) -> Iterable[MovedSession]:
    """In the order of the new days."""
    rows = []
    if choices.activities == AS_PLANS:
        for version in versions_to_copy(source):
            name = version.plan.organisation.local_name
            rows += [moved(move, line.title, name, line.starts_at) for line in version.lines.all()]
    if choices.activities != NO_ACTIVITIES:
        for activity in activities_to_copy(source, choices.activities):
            name, title = activity.organisation.local_name, activity.local_title
            rows += [moved(move, title, name, each.starts_at) for each in activity.sessions.all() if each.starts_at]
    return sorted(rows, key=lambda row: (row.will_be, row.title))


def moved(move: Move, title: str, organisation: str, starts_at: datetime.datetime) -> MovedSession:
    local = starts_at.astimezone(SHANGHAI)
    return MovedSession(title, organisation, local, move.moment(local))


def organisations_left_out(source: Programme) -> QuerySet[Organisation]:
    """They took part in the earlier programme and were moved elsewhere since."""
    took_part = Q(plans__programme=source) | Q(activities__programme=source)
    outside = Organisation.objects.exclude(path__startswith=source.organisation.path)
    return outside.filter(took_part).distinct().order_by("path", "pk")


def versions_to_copy(source: Programme) -> QuerySet[PlanVersion]:
    """Of each plan the version in force, or that was when it was closed, with its lines.

    Without plans of organisations that are no longer in the tree of the programme; of activities neither.
    """
    in_force = (PlanVersion.State.PUBLISHED, PlanVersion.State.CLOSED)
    lines = Prefetch("lines", PlanLine.objects.order_by("position"))
    found = PlanVersion.objects.filter(plan__programme=source, state__in=in_force)
    found = found.filter(plan__organisation__path__startswith=source.organisation.path)
    return found.select_related("plan__organisation").prefetch_related(lines).order_by("plan__organisation__path")


def activities_to_copy(source: Programme, choice: str) -> QuerySet[Activity]:
    """Activities that were not called off, also not session by session; beside the plans only those of none of them."""
    sessions = Prefetch("sessions", Session.objects.exclude(state__in=Session.OFF_STATES).order_by("number"))
    roles = Prefetch("involvements", Involvement.objects.order_by("position", "pk"))
    found = source.activities.filter(not_called_off())
    found = found.filter(organisation__path__startswith=source.organisation.path)
    if choice == AS_PLANS:
        found = found.filter(plan=None)
    return found.select_related("organisation").prefetch_related(sessions, roles).order_by("pk")
