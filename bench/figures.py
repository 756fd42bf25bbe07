"""Figures over a ledger of 10,000 to 10,000,000 entries: from cells, from the rows, and what the cells cost.

Builds a scratch database for each length (`ledger_city.py`) and measures in one process without a server: the public
dashboard of the whole city, with all its figures and charts, and 57 numbers from the cells alone (人次, 人数 and the
share by name of the whole, of 8 counties and of 10 brands), both with all tallies merged and with up to 100 sessions
waiting; the first opening, and those just after an entry, a merge or a change of a session, when what was kept is old;
the numbers of people by one statement over the rows; the recount of every cell beside count(*) over the index of
sessions and people, alone, looking at each entry in it, and by cell; adding entries with the rows beside the ledger and
without them. All times are of the processor, so that programs beside it do not count; waiting for the disk is not in
them. PostgreSQL works with one process, or the time of its helpers would be missing. Prints the exponent by which each
grows over a decade. The numbers from the cells are compared with those from the rows.

    .venv/bin/python bench/figures.py [--database postgresql] [--rows 10000 100000 1000000] [--scratch FOLDER]
"""

import argparse
import datetime
import importlib
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch

import django
from django.core.management import call_command

ROWS = (10_000, 100_000, 1_000_000)
OPENINGS = 40
APPENDS, AT_ONCE = 30, 20
LIVE = 100  # sessions with tallies that wait
CHANGES = 7
RAW = """
SELECT r.path, a.brand_id, COUNT(*), COUNT(DISTINCT e.person_token)
FROM participation_ledgerentry e LEFT JOIN participation_ledgerentry later ON later.target_id = e.id
JOIN programme_activity a ON a.id = e.activity_id JOIN programme_session s ON s.id = e.session_id
JOIN places_venue v ON v.id = s.venue_id JOIN places_region r ON r.id = v.region_id
WHERE e.kind = 'attendance' AND later.id IS NULL GROUP BY r.path, a.brand_id
"""
COUNTS = {
    "count(*)": "SELECT COUNT(*) FROM participation_ledgerentry {hint}",  # SQLite counts pages, and looks at no entry
    "count(*) of each": "SELECT COUNT(*) FROM participation_ledgerentry {hint} WHERE session_id >= 0",
    "count(*) by cell": """SELECT t.cell_id, COUNT(*) FROM participation_tally t
        JOIN participation_ledgerentry e {hint} ON e.session_id = t.session_id GROUP BY t.cell_id""",
}
HINT = {"sqlite": "INDEXED BY ledger_session_person", "postgresql": ""}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS)
    parser.add_argument("--scratch", type=Path, help="an existing folder for the databases")
    parser.add_argument("--measure", type=int, help="build and measure one length, print JSON")
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure(arguments.measure)))
        return 0
    found = {rows: run_apart(arguments.database, rows, arguments.scratch) for rows in arguments.rows}
    print_table(found)
    return 0


def run_apart(kind: str, rows: int, scratch: Path | None) -> dict[str, float]:
    """A process and a database for each length, so that none warms another up."""
    servers = importlib.import_module("servers")
    with tempfile.TemporaryDirectory(dir=scratch) as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as somebody else
        place = servers.postgresql(folder / kind) if kind == "postgresql" else nullcontext(lambda _name: "")
        with place as url:
            environment = servers.environment_for(folder / "var", url("postgres"), QIXUE_LOG_LEVEL="WARNING")
            command = [sys.executable, str(Path(__file__)), "--measure", str(rows)]
            answer = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(answer.stdout.splitlines()[-1]))


def print_table(found: dict[int, dict[str, float]]) -> None:
    sizes = list(found)
    print(f"{'':<44}" + "".join(f"{rows:>14,}" for rows in sizes) + f"{'exponent':>12}")
    for name in found[sizes[0]]:
        values = [found[rows][name] for rows in sizes]
        slope = math.log(values[-1] / values[0], sizes[-1] / sizes[0]) if len(sizes) > 1 and min(values) > 0 else 0
        print(f"{name:<44}" + "".join(f"{value:>14,.2f}" for value in values) + f"{slope:>12.2f}")


def measure(rows: int) -> dict[str, float]:
    django.setup()
    call_command("migrate", verbosity=0)
    took: dict[str, float] = {}
    city = importlib.import_module("ledger_city")  # its models need the settings first
    cells = importlib.import_module("qixue.participation.operations.cells")
    took["building, s"], programme = timed(lambda: city.build(rows))
    settle()
    took["merging all tallies, s"], _count = timed(cells.keep_cells)
    importlib.import_module("qixue.core.changes").add_up(at=datetime.datetime.now(datetime.UTC))
    took["public dashboard, first opening, ms"] = timed(lambda: dashboard(programme))[0] * 1000
    took["public dashboard, median ms"], took["public dashboard, p95 ms"] = openings(programme, dashboard)
    took["57 numbers from cells, p95 ms"] = openings(programme, numbers)[1]
    raw, by_part = timed(lambda: asked(RAW))
    compare(programme, by_part)
    took["people by town and brand from the rows, ms"] = raw * 1000
    took["rows to public dashboard"] = raw * 1000 / took["public dashboard, p95 ms"]
    took["rows to 57 numbers"] = raw * 1000 / took["57 numbers from cells, p95 ms"]
    took |= recounts(programme)
    took |= appends(programme)
    took["public dashboard, 100 live, p95 ms"] = openings(programme, dashboard)[1]
    took["57 numbers, 100 live, p95 ms"] = openings(programme, numbers)[1]
    took["public dashboard after an entry, median ms"] = after(
        lambda at: append(programme, at, True), dashboard, programme
    )
    took["public dashboard after a merge, median ms"] = after(
        lambda at: append_and_merge(programme, at), dashboard, programme
    )
    took["57 numbers after a merge, median ms"] = after(lambda at: append_and_merge(programme, at), numbers, programme)
    took["public dashboard after a session, median ms"] = after(change_a_session, dashboard, programme)
    return took


def recounts(programme: Any) -> dict[str, float]:
    """The recount beside each of the counts, in turns: medians."""
    times: dict[str, list[float]] = {name: [] for name in ("recount of all cells", *COUNTS)}
    for _round in range(5):
        seconds, differing = timed(lambda: recounted(programme))
        assert differing == []
        times["recount of all cells"].append(seconds)
        for name, statement in COUNTS.items():
            times[name].append(timed(lambda text=statement: asked(hinted(text)))[0])
    found = {f"{name}, ms": statistics.median(seconds) * 1000 for name, seconds in times.items()}
    return found | {f"recount to {name}": found["recount of all cells, ms"] / found[f"{name}, ms"] for name in COUNTS}


def settle() -> None:
    """What PostgreSQL does by itself some minutes after so many rows; and one process for each statement."""
    from django.db import connection  # noqa: PLC0415 - after the settings

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("SET max_parallel_workers_per_gather = 0")


def after(act: Callable[[int], None], opened: Callable[[Any], Any], programme: Any) -> float:
    """Milliseconds of an opening just after something has changed: the median of some."""
    times = []
    for number in range(CHANGES):
        act(number)
        times.append(timed(lambda: opened(programme))[0] * 1000)
    return statistics.median(times)


def change_a_session(number: int) -> None:
    sessions = importlib.import_module("qixue.programme.models").Session.objects
    sessions.filter(pk=sessions.order_by("pk")[number].pk).update(speaker=f"老师{number}")


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    began = spent()
    result = act()
    return spent() - began, result


def spent() -> float:
    """Seconds of processor time so far: of this process, and of the one with which PostgreSQL serves it."""
    from django.db import connection  # noqa: PLC0415 - after the settings

    if connection.vendor == "sqlite":
        return time.process_time()
    connection.ensure_connection()
    served = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text()
    return time.process_time() + int(served.split()[0]) / 1e9


def asked(statement: str) -> list[tuple]:
    from django.db import connection  # noqa: PLC0415 - after the settings

    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def hinted(statement: str) -> str:
    """SQLite takes another index where one is smaller."""
    from django.db import connection  # noqa: PLC0415 - after the settings

    return statement.format(hint=HINT[connection.vendor])


def recounted(programme: Any) -> list[str]:
    return importlib.import_module("qixue.participation.queries.cell_recount").cells_that_differ(programme.code)


def dashboard(programme: Any) -> Any:
    """What the public page of the whole city shows."""
    dashboards = importlib.import_module("qixue.figures.dashboards")
    everybody = importlib.import_module("qixue.web.dashboards").EVERYBODY
    scope = importlib.import_module("qixue.core.figures").Scope(programme.code)
    return dashboards.dashboard_of(dashboards.OVERVIEW, scope, everybody)


def numbers(programme: Any) -> dict[str, list[Any]]:
    """The figures that come from cells, of the whole and of its parts."""
    core = importlib.import_module("qixue.core.figures")
    scopes = [core.Scope(programme.code)]
    scopes += [core.Scope(programme.code, region=f"9900{county + 1:02}") for county in range(8)]
    scopes += [core.Scope(programme.code, brand=f"b{brand}") for brand in range(10)]
    with core.shared_reads():
        return {
            code: [core.registry.definitions[code].value(scope).quantity for scope in scopes]
            for code in ("attendance", "participants", "named_share")
        }


def openings(programme: Any, opened: Callable[[Any], Any]) -> tuple[float, float]:
    """Median and p95 in milliseconds."""
    times = sorted(timed(lambda: opened(programme))[0] * 1000 for _round in range(OPENINGS))
    return statistics.median(times), times[math.ceil(0.95 * OPENINGS) - 1]


def compare(programme: Any, by_part: list[tuple]) -> None:
    """人次 of the whole add up over the parts; 人数 do not, and are counted anew."""
    shown = numbers(programme)
    [[people]] = asked("SELECT COUNT(DISTINCT person_token) FROM participation_attendance")
    assert shown["attendance"][0].value == sum(row[2] for row in by_part)
    assert shown["participants"][0].value == people
    for county in range(8):
        inside = [row for row in by_part if row[0].startswith(f"990000/9900{county + 1:02}/")]
        assert shown["attendance"][county + 1].value == sum(row[2] for row in inside)


def appends(programme: Any) -> dict[str, float]:
    """Entries a second, with the rows beside the ledger and with the ledger alone, in turns."""
    rates: dict[bool, list[float]] = {True: [], False: []}
    for number in range(APPENDS):
        for is_kept in (True, False):
            seconds, _entries = timed(lambda number=number, is_kept=is_kept: append(programme, number, is_kept))
            rates[is_kept].append(AT_ONCE / seconds)
    kept, bare = statistics.median(rates[True]), statistics.median(rates[False])
    return {"entries/s with rollups": kept, "entries/s without": bare, "with to without": kept / bare}


def append(programme: Any, number: int, is_kept: bool) -> None:
    """Twenty people of whom nobody has heard yet, at one of the live sessions."""
    ledger = importlib.import_module("qixue.participation.operations.ledger")
    models = importlib.import_module("qixue.participation.models")
    sessions = importlib.import_module("qixue.programme.models").Session.objects
    related = sessions.select_related("activity__organisation", "activity__programme")
    session = related.order_by("pk")[number % LIVE]
    at = datetime.datetime.now(datetime.UTC)
    drafts = [
        ledger.EntryDraft(
            kind=models.LedgerEntry.Kind.ATTENDANCE,
            activity=session.activity,
            session=session,
            source=models.LedgerEntry.Source.DOOR,
            actor=None,
            recorded_at=at,
            occurred_at=at,
            person_token=uuid.uuid4(),
            client_uuid=uuid.uuid4(),
        )
        for _person in range(AT_ONCE)
    ]
    with without_rollups() if not is_kept else nullcontext():
        ledger.append_entries(session.activity.organisation, drafts)


def append_and_merge(programme: Any, number: int) -> None:
    """What stands on cells is old as well."""
    append(programme, number, True)
    importlib.import_module("qixue.participation.operations.cells").keep_cells()


def without_rollups() -> Any:
    return patch.multiple("qixue.participation.operations.ledger", tallies=Nothing, attendances=Nothing)


class Nothing:
    """In the place of the rows beside the ledger."""

    @staticmethod
    def apply(_entries: Any) -> None:
        return


if __name__ == "__main__":
    sys.exit(main())
