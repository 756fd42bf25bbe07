"""A week over eight counties with 85 towns in which every organisation has a plan in force and ten items of the
coordination board: data for tree_pages.py.

One more organisation has a draft.
"""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from qixue.core.clock import local_day, now
from qixue.people.models import Organisation, Role, RoleAssignment, User
from qixue.places.models import Region, Venue
from qixue.programme.models import (
    Activity,
    FollowUp,
    FollowUpStep,
    Plan,
    PlanLine,
    PlanStep,
    PlanVersion,
    Programme,
    Session,
)

LINES = 10  # per plan: sessions, each an activity of its own
# The ten items of each organisation: their state, and the days from now until their deadline.
ITEMS = (
    *(("assigned", days) for days in (-4, 3)),
    *(("acknowledged", days) for days in (-1, 6)),
    *(("reported", days) for days in (-2, 5)),
    *(("closed", days) for days in (-9, -7, -5)),
    ("withdrawn", -6),
)
WAY = ("assigned", "acknowledged", "reported", "closed")  # the steps of an item, up to the one that gave its state
TOWNS = 85
COUNTY = "990001"
AT_ONCE = 500  # rows of one insert


def build(organisation_count: int) -> tuple[User, Plan, Plan]:
    """Write everything; gives a coordinator of the whole tree, a plan in force and a draft."""
    at = now()
    city, venues = places(organisation_count)
    top = Organisation.objects.create(code="top", name="局", kind="education_bureau", path="top/")
    programme = Programme.objects.create(
        code="week",
        name="周",
        state="published",
        year=at.year,
        starts_on=local_day(at),
        ends_on=local_day(at) + datetime.timedelta(days=6),
        region=city,
        organisation=top,
    )
    members = organisations(top, organisation_count + 1, venues)
    lines = plans(programme, members[:-1], venues, at)
    follow_ups(programme, members[:-1], at)
    sessions(programme, lines)
    drafted = plans(programme, members[-1:], venues, at, state="draft")
    coordinator = User.objects.create(username="coordinator", display_name="统筹")
    RoleAssignment.objects.create(user=coordinator, organisation=top, role=Role.COORDINATOR, granted_at=at)
    return coordinator, lines[0].version.plan, drafted[0].version.plan


def places(venue_count: int) -> tuple[Region, list[Venue]]:
    """As many venues as organisations, spread over the towns."""
    city = Region.objects.create(
        code="990000", name="测", short_name="测", level="city", unit_type="city", path="990000/"
    )
    counties = Region.objects.bulk_create(part(city, f"99000{number}", "county") for number in range(1, 9))
    towns = Region.objects.bulk_create(
        part(counties[number % 8], f"{counties[number % 8].code}{100 + number}", "township") for number in range(TOWNS)
    )
    venues = Venue.objects.bulk_create(
        (
            Venue(code=f"V{number}", name=f"站{number}", kind="cultural_station", region=towns[number % TOWNS])
            for number in range(venue_count)
        ),
        batch_size=AT_ONCE,
    )
    return city, venues


def part(parent: Region, code: str, level: str) -> Region:
    unit_type = "county" if level == "county" else "town"
    path = f"{parent.path}{code}/"
    return Region(code=code, name=code, short_name=code, level=level, unit_type=unit_type, parent=parent, path=path)


def organisations(top: Organisation, count: int, venues: list[Venue]) -> list[Organisation]:
    return Organisation.objects.bulk_create(
        (
            Organisation(
                code=f"o{number}",
                name=f"单位{number}",
                kind="school",
                region=venues[number % len(venues)].region,
                parent=top,
                path=f"top/o{number}/",
            )
            for number in range(count)
        ),
        batch_size=AT_ONCE,
    )


def plans(
    programme: Programme,
    organisations: Sequence[Organisation],
    venues: list[Venue],
    at: datetime.datetime,
    *,
    state: str = "published",
) -> list[PlanLine]:
    """A version for everybody; gives its lines."""
    made = Plan.objects.bulk_create(
        Plan(programme=programme, organisation=each, invited_at=at) for each in organisations
    )
    versions = PlanVersion.objects.bulk_create(PlanVersion(plan=plan, number=1, state=state) for plan in made)
    PlanStep.objects.bulk_create(
        PlanStep(plan=version.plan, version=version, kind="submitted", at=at) for version in versions
    )
    return PlanLine.objects.bulk_create(
        (
            PlanLine(version=version, position=number + 1, **occasion(row, number, at, venues))
            for row, version in enumerate(versions)
            for number in range(LINES)
        ),
        batch_size=AT_ONCE,
    )


def occasion(row: int, number: int, at: datetime.datetime, venues: list[Venue]) -> dict[str, Any]:
    """Spread over the week, the day and the towns, without chance."""
    start = at + datetime.timedelta(days=(row + number) % 7, hours=number)
    return {
        "key": uuid.uuid4(),
        "title": f"活动{row}-{number}",
        "kind": "lecture",
        "starts_at": start,
        "ends_at": start + datetime.timedelta(hours=1),
        "venue": venues[(row * LINES + number) % len(venues)],
    }


def sessions(programme: Programme, lines: Sequence[PlanLine]) -> None:
    """What the lines became when they were published."""
    activities = Activity.objects.bulk_create(
        (
            Activity(
                programme=programme,
                organisation=line.version.plan.organisation,
                plan=line.version.plan,
                code=f"A{number}",
                title=line.title,
                kind=line.kind,
                state="published",
            )
            for number, line in enumerate(lines)
        ),
        batch_size=AT_ONCE,
    )
    Session.objects.bulk_create(
        (
            Session(
                activity=activity,
                plan_line_key=line.key,
                starts_at=line.starts_at,
                ends_at=line.ends_at,
                venue=line.venue,
            )
            for activity, line in zip(activities, lines, strict=True)
        ),
        batch_size=AT_ONCE,
    )


def follow_ups(programme: Programme, organisations: Sequence[Organisation], at: datetime.datetime) -> None:
    """Ten items for each organisation, assigned by the top two weeks ago, with a day between two steps."""
    top, began = programme.organisation, at - datetime.timedelta(days=14)
    items = FollowUp.objects.bulk_create(
        (
            FollowUp(
                programme=programme,
                owner=owner,
                assigner=top,
                title=f"事项{number}",
                due_on=local_day(at) + datetime.timedelta(days=days),
                state=state,
                waiting_since=began,
                told_on=local_day(began),
            )
            for owner in organisations
            for number, (state, days) in enumerate(ITEMS)
        ),
        batch_size=AT_ONCE,
    )
    FollowUpStep.objects.bulk_create(
        (
            FollowUpStep(
                follow_up=item,
                kind=kind,
                at=began + datetime.timedelta(days=number),
                organisation=top if kind == "closed" else item.owner,
                note="说明",
                due_on=item.due_on if kind == "assigned" else None,
            )
            for item in items
            for number, kind in enumerate(WAY[: WAY.index(item.state) + 1] if item.state in WAY else WAY[:1])
        ),
        batch_size=AT_ONCE,
    )
