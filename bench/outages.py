"""What goes wrong around the site: a full disk (F2), and a PostgreSQL that restarts or that is out of reach (F3).

Eight people at a time sign up all the while, each under a key, and who is refused or cut off sends the same again
until it is acknowledged; meanwhile pages are read. Once the trouble is over nobody lends a hand: within ten seconds
signing up must go on, and all that was acknowledged must be there, once, and nothing else.

    .venv/bin/python bench/outages.py                                  # all of it, each trouble 30 s: four minutes
    .venv/bin/python bench/outages.py --only full restart --seconds 5

The disk is a tmpfs below --scratch where it may be mounted (by root), else a limit on the size of files.
"""

import argparse
import contextlib
import http.client
import itertools
import signal
import socket
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import city
import faults
import load
import servers
import troubles
from registration import signing_up

PORT, PROXY_PORT = 8114, 8115
HUGE, CLIENTS = 1_000_000, 8
RECOVERED = 10  # seconds, the goal
BEFORE, AFTERWARDS = 2.0, 5.0  # seconds of load on either side of a trouble
REFUSED = (503, 507)
READ = ("/programmes/week/", "/api/v1/me")


@dataclass
class Reader:
    """Reads a page and an answer of the API in turn all the while: when, and with which status (0: cut off)."""

    seen: list[tuple[float, int]] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        for path in itertools.cycle(READ):
            if self.is_over.wait(0.1):
                return
            self.seen.append((time.perf_counter(), self.status(path)))

    def status(self, path: str) -> int:
        connection = http.client.HTTPConnection(servers.HOST, PORT, timeout=5)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", path, headers={"Authorization": f"Bearer {city.token_of(1)}"})
            return connection.getresponse().status
        return 0

    def between(self, began: float, ended: float) -> Counter[int]:
        return Counter(status for at, status in self.seen if began <= at < ended)


def main() -> int:
    every = ["full", "restart", "cut", "slow", "silent", "half_close"]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=every, default=every)
    parser.add_argument("--seconds", type=float, default=30.0, help="length of each trouble")
    parser.add_argument("--scratch", default="/tmp/qixue-bench", help="where databases are kept")  # noqa: S108 - a default
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers are stopped on the way out
    scratch = servers.scratch_folder(options.scratch)
    is_met = full(scratch, options.seconds) if "full" in options.only else True
    if of_postgresql := [name for name in options.only if name != "full"]:
        is_met &= postgresql(scratch, of_postgresql, options.seconds)
    return 0 if is_met else 1


def full(scratch: Path, seconds: float) -> bool:
    """F2 on SQLite: the disk with its database and everything else that the site writes."""
    with troubles.small_disk(scratch / "disk") as disk:
        environment = servers.environment_for(disk.folder / "var", "")
        (scratch / "sqlite").mkdir(exist_ok=True)
        city.sqlite_copy(environment, scratch / "sqlite")
        site = servers.Site(environment, PORT)
        with servers.running(site):
            outcome = met_with("full", environment, 0, lambda: disk.fill(site, seconds))
    return outcome.is_met(statuses={507}, is_read=True)


def postgresql(scratch: Path, names: list[str], seconds: float) -> bool:
    """F3: one trouble after the other, with the site behind a proxy."""
    with servers.database("postgresql", scratch):
        pass  # a fresh copy
    folder, is_met = scratch / "postgresql", True
    proxy = troubles.Proxy(folder / "run" / ".s.PGSQL.5432")
    with contextlib.ExitStack() as server, socket.create_server((servers.HOST, PROXY_PORT)) as listener:
        threading.Thread(target=proxy.listen, args=(listener,), daemon=True).start()
        url = server.enter_context(servers.postgresql(folder))
        direct = servers.environment_for(scratch / "postgresql" / "var", url("qixue"))
        through = {**direct, "QIXUE_DATABASE_URL": f"postgresql://qixue@{servers.HOST}:{PROXY_PORT}/qixue"}

        def restart(seconds: float) -> None:
            server.close()
            time.sleep(seconds)
            server.enter_context(servers.postgresql(folder))

        all_of_them: dict[str, Callable[[float], None]] = {
            "restart": restart,
            "cut": proxy.cut,
            "slow": proxy.slow,
            "silent": proxy.silent,
            "half_close": proxy.half_close,
        }
        with servers.running(servers.Site(through, PORT)):
            for number, name in enumerate(names):
                outcome = met_with(name, direct, number, lambda act=all_of_them[name]: act(seconds))
                is_met &= outcome.is_met(statuses={503}, is_read=False)
    return is_met


@dataclass
class Outcome:
    """Moments are those of time.perf_counter."""

    name: str
    answers: list[load.Answer]
    reads: Counter[int]
    ended: float

    def is_met(self, *, statuses: set[int], is_read: bool) -> bool:
        """Whether it went on in time, and nobody was answered anything but these statuses meanwhile."""
        told = Counter(answer.status for answer in self.answers)
        refused = [answer.got for answer in self.answers if answer.status != 201]
        first = min(a.got for a in self.answers if a.status == 201 and a.sent > self.ended) - self.ended
        last = max(refused, default=self.ended) - self.ended
        print(f"{self.name:10} {told[201]:,} acknowledged, all there once and nothing else")
        print(f"           refused {dict(told - Counter({201: told[201]}))}, read meanwhile {dict(self.reads)}")
        print(f"           afterwards first {first:.1f} s, last refusal {last:.1f} s  goal {RECOVERED}")
        is_read_throughout = set(self.reads) == {200}
        return set(told) <= {201, *statuses} and max(first, last) <= RECOVERED and (is_read_throughout or not is_read)


def met_with(name: str, direct: dict[str, str], number: int, trouble: Callable[[], None]) -> Outcome:
    """The trouble in the midst of people who sign up and read. `direct`: past the trouble to the database."""
    session = next(itertools.islice(city.sessions_with(HUGE), number, None))
    asks = (signing_up(session, person, str(uuid.uuid4())) for person in range(1, city.PEOPLE + 1))
    reader, answers = Reader(), []
    asked = itertools.takewhile(lambda _ask: not reader.is_over.is_set(), asks)
    acts = (
        lambda: answers.extend(load.retried_loop(PORT, asked, clients=CLIENTS, refused=REFUSED)),
        reader.read,
    )
    threads = [threading.Thread(target=act, daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    time.sleep(BEFORE)
    began = time.perf_counter()
    trouble()
    ended = time.perf_counter()
    time.sleep(AFTERWARDS)
    reader.is_over.set()
    for thread in threads:
        thread.join()
    acknowledged = [answer for answer in answers if answer.status not in REFUSED]
    told, there = faults.nothing_lost(direct, session, acknowledged)
    assert told == there, f"{there} are in the database, and {told} know of it"
    return Outcome(name, answers, reader.between(began, ended), ended)


if __name__ == "__main__":
    sys.exit(main())
