"""The public list, search, session and month page at 2,000 and at 100,000 activities (goal P4).

Builds a scratch database of each size, serves it as shipped (2 workers x 8 threads) and asks it with 16 clients: the
list, searches with a different word each time, sessions and the month, made anew (no address asked twice) and from
copies (one address asked again and again), the sizes in rounds A B A B A B. Then seats are taken while clients look at
the session: nobody may be shown for longer than a second how many there were before.

The growth of a page's cost is printed with its exponent. Every answer is checked. With --peer pretix's shop page is
asked for in turn; without it, the rate of pretix is the one seen on a like machine. The yardstick of the same run is an
answer that does no more than reach its route (`/healthz`). Exit code 1 when a page grows beyond 1.3 x, seats are older
than a second, or a goal beside pretix is missed.

    .venv/bin/python bench/public_pages.py --peer
    .venv/bin/python bench/public_pages.py --database sqlite --seconds 1
"""

import argparse
import contextlib
import importlib
import itertools
import math
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import django
from django.core.management import call_command

import city
import load
import pretix_peer
import servers

PORTS = (8112, 8113)
CLIENTS, WARM_UP, ROUNDS, GROWTH_GOAL = 16, 50, 3, 1.3
PRETIX = 42  # shop pages a second of pretix 2026.8.0 on two cores, driver included; seen in another run
OF_PEER = {"list": 10, "session": 10, "list copy": 60, "session copy": 60}  # goals
CHANGES, OLDEST = 8, 1.0  # of seats; seconds
PROGRAMME = "/programmes/week/sessions/"
PAGES = ("hello", "list", "search", "session", "month", "list copy", "session copy")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    servers.add_databases(parser)
    parser.add_argument("--sizes", type=int, nargs=2, default=(2_000, 100_000), help="activities")
    parser.add_argument("--seconds", type=float, default=4.0, help="length of a round; less is for trying out")
    parser.add_argument("--pages", choices=PAGES, nargs="+", default=PAGES)
    parser.add_argument("--peer", action="store_true", help="measure pretix in turn; installed the first time")
    parser.add_argument("--build", type=int, help="used by the script itself: fill the database of the environment")
    options = parser.parse_args()
    if options.build:
        return build(options.build)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers are stopped on the way out
    is_met = True
    for kind in options.database:
        with contextlib.ExitStack() as stack:
            scratch = servers.scratch_folder(options.scratch)
            pairs = zip(options.sizes, PORTS, strict=True)
            sites = [stack.enter_context(site_of(kind, scratch, size, port)) for size, port in pairs]
            print(f"\n{kind}: {servers.must_be_durable(sites[0].environment)}")
            rates = measured(dict(zip(options.sizes, sites, strict=True)), options.pages, options.seconds)
            is_met &= report(rates, options.sizes, options.pages)
            is_met &= seats_are_young(sites[0])
            if options.peer:
                own = {page: (asking(page, sites[0], options.sizes[0]), goal) for page, goal in OF_PEER.items()}
                is_met &= pretix_peer.beside(own, "pages", scratch=scratch, seconds=options.seconds)
    return 0 if is_met else 1


def build(activities: int) -> int:
    django.setup()
    call_command("migrate", verbosity=0)
    importlib.import_module("public_city").build(activities)  # its models need the settings first
    return 0


@contextlib.contextmanager
def site_of(kind: str, scratch: Path, size: int, port: int) -> Iterator[servers.Site]:
    """A server on a database of a size."""
    with contextlib.ExitStack() as stack:
        environment = stack.enter_context(built(kind, scratch, size))
        yield stack.enter_context(servers.running(servers.Site(environment, port, has_worker=False)))


@contextlib.contextmanager
def built(kind: str, scratch: Path, size: int) -> Iterator[dict[str, str]]:
    """The environment of a database of a size; one that an earlier run has built is used again."""
    folder = scratch / f"pages-{kind}-{size}"
    with servers.postgresql(folder) if kind == "postgresql" else contextlib.nullcontext() as url:
        settings = {"QIXUE_PROGRAMME": "week", "QIXUE_LOG_LEVEL": "WARNING"}
        environment = servers.environment_for(folder / "var", url("postgres") if url else "", **settings)
        if not (folder / "built").exists():
            subprocess.run([sys.executable, __file__, "--build", str(size)], env=environment, check=True)
            (folder / "built").touch()
        yield environment


def path_of(page: str, size: int, number: int) -> tuple[str, bytes]:
    """The `number`-th address of a page, and what its answer must hold."""
    word = f"{number % size:06d}"
    return {
        "hello": ("/healthz", b"ok"),
        "list": (f"{PROGRAMME}?page={number % 50 + 1}&x={number}", b'class="session"'),
        "search": (f"{PROGRAMME}?q={word}&x={number}", word.encode()),
        "session": (f"/sessions/{number % size + 1}/?x={number}", b"<h1>"),
        "month": (f"{PROGRAMME}month/?x={number}", b'class="how-many"'),
        "list copy": (PROGRAMME, b'class="session"'),
        "session copy": ("/sessions/1/", b"<h1>"),
    }[page]


def asks(page: str, size: int, numbers: Iterator[int]) -> Iterator[load.Ask]:
    for number in numbers:
        path, words = path_of(page, size, number)
        yield load.Ask(load.request("GET", path), (path, words))


Rates = dict[tuple[str, int], list[float]]


def measured(sites: dict[int, servers.Site], pages: list[str], seconds: float) -> Rates:
    """Answers in a second of each page and size, one for each round."""
    rates: Rates = {}
    for page in pages:
        numbers = {size: itertools.count() for size in sites}
        for size, site in sites.items():
            load.closed_loop(site.port, itertools.islice(asks(page, size, numbers[size]), WARM_UP), clients=CLIENTS)
        for size, site in list(sites.items()) * ROUNDS:
            answers = answered(site, asks(page, size, numbers[size]), seconds)
            rates.setdefault((page, size), []).append(load.per_second(answers))
    return rates


def answered(site: servers.Site, asked: Iterator[load.Ask], seconds: float) -> list[load.Answer]:
    answers = load.closed_loop(site.port, asked, clients=CLIENTS, seconds=seconds)
    wrong = [answer for answer in answers if answer.status != 200 or answer.name[1] not in answer.body]
    assert not wrong, f"{len(wrong)} wrong answers, the first: {wrong[0].status} {wrong[0].name[0]}"
    return answers


def asking(page: str, site: servers.Site, size: int) -> pretix_peer.Load:
    """A load of one page, whose addresses nobody has asked for yet unless it is about copies."""
    fresh = asks(page, size, itertools.count(1_000_000))
    return lambda seconds: answered(site, fresh, seconds)


def report(rates: Rates, sizes: tuple[int, int], pages: list[str]) -> bool:
    """Print the rates, how the cost grows, and the exponent k where it grows as size ** k; whether no page misses."""
    small, large = sizes
    print(f"{'page':<14}{small:>9,} /s{'x pretix':>10}{large:>11,} /s{'growth':>8}{'exponent':>10}   all values")
    is_met = True
    for page in pages:
        first, second = (load.middle(rates[page, size]) for size in sizes)
        is_met &= page == "hello" or first / second <= GROWTH_GOAL
        values = "; ".join(" ".join(f"{value:.0f}" for value in rates[page, size]) for size in sizes)
        growth = f"{first / second:>8.2f}{math.log(first / second, large / small):>10.3f}"
        print(f"{page:<14}{first:>12.0f}{first / PRETIX:>10.1f}{second:>14.0f}{growth}   {values}")
    return is_met


def seats_are_young(site: servers.Site) -> bool:
    """Take one seat after the other of a session that clients look at, and see for how long the former is shown."""
    oldest = 0.0
    for taken in range(1, CHANGES + 1):
        update(site.environment, f"UPDATE programme_session SET taken_count = {taken} WHERE id = 2")  # noqa: S608 - a number of ours
        changed = time.perf_counter()
        ask = load.Ask(load.request("GET", "/sessions/2/"))
        answers = load.closed_loop(site.port, itertools.repeat(ask), clients=CLIENTS, seconds=1.5 * OLDEST)
        now = f'"remainingAttendeeCapacity": {30 - taken}'.encode()
        oldest = max([oldest, *(answer.got - changed for answer in answers if now not in answer.body)])
    print(f"seats         the former number was shown for {oldest:.2f} s at most, goal {OLDEST:.0f}")
    return oldest <= OLDEST


def update(environment: dict[str, str], statement: str) -> None:
    if url := environment.get("QIXUE_DATABASE_URL"):
        servers.psql(url, statement)
        return
    with contextlib.closing(city.connected(environment)) as connection, connection:
        connection.execute(statement)


if __name__ == "__main__":
    sys.exit(main())
