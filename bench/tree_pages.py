"""The pages of planning over a large tree: time and queries at two sizes, one ten times the other.

Builds two scratch databases (SQLite, durable settings as shipped), one with 200 organisations, 2,000 activities and as
many items of the coordination board, one with ten times that, and opens each page through Django's test client, so that
the server and the network are left out. Prints the median of seven openings after two for warming up, the number of
queries, and the ratio between the sizes. Exit code 1 when a page asks more queries at the larger size.

    .venv/bin/python bench/tree_pages.py
"""

import argparse
import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qixue.core.clock import local_day, now

SIZES = (200, 2_000)  # organisations, each with ten activities
WARM_UP, ROUNDS = 2, 7


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, help="build and measure one size, print JSON")
    size = parser.parse_args().size
    if size:
        print(json.dumps(measure(size)))
        return 0
    small, large = (run_apart(size) for size in SIZES)
    print(f"{'page':<22}{'ms at 200':>12}{'ms at 2,000':>14}{'ratio':>8}{'queries':>16}")
    grows = False
    for page, (milliseconds, queries) in small.items():
        more_milliseconds, more_queries = large[page]
        grows = grows or more_queries > queries
        ratio = more_milliseconds / milliseconds
        print(f"{page:<22}{milliseconds:>12.1f}{more_milliseconds:>14.1f}{ratio:>8.1f}{queries:>9} -> {more_queries}")
    return 1 if grows else 0


def run_apart(size: int) -> dict[str, tuple[float, int]]:
    """A process and a database for each size, so that neither warms the other up."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "QIXUE_VAR": folder,
            "QIXUE_LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "qixue.settings",
        }
        environment.pop("QIXUE_DATABASE_URL", None)
        command = [sys.executable, str(Path(__file__)), "--size", str(size)]
        result = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return {page: (row[0], row[1]) for page, row in json.loads(result.stdout.splitlines()[-1]).items()}


def measure(size: int) -> dict[str, tuple[float, int]]:
    """Median milliseconds and number of queries of each page."""
    django.setup()
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    call_command("migrate", verbosity=0)
    coordinator, plan, draft = importlib.import_module("tree_city").build(size)  # its models need the settings first
    client = Client()
    client.force_login(coordinator)
    return {page: opened(client, path) for page, path in pages(plan.pk, draft.pk)}


def opened(client: Client, path: str) -> tuple[float, int]:
    times = []
    for _round in range(WARM_UP + ROUNDS):
        began = time.perf_counter()
        answer = client.get(path)
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return statistics.median(times[WARM_UP:]), len(queries)


def pages(plan: int, draft: int) -> Iterator[tuple[str, str]]:
    yield "plans of the week", "/workspace/programmes/week/plans/"
    yield "who never filed", "/workspace/programmes/week/plans/?state=not_filed"
    yield "where and when", "/workspace/programmes/week/heat/"
    yield "towns of a county", "/workspace/programmes/week/heat/?county=990001"
    yield "calendar", f"/workspace/programmes/week/calendar/?month={local_day(now()):%Y-%m}"
    yield "calendar of a county", f"/workspace/programmes/week/calendar/?month={local_day(now()):%Y-%m}&place=990001"
    yield "list of a day", f"/workspace/programmes/week/planned/?first={local_day(now())}&last={local_day(now())}"
    yield "conflicts", "/workspace/programmes/week/conflicts/"
    yield "one plan", f"/workspace/plans/{plan}/"
    yield "a draft with conflicts", f"/workspace/plans/{draft}/"
    yield "activities", "/workspace/activities/"
    yield "coordination board", "/workspace/programmes/week/board/"
    yield "overdue in a county", "/workspace/programmes/week/board/?overdue=on&county=990001"
    yield "closed items", "/workspace/programmes/week/board/?state=closed"
    yield "who waits for whom", "/workspace/programmes/week/board/waits/"
    yield "how long steps take", "/workspace/programmes/week/board/times/"
    yield "one step of all", "/workspace/programmes/week/board/times/report/"
    yield "paste minutes", "/workspace/programmes/week/board/minutes/"


if __name__ == "__main__":
    sys.exit(main())
