"""The raw limit: one durable commit for each act on one hot row, by the database alone.

An act is what no registration can do without: one more on the row of the session, one new row. Where several clients at
once are quicker than one, the quicker counts: the stricter yardstick.
"""

import contextlib
import multiprocessing
import time
import uuid
from typing import Any

TABLES = ("bench_session (id integer PRIMARY KEY, taken integer)", "bench_registration (id {serial}, party text)")


def per_second(environment: dict[str, str], seconds: float, clients: int) -> float:
    url = environment.get("QIXUE_DATABASE_URL", "")
    if not url:
        return sqlite(environment, seconds)
    return max(postgresql(url, seconds / 2, 1), postgresql(url, seconds / 2, clients))


def sqlite(environment: dict[str, str], seconds: float) -> float:
    """One process: SQLite takes one writer at a time, and further ones only get in its way."""
    with contextlib.closing(durable_sqlite(environment)) as connection:
        for table in TABLES:
            connection.execute(f"CREATE TABLE IF NOT EXISTS {table.format(serial='integer PRIMARY KEY')}")
        connection.execute("INSERT OR IGNORE INTO bench_session VALUES (1, 0)")
        count, began = 0, time.perf_counter()
        while (spent := time.perf_counter() - began) < seconds:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE bench_session SET taken = taken + 1 WHERE id = 1")
            connection.execute("INSERT INTO bench_registration (party) VALUES (?)", (str(uuid.uuid4()),))
            connection.execute("COMMIT")
            count += 1
    return count / spent


def durable_sqlite(environment: dict[str, str]) -> Any:
    """With the driver and the pragmas of the product, in a file beside its database: on the same disk."""
    import pysqlite3  # noqa: PLC0415 - not where only PostgreSQL is measured

    connection = pysqlite3.connect(f"{environment['QIXUE_VAR']}/raw.sqlite3", isolation_level=None, timeout=20)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def postgresql(url: str, seconds: float, clients: int) -> float:
    """Each client is a process: in threads of one, Python would be the limit."""
    import psycopg  # noqa: PLC0415 - not where only SQLite is measured

    with psycopg.connect(url, autocommit=True) as connection:
        for table in TABLES:
            connection.execute(f"CREATE TABLE IF NOT EXISTS {table.format(serial='bigserial PRIMARY KEY')}")
        connection.execute("INSERT INTO bench_session VALUES (1, 0) ON CONFLICT DO NOTHING")
    context = multiprocessing.get_context("spawn")
    with context.Pool(clients) as pool:
        return sum(pool.starmap(acts_per_second, [(url, seconds)] * clients))


def acts_per_second(url: str, seconds: float) -> float:
    import psycopg  # noqa: PLC0415 - after django.setup, or only where needed

    statement = (
        "WITH taken AS (UPDATE bench_session SET taken = taken + 1 WHERE id = 1 RETURNING taken)"
        " INSERT INTO bench_registration (party) SELECT %s FROM taken"
    )
    with psycopg.connect(url, autocommit=True, prepare_threshold=0) as connection:
        connection.execute(statement, (str(uuid.uuid4()),))
        count, began = 0, time.perf_counter()
        while (spent := time.perf_counter() - began) < seconds:
            connection.execute(statement, (str(uuid.uuid4()),))
            count += 1
    return count / spent
