"""What a public page costs in one process, at 2,000 and at 100,000 activities (goal P4): calls of functions and time.

Asks the WSGI application itself, so that server and network are left out: list, search for a word that nobody has asked
for, session and month, each made anew. Calls, Python's and C's, do not depend on what else the machine does; time is of
the processor, the least of many requests (`time.process_time`), and for PostgreSQL what the process that serves it took
for each (`schedstat`). Each size has a process of its own, in rounds A B A B. The databases are those of
`public_pages.py`, built the first time. Exit code 1 when a page takes more than 1.3 times as long at the larger size.

    .venv/bin/python bench/page_costs.py
    .venv/bin/python bench/page_costs.py --database sqlite --sizes 2000 2000
"""

import argparse
import contextlib
import cProfile
import io
import json
import os
import pstats
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection

import public_pages
import servers

PAGES = ("hello", "list", "search", "session", "month")
WARM_UP, ROUNDS, STEP = 50, 2, 7919  # a step that has no factor in common with sizes and numbers of pages
Costs = dict[str, dict[str, float]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    servers.add_databases(parser)
    parser.add_argument("--sizes", type=int, nargs=2, default=(2_000, 100_000), help="activities")
    parser.add_argument("--requests", type=int, default=100, help="of each page in each round")
    parser.add_argument("--measure", type=int, help="used by the script itself: the database of the environment")
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measured(options.measure, options.requests)))
        return 0
    is_met = True
    for kind in options.database:
        with contextlib.ExitStack() as stack:
            scratch = servers.scratch_folder(options.scratch)
            built = {size: stack.enter_context(public_pages.built(kind, scratch, size)) for size in options.sizes}
            rounds = [
                {size: measured_apart(size, built[size], options.requests) for size in options.sizes}
                for _round in range(ROUNDS)
            ]
            is_met &= report(kind, options.sizes, rounds)
    return 0 if is_met else 1


def measured_apart(size: int, environment: dict[str, str], requests: int) -> Costs:
    command = [sys.executable, __file__, "--measure", str(size), "--requests", str(requests)]
    found: Costs = json.loads(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout)
    return found


@cache
def application() -> WSGIHandler:
    return get_wsgi_application()


def measured(size: int, requests: int) -> Costs:
    application()  # which sets Django up
    if not Path(os.environ["QIXUE_VAR"], "static").exists():
        call_command("collectstatic", interactive=False, verbosity=0)
    return {page: cost_of(page, size, requests) for page in PAGES}


def cost_of(page: str, size: int, requests: int) -> dict[str, float]:
    """Calls of functions of one request, the least milliseconds of many, and the database's for each."""
    for number in range(WARM_UP):
        ask(page, size, STEP * number)
    before, least = server_milliseconds(), float("inf")
    for number in range(WARM_UP, WARM_UP + requests):
        began = time.process_time()
        ask(page, size, STEP * number)
        least = min(least, time.process_time() - began)
    of_server = (server_milliseconds() - before) / requests
    profile = cProfile.Profile()
    profile.runcall(ask, page, size, STEP * (WARM_UP + requests))
    calls = pstats.Stats(profile).total_calls  # type: ignore[attr-defined]  # the stubs do not know it
    return {"calls": calls, "milliseconds": 1000 * least, "server": of_server}


def ask(page: str, size: int, number: int) -> None:
    path, words = public_pages.path_of(page, size, number)
    path, _mark, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": "localhost",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http",
    }  # fmt: skip
    statuses: list[str] = []
    answer = application()(environ, lambda status, _headers, _error=None: statuses.append(status))
    body = b"".join(answer)
    answer.close()
    assert statuses[0].startswith("200"), f"{statuses[0]} {path}?{query}"
    assert words in body, f"{words!r} is not on {path}?{query}"


def server_milliseconds() -> float:
    """Of the processor, by the process of PostgreSQL that serves this one; 0 with SQLite."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


def report(kind: str, sizes: tuple[int, int], rounds: list[dict[int, Costs]]) -> bool:
    """Print the least of all rounds and how the time grows; whether no page grows beyond the goal."""
    small, large = sizes
    print(f"\n{kind}\n{'page':<10}{'calls':>9}{'ms':>8}{'server':>8}   at {small:,}", end="")
    print(f"{'calls':>9}{'ms':>8}{'server':>8}   at {large:,}{'growth':>9}")
    is_met = True
    for page in PAGES:
        of = {size: least([each[size][page] for each in rounds]) for size in sizes}
        growth = total(of[large]) / total(of[small])
        is_met &= page == "hello" or growth <= public_pages.GROWTH_GOAL
        print(f"{page:<10}" + "            ".join(columns(of[size]) for size in sizes) + f"{growth:>18.2f}")
    return is_met


def least(costs: list[dict[str, float]]) -> dict[str, float]:
    return {name: min(cost[name] for cost in costs) for name in costs[0]}


def columns(cost: dict[str, float]) -> str:
    return f"{cost['calls']:>9,.0f}{cost['milliseconds']:>8.2f}{cost['server']:>8.2f}"


def total(cost: dict[str, float]) -> float:
    return cost["milliseconds"] + cost["server"]


if __name__ == "__main__":
    sys.exit(main())
