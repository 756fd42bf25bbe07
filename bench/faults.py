"""What goes wrong on the way: a proxy that loses answers, and a server that is killed at any moment."""

import contextlib
import itertools
import json
import random
import socket
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import city
import load
import servers

SEED = 20161112


@contextlib.contextmanager
def dropping_proxy(upstream: int, *, share: float) -> Iterator[tuple[int, Callable[[], int]]]:
    """A TCP proxy that passes each request on, and closes without a word instead of passing back some answers.

    Yields its port and what tells how many answers were lost: each had been given by the server.
    """
    dice, lost = random.Random(SEED), itertools.count()  # noqa: S311 - a test must come out alike
    losses = [0]
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)

    def carry(client: socket.socket) -> None:
        with client, contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", upstream), 10) as server:
            client.settimeout(30)
            server.settimeout(30)
            while request := client.recv(65536):
                server.sendall(request)
                answer = server.recv(65536)
                while load.complete(answer) is None:
                    answer += server.recv(65536)
                if dice.random() < share:
                    losses[0] = next(lost) + 1
                    return
                client.sendall(answer)

    def listen() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = listener.accept()
                threading.Thread(target=carry, args=(client,), daemon=True).start()

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield listener.getsockname()[1], lambda: losses[0]
    finally:
        listener.close()


@dataclass(frozen=True)
class Killing:
    """How often, unless so many seconds are over before: on a busy machine a start takes long."""

    count: int
    seconds: float


def answers_despite_kills(
    environment: dict[str, str], port: int, killing: Killing, asks: Iterable[load.Ask]
) -> tuple[int, list[load.Answer]]:
    """The server dies at random moments under load and starts again. Returns how often, and what it acknowledged."""
    dice = random.Random()  # noqa: S311 - other moments in each run: many short runs try as many as a long one
    site = servers.Site(environment, port, has_worker=False)
    acknowledged: list[load.Answer] = []
    is_over = threading.Event()
    asked = itertools.takewhile(lambda _ask: not is_over.is_set(), asks)

    def send() -> None:
        acknowledged.extend(load.retried_loop(port, asked, clients=8))

    client = threading.Thread(target=send, daemon=True)  # it would go on for ever after an error here
    until, count = time.monotonic() + killing.seconds, 0
    with servers.running(site):
        client.start()
        while count < killing.count and time.monotonic() < until:
            time.sleep(dice.uniform(0.05, 0.6))
            site.kill()
            site.start()
            count += 1
        is_over.set()
        client.join()
    return count, acknowledged


def must_be_whole(environment: dict[str, str]) -> None:
    if "QIXUE_DATABASE_URL" not in environment:
        assert servers.counted(environment, "PRAGMA integrity_check") == [("ok",)]


def kills(
    environment: dict[str, str],
    port: int,
    killing: Killing,
    session: int,
    signing_up: Callable[[int, int, str], load.Ask],
) -> bool:
    """F1: what was acknowledged is there, once."""
    asks = (signing_up(session, person, str(uuid.uuid4())) for person in range(1, city.PEOPLE + 1))
    count, acknowledged = answers_despite_kills(environment, port, killing, asks)
    told, there = nothing_lost(environment, session, acknowledged)
    print(f"   kills      {count} kills, {told:,} acknowledged registrations all there once, {there:,} in all")
    return True


def nothing_lost(environment: dict[str, str], session: int, acknowledged: list[load.Answer]) -> tuple[int, int]:
    """How many people were told that they are in, each of whom is there once, and how many are there."""
    statuses = Counter(answer.status for answer in acknowledged)
    assert set(statuses) == {201}, (statuses, next(a.body for a in acknowledged if a.status != 201))
    statement = f"SELECT id, resident_id FROM participation_registration WHERE session_id = {session}"  # noqa: S608 - a number of ours
    rows = dict(servers.counted(environment, statement))
    told = {row["id"]: row["resident_id"] for a in acknowledged for row in json.loads(a.body)["people"]}
    lost = [key for key, person in told.items() if rows.get(key) != person]
    assert not lost, f"{len(lost)} acknowledged registrations are not there"
    assert len(set(rows.values())) == len(rows), "somebody is there twice"
    taken = f"SELECT taken_count FROM programme_session WHERE id = {session}"  # noqa: S608 - a number of ours
    assert servers.counted(environment, taken) == [(len(rows),)]
    must_be_whole(environment)
    return len(told), len(rows)
