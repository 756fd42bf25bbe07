"""The public list, search and session page at 2,000 and at 100,000 activities (goal P4).

Builds a scratch database of each size, serves it as shipped (2 workers x 8 threads) and asks it with 16 clients:
the list, searches with a different word each time, and session pages, made anew (each address asked once) and from
copies no older than a second (one address asked again and again). Before the larger size the smaller is measured, in
rounds A B A B A B. pretix is no dependency and is not installed here: the yardstick is an answer of the same server and
run that does no more than reach its route (`/healthz` through all of our middlewares).
Every answer is checked. Exit code 1 when an answer is wrong or a page grows beyond 1.3 x.

    .venv/bin/python bench/public_pages.py [--sizes 2000 100000] [--seconds 4] [--database-url postgresql://...]

With --database-url, `{size}` in it names the database of each size; both must exist and be empty.
"""

import argparse
import http.client
import importlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import django
from django.core.management import call_command

CLIENTS, WARM_UP, ROUNDS, GOAL = 16, 50, 3, 1.3
QIXUE = [sys.executable, "-c", "import sys; from qixue.cli import main; sys.exit(main())"]
PAGES = ("hello", "list", "search", "session", "list copy", "session copy")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs=2, default=(2_000, 100_000), help="activities")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each round")
    parser.add_argument("--database-url", default="", help="for PostgreSQL, with {size}")
    parser.add_argument("--keep", type=Path, help="a folder for the databases, which the next run uses again")
    parser.add_argument("--build", type=int, help="used by the script itself: fill the database of the environment")
    options = parser.parse_args()
    if options.build:
        django.setup()
        call_command("migrate", verbosity=0)
        importlib.import_module("public_city").build(options.build)  # its models need the settings first
        return 0
    with tempfile.TemporaryDirectory() as folder:
        place = options.keep or Path(folder)
        sites = [Site(size, place / str(size), options.database_url) for size in options.sizes]
        try:
            rates, waits = measured(sites, options.seconds)
        finally:
            for site in sites:
                site.stop()
    return report(sites, rates, waits)


class Site:
    """A database of one size and the server on it."""

    def __init__(self, size: int, folder: Path, database_url: str) -> None:
        self.size, self.port = size, free_port()
        self.environment = {
            **os.environ,
            "QIXUE_VAR": str(folder),
            "QIXUE_LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "qixue.settings",
            "QIXUE_PROGRAMME": "week",
        }
        if database_url:
            self.environment["QIXUE_DATABASE_URL"] = database_url.format(size=size)
        if not folder.exists():
            folder.mkdir(parents=True)
            began = time.perf_counter()
            subprocess.run([sys.executable, __file__, "--build", str(size)], env=self.environment, check=True)
            print(f"{size:,} activities are written after {time.perf_counter() - began:.0f} s", flush=True)
        command = [*QIXUE, "serve", "--no-worker", "--bind", f"127.0.0.1:{self.port}"]
        self.server = subprocess.Popen(
            command, env=self.environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        self.wait()

    def wait(self) -> None:
        for _attempt in range(240):
            try:
                if ask(self.port, "/healthz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.5)
        raise TimeoutError("The server did not answer within two minutes.")

    def stop(self) -> None:
        self.server.terminate()
        self.server.wait(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


# What is asked, and what an answer must hold.
def path_of(page: str, size: int, number: int) -> tuple[str, str]:
    """The `number`-th address of a page, and words that its answer must hold."""
    programme = "/programmes/week/sessions/"
    word = f"{number % size:06d}"
    if page == "hello":
        return "/healthz", "ok"
    if page == "list":
        return f"{programme}?page={number % 50 + 1}&x={number}", 'class="session"'
    if page == "search":
        return f"{programme}?q={word}&x={number}", word
    if page == "session":
        return f"/sessions/{number % size + 1}/?x={number}", "<h1>"
    return (programme, 'class="session"') if page == "list copy" else ("/sessions/1/", "<h1>")


class Load:
    """Sixteen clients for so many seconds on one page; the answers are counted and checked."""

    def __init__(self, site: Site, page: str, numbers: Iterator[int]) -> None:
        self.site, self.page, self.numbers = site, page, numbers
        self.lock = threading.Lock()
        self.waits: list[float] = []
        self.wrong: list[str] = []

    def run(self, seconds: float, most: int | None = None) -> float:
        """Answers in a second."""
        until = time.perf_counter() + seconds
        threads = [threading.Thread(target=self.client, args=(until, most)) for _client in range(CLIENTS)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(self.waits) / (time.perf_counter() - began)

    def client(self, until: float, most: int | None) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        while time.perf_counter() < until and (most is None or len(self.waits) < most):
            with self.lock:
                number = next(self.numbers)
            path, words = path_of(self.page, self.site.size, number)
            began = time.perf_counter()
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
            self.waits.append(time.perf_counter() - began)
            if answer.status != 200 or words.encode() not in body:
                self.wrong.append(f"{answer.status} {path}")


Measured = dict[tuple[int, str], list[float]]


def measured(sites: list[Site], seconds: float) -> tuple[Measured, Measured]:
    """Rates and median waits in milliseconds of each size and page, one for each round."""
    numbers = {(site.size, page): iter(range(10**9)) for site in sites for page in PAGES}
    rates: Measured = {}
    waits: Measured = {}
    for page in PAGES:
        for site in sites:
            Load(site, page, numbers[site.size, page]).run(60, most=WARM_UP)
        for site in sites * ROUNDS:
            load = Load(site, page, numbers[site.size, page])
            rates.setdefault((site.size, page), []).append(load.run(seconds))
            waits.setdefault((site.size, page), []).append(statistics.median(load.waits) * 1000)
            if load.wrong:
                raise SystemExit(f"{len(load.wrong)} wrong answers, the first: {load.wrong[0]}")
    return rates, waits


def report(sites: list[Site], rates: Measured, waits: Measured) -> int:
    small, large = (site.size for site in sites)
    hello = statistics.median(rates[small, "hello"])
    print(f"{'page':<14}{small:>9,} /s{large:>11,} /s{'growth':>9}{'p50 ms':>16}{'part of hello':>15}   all values")
    grows = False
    for page in PAGES:
        first, second = (statistics.median(rates[size, page]) for size in (small, large))
        growth = first / second
        grows = grows or (page != "hello" and growth > GOAL)
        middle = " -> ".join(f"{statistics.median(waits[size, page]):.1f}" for size in (small, large))
        values = "; ".join(" ".join(f"{value:.0f}" for value in rates[size, page]) for size in (small, large))
        print(f"{page:<14}{first:>12.0f}{second:>14.0f}{growth:>9.2f}{middle:>16}{first / hello:>15.2f}   {values}")
    return 1 if grows else 0


if __name__ == "__main__":
    sys.exit(main())
