"""A published week of any size over eight counties with 85 towns: data for public_pages.py."""

import datetime
from collections.abc import Sequence
from typing import Any

from qixue.people.models import Organisation
from qixue.places.models import Region, Venue
from qixue.programme.models import Activity, Brand, Programme, Session
from qixue.programme.operations.listings import keep_listings_of

TOWNS, ORGANISATIONS, BRANDS, DAYS = 85, 200, 12, 7
AT_ONCE = 2_000  # rows of one insert
SUBJECTS = ("稻田养鱼", "茶叶种植", "智能手机", "瑶族刺绣", "清晨八段锦", "亲子阅读", "急救常识", "书法入门")


def build(activity_count: int) -> None:
    """Write so many activities, each with one session, and what they are found by."""
    city, towns = places()
    top = Organisation.objects.create(code="top", name="教育局", kind="education_bureau", path="top/")
    organisations = Organisation.objects.bulk_create(
        Organisation(code=f"o{number}", name=f"第{number}文化站", kind="library", parent=top, path=f"top/o{number}/")
        for number in range(ORGANISATIONS)
    )
    week = Programme.objects.create(
        code="week", name="全民终身学习活动周", state="published", year=2026, region=city, organisation=top
    )
    brands = [Brand.objects.create(code=f"b{number}", name=f"品牌{number}", region=city) for number in range(BRANDS)]
    week.brands.set(brands)
    rows = (activity(week, number, organisations, brands) for number in range(activity_count))
    sessions(Activity.objects.bulk_create(rows, batch_size=AT_ONCE), towns)
    keep_listings_of(week)


def places() -> tuple[Region, list[Region]]:
    city = region("9900", "市", "city", None)
    counties = [region(f"99000{number}", f"县{number}", "county", city) for number in range(1, 9)]
    parents = [counties[number % len(counties)] for number in range(TOWNS)]
    return city, [
        region(f"{county.code}{number:03d}", f"镇{number}", "township", county) for number, county in enumerate(parents)
    ]


def activity(week: Programme, number: int, organisations: Sequence[Organisation], brands: Sequence[Brand]) -> Activity:
    kinds, audiences = list(Activity.Kind), list(Activity.Audience)
    return Activity(
        programme=week,
        organisation=organisations[number % ORGANISATIONS],
        code=f"A{number}",
        title=f"{SUBJECTS[number % len(SUBJECTS)]}第{number:06d}讲",
        kind=kinds[number % len(kinds)],
        audience=audiences[number % len(audiences)],
        brand=brands[number % BRANDS] if number % 3 else None,
        state="published",
    )


def sessions(activities: Sequence[Activity], towns: Sequence[Region]) -> None:
    """One for each activity, over seven days from tomorrow; every fifth is full."""
    venues = Venue.objects.bulk_create(
        Venue(code=f"v{number}", name=f"{number}号教室", kind="library", region=towns[number % TOWNS])
        for number in range(ORGANISATIONS)
    )
    today = datetime.datetime.now(datetime.UTC).replace(hour=1, minute=0, second=0, microsecond=0)
    rows: list[Any] = []
    for number, each in enumerate(activities):
        starts_at = today + datetime.timedelta(days=1 + number % DAYS, minutes=number % 660)
        seats: dict[str, Any] = {"seat_count": 30, "taken_count": 30 if number % 5 == 0 else number % 30}
        times = {"starts_at": starts_at, "ends_at": starts_at + datetime.timedelta(hours=2)}
        rows.append(Session(activity=each, number=1, venue=venues[number % ORGANISATIONS], **times, **seats))
    Session.objects.bulk_create(rows, batch_size=AT_ONCE)


def region(code: str, name: str, level: str, parent: Region | None) -> Region:
    unit = {"city": "city", "county": "county", "township": "town"}[level]
    path = f"{parent.path if parent else ''}{code}/"
    values = {"name": name, "short_name": name, "level": level, "unit_type": unit, "parent": parent, "path": path}
    return Region.objects.create(code=code, **values)
