"""A published week of any size over eight counties with 85 towns: data for public_pages.py."""

import datetime

import django
from django.core.management import call_command

TOWNS, ORGANISATIONS, BRANDS, DAYS = 85, 200, 12, 7
AT_ONCE = 2_000  # rows of one insert
SUBJECTS = ("稻田养鱼", "茶叶种植", "智能手机", "瑶族刺绣", "清晨八段锦", "亲子阅读", "急救常识", "书法入门")


def build(activity_count: int) -> None:
    """Migrate the database of the settings and write so many activities, each with one session."""
    django.setup()
    call_command("migrate", verbosity=0)
    from qixue.people.models import Organisation  # noqa: PLC0415 - models need the settings first
    from qixue.places.models import Region, Venue  # noqa: PLC0415
    from qixue.programme.models import Activity, Brand, Programme, Session  # noqa: PLC0415
    from qixue.programme.operations.listings import keep_listings_of  # noqa: PLC0415

    city = region(Region, "9900", "市", "city", None)
    counties = [region(Region, f"99000{number}", f"县{number}", "county", city) for number in range(1, 9)]
    towns = [
        region(Region, f"{counties[number % 8].code}{number:03d}", f"镇{number}", "township", counties[number % 8])
        for number in range(TOWNS)
    ]
    top = Organisation.objects.create(code="top", name="教育局", kind="education_bureau", path="top/")
    organisations = Organisation.objects.bulk_create(
        Organisation(code=f"o{number}", name=f"第{number}文化站", kind="library", parent=top, path=f"top/o{number}/")
        for number in range(ORGANISATIONS)
    )
    venues = Venue.objects.bulk_create(
        Venue(code=f"v{number}", name=f"{number}号教室", kind="library", region=towns[number % TOWNS],
              has_step_free_access=number % 3 == 0)
        for number in range(ORGANISATIONS)
    )  # fmt: skip
    today = datetime.datetime.now(datetime.UTC).replace(hour=1, minute=0, second=0, microsecond=0)
    week = Programme.objects.create(
        code="week", name="全民终身学习活动周", state="published", year=today.year, region=city, organisation=top
    )
    brands = [Brand.objects.create(code=f"b{number}", name=f"品牌{number}", region=city) for number in range(BRANDS)]
    week.brands.set(brands)
    kinds, audiences = list(Activity.Kind), list(Activity.Audience)
    activities = Activity.objects.bulk_create(
        (
            Activity(
                programme=week,
                organisation=organisations[number % ORGANISATIONS],
                code=f"A{number}",
                title=f"{SUBJECTS[number % len(SUBJECTS)]}第{number:06d}讲",
                kind=kinds[number % len(kinds)],
                audience=audiences[number % len(audiences)],
                brand=brands[number % BRANDS] if number % 3 else None,
                state="published",
            )
            for number in range(activity_count)
        ),
        batch_size=AT_ONCE,
    )
    Session.objects.bulk_create(
        (
            Session(
                activity=activity,
                number=1,
                venue=venues[number % ORGANISATIONS],
                starts_at=(start := today + datetime.timedelta(days=1 + number % DAYS, minutes=number % 660)),
                ends_at=start + datetime.timedelta(hours=2),
                seat_count=30,
                taken_count=30 if number % 5 == 0 else number % 30,
                state="planned",
            )
            for number, activity in enumerate(activities)
        ),
        batch_size=AT_ONCE,
    )
    keep_listings_of(week)


def region(model, code, name, level, parent):  # type: ignore[no-untyped-def]  # the model comes late, see above
    path = f"{parent.path if parent else ''}{code}/"
    unit = {"city": "city", "county": "county", "township": "town"}[level]
    return model.objects.create(
        code=code, name=name, short_name=name, level=level, unit_type=unit, parent=parent, path=path
    )
