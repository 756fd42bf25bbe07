"""Goal P7: the work summary with figures, charts, .docx, PDF and annex, of the demo week and of longer ledgers.

Each scene has a scratch database and a process of its own: the demo week as `qixue demo` loads it, and the year of
`ledger_city.py` with 10,000 entries and more. Prints seconds of the processor, which other work on the machine does not
change, and the clock behind them, the first time (cold: modules, fonts and charts are read and drawn) and the median of
those after.

    .venv/bin/python bench/summary.py [--rows 10000 100000] [--scratch FOLDER]
"""

import argparse
import datetime
import importlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

DEMO = 0  # in the place of a number of entries
ROUNDS = 3
Times = dict[str, tuple[float, float]]  # by what was made, seconds of the processor and of the clock


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--scratch", type=Path, help="an existing folder for the databases")
    parser.add_argument("--measure", type=int, help="build and measure one scene, print JSON")
    arguments = parser.parse_args()
    if arguments.measure is not None:
        print(json.dumps(measure(arguments.measure)))
        return 0
    for rows in (DEMO, *arguments.rows):
        print_scene(f"{rows:,} entries" if rows else "demo week", run_apart(rows, arguments.scratch))
    return 0


def run_apart(rows: int, scratch: Path | None) -> dict[str, Any]:
    servers = importlib.import_module("servers")
    with tempfile.TemporaryDirectory(dir=scratch) as name:
        environment = servers.environment_for(Path(name) / "var", "", QIXUE_LOG_LEVEL="WARNING")
        command = [sys.executable, str(Path(__file__)), "--measure", str(rows)]
        answer = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(answer.stdout.splitlines()[-1]))


def print_scene(name: str, found: dict[str, Any]) -> None:
    print(f"{name}: {found['figures']} figures printed, {found['records']:,} records behind them")
    for part, times in found["times"].items():
        cold, *warm = ((cpu, clock) for cpu, clock in times)
        cpu, clock = (statistics.median(column) for column in zip(*warm, strict=True))
        print(f"  {part:<10} cold {cold[0]:6.2f} s ({cold[1]:6.2f} by the clock)  warm {cpu:6.2f} s ({clock:6.2f})")


def measure(rows: int) -> dict[str, Any]:
    django.setup()
    call_command("migrate", verbosity=0)
    programme, at = scene(rows)
    rounds = [made(programme, at) for _round in range(1 + ROUNDS)]
    draft = importlib.import_module("qixue.report.summary").draft_summary(programme, at=at)
    return {
        "figures": len(draft.figures),
        "records": sum(found.count for found in draft.records.values()),
        "times": {part: [times[part] for times in rounds] for part in rounds[0]},
    }


def scene(rows: int) -> tuple[Any, datetime.datetime]:
    """The programme and the moment at which its summary is drafted."""
    programmes = importlib.import_module("qixue.programme.models").Programme.objects
    now = datetime.datetime.now(datetime.UTC)
    if rows == DEMO:
        demo = importlib.import_module("qixue.demo.load")
        demo.load(demo.Edition(demo.DEFAULT_SEED, now.date()), at=now)
        return programmes.get(code=demo.PROGRAMME_CODE), now
    programme = importlib.import_module("ledger_city").build(rows)
    importlib.import_module("qixue.participation.operations.cells").keep_cells()
    importlib.import_module("qixue.figures.operations").name_standard_figures(programme)
    return programme, now


def made(programme: Any, at: datetime.datetime) -> Times:
    """A summary with all its files, part by part."""
    summary = importlib.import_module("qixue.report.summary")
    files = importlib.import_module("qixue.report.files").FILES
    times: Times = {}
    draft = timed(times, "draft", lambda: summary.draft_summary(programme, at=at))
    timed(times, "evidence", lambda: draft.document)
    for kind, make in files.items():
        timed(times, kind, lambda make=make: make(draft))
    times["together"] = (sum(cpu for cpu, _clock in times.values()), sum(clock for _cpu, clock in times.values()))
    return times


def timed(times: Times, name: str, make: Callable[[], Any]) -> Any:
    cpu, clock = time.process_time(), time.perf_counter()
    result = make()
    times[name] = (time.process_time() - cpu, time.perf_counter() - clock)
    return result


if __name__ == "__main__":
    sys.exit(main())
