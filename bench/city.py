"""The database that the loads run on: one county with 2,000 activities and 30,000 residents with a token each."""

import datetime
import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ACTIVITIES, PEOPLE = 2_000, 30_000
FIRST_SESSION_OF_LOADS = 1  # sessions are numbered from here; those of the loads come first
SIZES_OF_LOADS = [1_000_000] * 12 + [100] * 12 + [50] * 8 + [2_000] * 4  # seats
BUILD = "import django; django.setup(); import city; city.build()"
HERE = Path(__file__).parent


def token_of(person: int) -> str:
    return f"qx_bench_{person:06}"


def sessions_with(seats: int) -> Iterator[int]:
    """The keys of the sessions with so many seats, each of which a round uses up."""
    return itertools.chain(
        number for number, size in enumerate(SIZES_OF_LOADS, start=FIRST_SESSION_OF_LOADS) if size == seats
    )


def build_apart(environment: dict[str, str]) -> None:
    """Fill the database that the environment names, in a process of its own."""
    subprocess.run([sys.executable, "-c", BUILD], env=environment, cwd=HERE, check=True)


def sqlite_copy(environment: dict[str, str], cache: Path) -> None:
    """A fresh copy of the built database below QIXUE_VAR; built once per cache."""
    built = cache / "built.sqlite3"
    target = Path(environment["QIXUE_VAR"]) / "qixue.sqlite3"
    if not built.exists():
        build_apart(environment)
        with sqlite3.connect(target) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(target, built)
        return
    for suffix in ("", "-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    shutil.copy(built, target)
    with target.open("rb") as file:
        os.fsync(file.fileno())


def connected(environment: dict[str, str]) -> sqlite3.Connection:
    return sqlite3.connect(Path(environment["QIXUE_VAR"]) / "qixue.sqlite3", timeout=20)


def build() -> None:
    """Every row by bulk_create; the tokens are valid for ever, so that a cache does not go stale."""
    from django.core.management import call_command  # noqa: PLC0415 - after django.setup
    from django.db import transaction  # noqa: PLC0415 - after django.setup, or only where needed

    from qixue.programme.operations.listings import keep_listings_of  # noqa: PLC0415 - as above

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        programme, activities = make_programme()
        make_sessions(activities)
        make_people(programme)
        keep_listings_of(programme)  # else the worker makes them under the first load, and others wait for their turn


def make_programme() -> tuple[Any, list[Any]]:
    from qixue.people.models import Organisation  # noqa: PLC0415 - after django.setup, or only where needed
    from qixue.places.models import Region  # noqa: PLC0415 - after django.setup, or only where needed
    from qixue.programme.models import Activity, Programme  # noqa: PLC0415 - after django.setup, or only where needed

    region = Region.objects.create(code="990000", name="测试市", short_name="测试", level="city", path="990000/")
    library = Organisation.objects.create(
        code="library", name="市图书馆", kind="library", region=region, path="library/"
    )
    programme = Programme.objects.create(
        code="week", name="全民终身学习活动周", year=2026, region=region, organisation=library, state="published"
    )
    activities = [
        Activity(
            programme=programme,
            organisation=library,
            code=f"a-{number}",
            title=f"茶园讲座第{number}讲",
            kind="lecture",
            region=region,
            state="published",
        )
        for number in range(1, ACTIVITIES + 1)
    ]
    return programme, Activity.objects.bulk_create(activities)


def make_sessions(activities: list[Any]) -> None:
    from qixue.places.models import Region, Venue  # noqa: PLC0415 - after django.setup, or only where needed
    from qixue.programme.models import Session  # noqa: PLC0415 - after django.setup, or only where needed

    venue = Venue.objects.create(code="hall", name="文化馆报告厅", region=Region.objects.get())
    starts = datetime.datetime(2099, 11, 5, 1, tzinfo=datetime.UTC)
    Session.objects.bulk_create(
        Session(
            pk=number,
            activity=activity,
            venue=venue,
            starts_at=starts,
            ends_at=starts + datetime.timedelta(hours=2),
            seat_count=SIZES_OF_LOADS[number - 1] if number <= len(SIZES_OF_LOADS) else 40,
        )
        for number, activity in enumerate(activities, start=FIRST_SESSION_OF_LOADS)
    )


def make_people(programme: Any) -> None:
    from qixue.people.models import ApiToken, Resident, User  # noqa: PLC0415 - after django.setup, or only where needed

    numbers = range(1, PEOPLE + 1)
    users = User.objects.bulk_create(
        [
            User(username=f"p{n}", display_name=f"居民{n}", mobile="", email=f"p{n}@example.cn", password="!")  # noqa: S106 - no usable one
            for n in numbers
        ],
        batch_size=2_000,
    )
    Resident.objects.bulk_create(
        [
            Resident(name=f"居民{n}", birth_year=1950 + n % 50, user=user)
            for n, user in zip(numbers, users, strict=True)
        ],
        batch_size=2_000,
    )
    until = datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)
    ApiToken.objects.bulk_create(
        [
            ApiToken(
                user=user,
                name="bench",
                digest=ApiToken.digest_of(token_of(n)),
                expires_at=until,
                client_uuid=uuid.uuid4(),
            )
            for n, user in zip(numbers, users, strict=True)
        ],
        batch_size=2_000,
    )
