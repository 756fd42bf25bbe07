"""What is planned, announced or held, and when: one kind of row for lines of plans and for sessions.

A line counts while its version is under way and nothing was announced for it. Once published, the session is what
counts: where it was moved to, and not at all once it was called off.
"""

import datetime
import uuid
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import BooleanField, Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from qixue.core.language import in_language
from qixue.people.queries import path_filter
from qixue.programme.models import Activity, PlanLine, PlanVersion, Programme, Session

IN_FORCE = (PlanVersion.State.PUBLISHED, PlanVersion.State.CLOSED)
ANNOUNCED = Q(activity__state=Activity.State.PUBLISHED, activity__programme__state__in=Programme.PUBLIC_STATES)


class Slot(NamedTuple):
    """Where and when something takes place, as far as it can be in somebody's way.

    `stage` is planned, announced, held or off; `region_path` is empty where no place is known.
    """

    source: str  # line or session
    pk: int
    programme_id: int
    plan_id: int | None
    plan_line_key: uuid.UUID | None
    stage: str
    title: str
    title_en: str
    topic: str
    starts_at: datetime.datetime
    ends_at: datetime.datetime | None
    kind: str
    audience: str
    speaker: str
    organisation_path: str
    organisation_name: str
    organisation_name_en: str
    region_path: str
    venue_id: int | None
    venue_name: str | None
    venue_name_en: str | None
    venue_capacity: int | None
    room_id: int | None
    room_name: str | None
    room_name_en: str | None
    room_capacity: int | None
    seat_count: int | None
    expected_attendance: int | None
    is_online: bool
    is_flagship: bool
    is_public: bool
    is_booked: bool

    @property
    def key(self) -> str:
        return f"{self.source}:{self.pk}"

    @property
    def local_title(self) -> str:
        return in_language(self.title, self.title_en)

    @property
    def organisation(self) -> str:
        return in_language(self.organisation_name, self.organisation_name_en)

    @property
    def venue(self) -> str:
        return in_language(self.venue_name or "", self.venue_name_en or "")

    @property
    def room(self) -> str:
        return in_language(self.room_name or "", self.room_name_en or "")

    @property
    def county(self) -> str:
        """GB/T 2260 code of the county in which it is (the first six digits); empty where no place is known."""
        return self.region_path.rstrip("/").rpartition("/")[2][:6]

    def is_seen_by(self, paths: Iterable[str]) -> bool:
        """Whether it belongs to the part of the tree below the paths, or everybody may see it."""
        return self.is_public or self.is_below(paths)

    def is_below(self, paths: Iterable[str]) -> bool:
        return any(self.organisation_path.startswith(path) for path in paths)


def planned_lines() -> QuerySet[PlanLine]:
    """Lines of versions under way for which nothing was announced yet."""
    made = Session.objects.filter(plan_line_key=OuterRef("key"))
    return PlanLine.objects.filter(version__state__in=PlanVersion.OPEN_STATES).exclude(Exists(made))


def live_sessions() -> QuerySet[Session]:
    """Sessions with a day that were not called off."""
    return (
        Session.objects.exclude(starts_at=None)
        .exclude(state__in=Session.OFF_STATES)
        .exclude(activity__state="cancelled")
    )


def lines_seen(paths: list[str]) -> Q:
    return path_filter(paths, "version__plan__organisation__path")


def sessions_seen(paths: list[str]) -> Q:
    """Those of the viewer's part of the tree, and what everybody may see."""
    return path_filter(paths, "activity__organisation__path") | ANNOUNCED


def line_place() -> Coalesce:
    """Path of the region in which a line is: that of its venue, else its own, else that of its organisation."""
    return Coalesce("venue__region__path", "region__path", "version__plan__organisation__region__path", Value(""))


def session_place() -> Coalesce:
    return Coalesce("venue__region__path", "activity__region__path", "activity__organisation__region__path", Value(""))


def slots_of_lines(lines: QuerySet[PlanLine]) -> list[Slot]:
    """By their time."""
    never = Value(False, output_field=BooleanField())
    organisation = "version__plan__organisation"
    rows = lines.annotate(
        source=Value("line"),
        programme_id=F("version__plan__programme"),
        plan_id=F("version__plan"),
        plan_line_key=F("key"),
        stage=Value("planned"),
        title_en=Value(""),
        is_public=never,
        is_booked=never,
        region_path=line_place(),
        **named("organisation", organisation),
        **around_venue(),
    )
    return read(rows)


def slots_of_sessions(sessions: QuerySet[Session]) -> list[Slot]:
    """By their time."""
    flagships = PlanLine.objects.filter(is_flagship=True, version__state__in=IN_FORCE).values("key")
    rows = sessions.annotate(
        source=Value("session"),
        programme_id=F("activity__programme"),
        plan_id=F("activity__plan"),
        stage=Case(
            When(state__in=Session.OFF_STATES, then=Value("off")),
            When(activity__state=Activity.State.CANCELLED, then=Value("off")),
            When(state=Session.State.HELD, then=Value("held")),
            When(activity__state=Activity.State.DRAFT, then=Value("planned")),
            default=Value("announced"),
        ),
        title=F("activity__title"),
        title_en=F("activity__title_en"),
        kind=F("activity__kind"),
        audience=F("activity__audience"),
        expected_attendance=Value(None, output_field=IntegerField()),
        is_flagship=truth(Q(plan_line_key__in=flagships)),
        is_public=truth(ANNOUNCED),
        is_booked=truth(Q(room_booking__isnull=False)),
        region_path=session_place(),
        **named("organisation", "activity__organisation"),
        **around_venue(),
    )
    return read(rows)


def named(name: str, relation: str) -> dict[str, F]:
    parts = {f"{name}_name": F(f"{relation}__name"), f"{name}_name_en": F(f"{relation}__name_en")}
    return {**parts, f"{name}_path": F(f"{relation}__path")} if name == "organisation" else parts


def around_venue() -> dict[str, F]:
    capacities = {f"{name}_capacity": F(f"{name}__capacity") for name in ("venue", "room")}
    return {**named("venue", "venue"), **named("room", "room"), **capacities}


def truth(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def read(rows: QuerySet[Any]) -> list[Slot]:
    return [Slot._make(row) for row in rows.order_by("starts_at", "pk").values_list(*Slot._fields)]
