"""A year of 20,000 sessions in 80 towns with a ledger of any length, written by the database itself: for figures.py.

The city is the same at every length, so that what grows is the ledger alone. The entries carry no chain that holds,
only hashes that differ: a number of their own.
"""

import datetime
from typing import Any

from django.db import connection

from qixue.core.clock import SHANGHAI
from qixue.core.statistics import take_statistics
from qixue.people.models import Organisation
from qixue.places.models import Region, Venue
from qixue.programme.models import Activity, Brand, Programme, Session

COUNTIES, TOWNS, ORGANISATIONS, BRANDS, ACTIVITIES, SESSIONS = 8, 80, 200, 10, 2_000, 20_000
CACHE = 4_000_000  # kB, while a ledger is built in SQLite
PEOPLE = 300_007  # a prime: a session never meets the same person twice
START = datetime.datetime(2025, 1, 6, 9, tzinfo=SHANGHAI)
NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {rows})",
    "postgresql": "WITH n(i) AS (SELECT generate_series(0::bigint, {rows} - 1))",
}
UUID = {"sqlite": "printf('%032x', {0})", "postgresql": "lpad(to_hex({0}), 32, '0')::uuid"}
HASH = {"sqlite": "printf('%064x', n.i + 1)", "postgresql": "lpad(to_hex(n.i + 1), 64, '0')"}
ENTRIES = """
INSERT INTO participation_ledgerentry (organisation_id, sequence, kind, activity_id, session_id, person_token, count,
    qualifier, source, occurred_at, period_from, period_to, period_quote, recorded_at, actor_name, reason, client_uuid,
    previous_hash, hash)
{numbers}
SELECT a.organisation_id, n.i + 1, 'attendance', a.id, s.id, {person}, 1, 'exact', 'door', s.starts_at, '', '', '',
    s.starts_at, 'system', '', {key}, '', {hash}
FROM n JOIN programme_session s ON s.id = {first} + n.i % {sessions} JOIN programme_activity a ON a.id = s.activity_id
"""
ATTENDANCES = """
INSERT INTO participation_attendance (session_id, person_token, entry_id)
SELECT session_id, person_token, id FROM participation_ledgerentry
"""
TALLIES = """
INSERT INTO participation_tally (activity_id, session_id, named_count, head_qualifier, attendance_count,
    attendance_qualifier, is_merged, merged_to, entries_root, names_root)
SELECT activity_id, session_id, COUNT(*), '', COUNT(*), 'exact', FALSE, 0, '', ''
FROM participation_ledgerentry GROUP BY activity_id, session_id
"""
CHAINS = """
INSERT INTO participation_ledgerchain (organisation_id, length, head_hash)
SELECT id, {rows}, '' FROM people_organisation
"""


def build(rows: int) -> Programme:
    """Write everything but the cells."""
    programme = city()
    first = Session.objects.order_by("pk").values_list("pk", flat=True)[0]
    hexadecimal = UUID[connection.vendor]
    parts = {
        "numbers": NUMBERS[connection.vendor].format(rows=rows),
        "person": hexadecimal.format(f"(n.i % {SESSIONS} * 613 + n.i / {SESSIONS} * 101) % {PEOPLE} + 1"),
        "key": hexadecimal.format("n.i + 1"),
        "hash": HASH[connection.vendor],
        "first": first,
        "sessions": SESSIONS,
    }
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # or the indexes of millions of rows are read and written back for each
            cursor.execute(f"PRAGMA cache_size = -{CACHE}")
        for statement in (ENTRIES.format(**parts), CHAINS.format(rows=rows), ATTENDANCES, TALLIES):
            cursor.execute(statement)
    take_statistics()
    return programme


def city() -> Programme:
    top = Region.objects.create(code="990000", name="市", level="city", unit_type="city", path="990000/")
    counties = made(Region, COUNTIES, lambda n: region(f"9900{n + 1:02}", top, "county", "county"))
    towns = made(Region, TOWNS, lambda n: region(f"99{n + 1:04}001", counties[n % COUNTIES], "township", "town"))
    venues = made(Venue, TOWNS, lambda n: {"code": f"v{n}", "name": "馆", "kind": "library", "region": towns[n]})
    keepers = made(
        Organisation,
        ORGANISATIONS,
        lambda n: {
            "code": f"o{n}",
            "name": "所",
            "kind": "town_government",
            "path": f"o{n}/",
            "region": towns[n % TOWNS],
        },
    )
    programme = Programme.objects.create(
        code="year",
        name="年",
        state="published",
        year=START.year,
        starts_on=START.date(),
        ends_on=START.date() + datetime.timedelta(days=353),
        region=top,
        organisation=keepers[0],
    )
    brands = made(Brand, BRANDS, lambda n: {"code": f"b{n}", "name": "品牌", "region": top, "organisation": keepers[0]})
    programme.brands.set(brands)
    sessions(programme, keepers, brands, venues)
    return programme


def sessions(programme: Programme, keepers: list[Any], brands: list[Any], venues: list[Any]) -> None:
    activities = made(
        Activity,
        ACTIVITIES,
        lambda n: {
            "programme": programme,
            "organisation": keepers[n % ORGANISATIONS],
            "brand": brands[n // ORGANISATIONS],
            "code": f"a{n}",
            "title": "课",
            "kind": ("lecture", "training")[n % 2],
            "state": "published",
        },
    )
    made(
        Session,
        SESSIONS,
        lambda n: {
            "activity": activities[n % ACTIVITIES],
            "number": n // ACTIVITIES + 1,
            "venue": venues[n % TOWNS],
            "starts_at": START + datetime.timedelta(days=n % 350),
            "ends_at": START + datetime.timedelta(days=n % 350, minutes=90),
            "state": "held",
        },
    )


def region(code: str, parent: Region, level: str, unit_type: str) -> dict[str, Any]:
    path = f"{parent.path}{code}/"
    return {"code": code, "name": "地", "parent": parent, "level": level, "unit_type": unit_type, "path": path}


def made(model: Any, count: int, values: Any) -> list[Any]:
    return model.objects.bulk_create([model(**values(number)) for number in range(count)], batch_size=500)
