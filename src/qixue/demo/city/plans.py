"""Plans of the week: one behind every announced activity, and some for a second batch in every state on the way."""

import copy
import datetime
import random
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qixue.core.clock import local_day
from qixue.demo.city.activities import Ground, Planned
from qixue.demo.city.catalogue import read
from qixue.demo.city.chance import drawn_uuid, stream
from qixue.demo.city.organisations import first_rooms
from qixue.people.models import Organisation, User
from qixue.places.models import Venue
from qixue.programme.models import (
    Activity,
    Countersignature,
    LineComment,
    Plan,
    PlanDocument,
    PlanLine,
    PlanStep,
    PlanVersion,
    Session,
)
from qixue.programme.operations.rooms import book_rooms

State = PlanVersion.State
Kind = PlanStep.Kind
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
BUDGETS = (0, 60_000, 80_000, 120_000, 150_000, 200_000, 300_000)  # fen
CITY, CITY_EDUCATION = "demo-city", "city-edu"
AMENDED, RETURNED_BEFORE = "qc-edu", "yd-edu"  # counties whose plan took a second version
ADVANCE = {Kind.INVITED: 13, Kind.SUBMITTED: 9, Kind.RETURNED: 8, Kind.APPROVED: 6, Kind.PUBLISHED: 5}  # days before
SECOND_LATER, FIRST_EARLIER = 2, 3  # days by which a second version followed, and the amended one began


@dataclass(frozen=True)
class Desk:
    """Who moves plans along, and when the week begins."""

    ground: Ground
    staff: dict[str, User]

    def before_week(self, kind: Kind, *, later: int = 0) -> datetime.datetime:
        return self.ground.week.moment(1 + later - ADVANCE[kind], 10)

    def days_ago(self, days: int) -> datetime.datetime:
        return self.ground.week.known_until - days * DAY + 10 * HOUR

    def filer(self, plan: Plan) -> User:
        return self.staff[plan.organisation.code]

    def decider(self, plan: Plan) -> Organisation:
        """The county for its own, the leading group of the city for everybody else."""
        parent = plan.organisation.parent
        return parent if parent and parent.code not in {CITY_EDUCATION, "city-pub"} else self.ground.organisations[CITY]


def create_plans(ground: Ground, planned: Sequence[Planned], staff: dict[str, User]) -> list[Plan]:
    """Plans in force for what was announced, then the second batch."""
    desk = Desk(ground, staff)
    chance = stream(ground.seed, "plans")
    rooms = first_rooms()
    for row in planned:
        row.session.room = rooms.get(row.venue.pk) if row.venue else None
    by_filer: dict[str, list[Planned]] = defaultdict(list)
    for row in planned:
        if row.session.activity.state == Activity.State.PUBLISHED:
            by_filer[filer_of(row.organisation).code].append(row)
    plans = [plan_in_force(desk, chance, ground.organisations[code], rows) for code, rows in sorted(by_filer.items())]
    Session.objects.bulk_update([row.session for row in planned], ["plan_line_key", "room"])
    Activity.objects.bulk_update({row.session.activity for row in planned}, ["plan"])
    taking_place = [row.session for row in planned if row.session.state not in Session.OFF_STATES]
    book_rooms(session for session in taking_place if session.plan_line_key)
    return [*plans, *(second_batch(desk, chance, row) for row in read("plans.yaml"))]


def filer_of(organisation: Organisation) -> Organisation:
    """Counties file for everybody below them; organisations of the city for themselves."""
    steps = organisation
    while steps.parent and steps.parent.code not in {CITY, CITY_EDUCATION, "city-pub"}:
        steps = steps.parent
    return steps


def plan_in_force(desk: Desk, chance: random.Random, organisation: Organisation, rows: list[Planned]) -> Plan:
    plan = invited(desk, organisation, at=desk.before_week(Kind.INVITED), due=desk.before_week(Kind.SUBMITTED))
    later = 0
    lines = []
    for position, row in enumerate(sorted(rows, key=lambda row: (row.starts_at, row.session.pk)), start=1):
        row.session.plan_line_key = key = drawn_uuid(chance)
        row.session.activity.plan = plan
        lines.append(line_of(chance, row, position, key))
    if organisation.code in {AMENDED, RETURNED_BEFORE}:
        earlier_version(desk, plan, lines)
        later = SECOND_LATER
    version = written(plan, 2 if later else 1, State.PUBLISHED, lines)
    if organisation.code == AMENDED:
        step(desk, version, Kind.AMENDED, at=desk.before_week(Kind.SUBMITTED, later=later) - HOUR)
    for kind in (Kind.SUBMITTED, Kind.APPROVED, Kind.PUBLISHED):
        step(desk, version, kind, at=desk.before_week(kind, later=later))
    PlanDocument.objects.create(
        version=version,
        kind=PlanDocument.Kind.REQUEST,
        document_number=f"演示〔{plan.programme.year}〕{chance.randint(3, 60)}号",
        title=f"关于报送{plan.programme.short_name}活动方案的请示",
        organ=organisation.name,
        issued_on=local_day(desk.before_week(Kind.SUBMITTED)),
        added_by=desk.filer(plan),
        added_at=desk.before_week(Kind.SUBMITTED),
    )
    return plan


def invited(desk: Desk, organisation: Organisation, *, at: datetime.datetime, due: datetime.datetime) -> Plan:
    plan = Plan.objects.create(
        programme=desk.ground.programme, organisation=organisation, invited_at=at, due_on=local_day(due)
    )
    inviter = desk.staff[desk.decider(plan).code]
    PlanStep.objects.create(plan=plan, kind=Kind.INVITED, at=at, by=inviter, organisation=organisation)
    return plan


def written(plan: Plan, number: int, state: str, lines: list[PlanLine]) -> PlanVersion:
    version = PlanVersion.objects.create(plan=plan, number=number, state=state)
    for line in lines:
        line.version = version
    PlanLine.objects.bulk_create(lines)
    return version


def step(desk: Desk, version: PlanVersion, kind: Kind, *, at: datetime.datetime, comment: str = "") -> None:
    is_own = kind in {Kind.SUBMITTED, Kind.AMENDED}
    organisation = version.plan.organisation if is_own else desk.decider(version.plan)
    by = desk.staff[organisation.code]
    PlanStep.objects.create(
        plan=version.plan, version=version, kind=kind, at=at, by=by, organisation=organisation, comment=comment
    )


def line_of(chance: random.Random, row: Planned, position: int, key: uuid.UUID) -> PlanLine:
    session, activity = row.session, row.session.activity
    same = ("topic", "speaker", "starts_at", "ends_at", "venue", "room", "is_online", "seat_count", "counting_rule")
    most = session.venue.capacity if session.venue else None
    expected = session.seat_count or min(chance.randrange(30, 160, 5), most or 160)
    return PlanLine(
        key=key,
        position=position,
        title=activity.title,
        kind=activity.kind,
        audience=activity.audience,
        brand=activity.brand,
        description=activity.description,
        region=activity.region,
        expected_attendance=expected,
        budget_fen=chance.choice(BUDGETS),
        is_flagship=activity.kind == Activity.Kind.LAUNCH_CEREMONY,
        **{name: getattr(session, name) for name in same},
    )


def earlier_version(desk: Desk, plan: Plan, lines: list[PlanLine]) -> None:
    """Version 1 had one session less and another hour for the first; it was returned, or replaced later."""
    former = [copy.copy(line) for line in lines if line is not lines[1]]
    former[0].starts_at -= HOUR
    former[0].ends_at -= HOUR
    if plan.organisation.code == AMENDED:
        version = written(plan, 1, State.SUPERSEDED, former)
        for kind in (Kind.SUBMITTED, Kind.APPROVED, Kind.PUBLISHED):
            step(desk, version, kind, at=desk.before_week(kind, later=-FIRST_EARLIER))
        return
    version = written(plan, 1, State.RETURNED, former)
    step(desk, version, Kind.SUBMITTED, at=desk.before_week(Kind.SUBMITTED))
    comment = "请错开同一时段的活动，并补充一场面向农村居民的活动。"
    step(desk, version, Kind.RETURNED, at=desk.before_week(Kind.RETURNED), comment=comment)
    comment_on(desk, version, {1: "与县里其他活动时间冲突，请往后调一小时。"}, at=desk.before_week(Kind.RETURNED))


def comment_on(desk: Desk, version: PlanVersion, texts: dict[int, str], *, at: datetime.datetime) -> None:
    organisation = desk.decider(version.plan)
    by = desk.staff[organisation.code]
    for line in version.lines.filter(position__in=texts).order_by("position"):
        text = texts[line.position]
        LineComment.objects.create(line=line, organisation=organisation, by=by, at=at, text=text)


def second_batch(desk: Desk, chance: random.Random, row: dict[str, Any]) -> Plan:
    """A plan that is still on its way, as `plans.yaml` tells."""
    organisation = desk.ground.organisations[row["organisation"]]
    plan = invited(desk, organisation, at=desk.days_ago(9), due=desk.days_ago(1))
    lines = [planned_line(desk, chance, each, position) for position, each in enumerate(row["lines"], start=1)]
    if row["state"] == State.RETURNED:
        return sent_back(desk, plan, row, lines)
    version = written(plan, 1, row["state"], lines)
    if row["state"] != State.DRAFT:
        step(desk, version, Kind.SUBMITTED, at=desk.days_ago(4))
    if row["state"] == State.APPROVED:
        step(desk, version, Kind.APPROVED, at=desk.days_ago(1), comment=row["comment"])
    for asked in row.get("countersign", []):
        ask(desk, version, asked)
    return plan


def sent_back(desk: Desk, plan: Plan, row: dict[str, Any], lines: list[PlanLine]) -> Plan:
    following = [copy.copy(line) for line in lines]
    version = written(plan, 1, State.RETURNED, lines)
    step(desk, version, Kind.SUBMITTED, at=desk.days_ago(4))
    step(desk, version, Kind.RETURNED, at=desk.days_ago(2), comment=row["comment"])
    comment_on(desk, version, row["comments"], at=desk.days_ago(2))
    written(plan, 2, State.DRAFT, following)
    return plan


def planned_line(desk: Desk, chance: random.Random, row: dict[str, Any], position: int) -> PlanLine:
    venue = desk.ground.venues[row["venue"]]
    starts_at = desk.ground.week.moment(row["day"], *row["start"])
    if row.get("meets") and (met := next_announced(desk, venue)):
        starts_at = met.starts_at or starts_at
    return PlanLine(
        key=drawn_uuid(chance),
        position=position,
        title=row["title"],
        kind=row["kind"],
        audience=row["audience"],
        topic=row.get("topic", ""),
        speaker=row.get("speaker", ""),
        starts_at=starts_at,
        ends_at=starts_at + row["hours"] * HOUR,
        venue=venue,
        room=venue.rooms.filter(code=row["room"]).first() if "room" in row else None,
        region=venue.region,
        expected_attendance=row["expected"],
        budget_fen=row["yuan"] * 100,
        is_flagship=row.get("flagship", False),
    )


def next_announced(desk: Desk, venue: Venue) -> Session | None:
    """The first session from the day after tomorrow on that has a room of the venue."""
    soon = desk.ground.week.known_until + 2 * DAY
    booked = Session.objects.filter(venue=venue, room_booking__isnull=False, starts_at__gte=soon)
    return booked.order_by("starts_at", "pk").first()


def ask(desk: Desk, version: PlanVersion, row: dict[str, Any]) -> None:
    organisation = desk.ground.organisations[row["organisation"]]
    by = desk.staff[organisation.code]
    asked_at, answered_at = desk.days_ago(3), desk.days_ago(2)
    is_agreed = row.get("agreed")
    Countersignature.objects.create(
        version=version,
        organisation=organisation,
        asked_at=asked_at,
        due_on=local_day(asked_at + 5 * DAY),
        is_agreed=is_agreed,
        comment=row.get("comment", ""),
        answered_by=by if is_agreed is not None else None,
        answered_at=answered_at if is_agreed is not None else None,
    )
    decider = desk.staff[desk.decider(version.plan).code]
    moves = [(Kind.COUNTERSIGN_ASKED, asked_at, decider, "")]
    if is_agreed is not None:
        moves.append((Kind.COUNTERSIGNED, answered_at, by, row.get("comment", "")))
    PlanStep.objects.bulk_create(
        PlanStep(
            plan=version.plan, version=version, kind=kind, at=at, by=who, organisation=organisation, comment=comment
        )
        for kind, at, who, comment in moves
    )
