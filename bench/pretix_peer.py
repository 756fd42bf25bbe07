"""pretix, the peer that the goals name, side by side with Qixue in one run: orders, shop page and check-in.

`beside` alternates rounds of Qixue and of pretix and prints the ratio; registration.py, checkin.py and public_pages.py
call it when they are given --peer. Every answer is checked and pretix's database is counted after each round.
pretix runs on PostgreSQL also where Qixue runs on SQLite: there it takes no locks and loses orders, and its authors
mean it for trying out only. Where pretix cannot be installed, raw and hello of the same run remain the yardstick.

    .venv/bin/python bench/pretix_peer.py       # pretix alone; the first time it is installed: 5 to 10 minutes
"""

import argparse
import itertools
import json
import signal
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import load
import pretix_server
import servers

ROUNDS, WARM_UP = 3, 50
CLIENTS = {"orders": 16, "pages": 8, "check-ins": 16}
API, SHOP = "/api/v1/organizers/bench", "/bench/surge/"
Load = Callable[[float], list[load.Answer]]  # takes seconds


class Peer:
    """The three loads on a pretix that runs. Each takes seconds and gives the checked answers."""

    def __init__(self, scene: pretix_server.Scene) -> None:
        self.scene, self.secrets = scene, iter(scene.secrets)
        self.loads: dict[str, Load] = {"orders": self.orders, "pages": self.shop, "check-ins": self.check_ins}

    def warmed(self, name: str) -> Load:
        """The load, after its first requests: each worker has then read its code."""
        count = 0
        while count < WARM_UP:
            count += len(self.loads[name](1))
        return self.loads[name]

    def orders(self, seconds: float) -> list[load.Answer]:
        """Each order a free place of its own, under a key of its own."""
        statement = "SELECT COUNT(*) FROM pretixbase_order o JOIN pretixbase_event e ON e.id = o.event_id"
        statement += " WHERE e.slug = 'surge' AND o.status = 'p'"
        before = self.scene.counted(statement)
        asks = (order(self.scene, number) for number in itertools.count())
        answers = asked(asks, CLIENTS["orders"], seconds)
        must_be(answers, 201, '"status":"p"')
        assert len({json.loads(answer.body)["code"] for answer in answers}) == len(answers), "a code was given twice"
        assert self.scene.counted(statement) - before == len(answers), "pretix has other orders than it acknowledged"
        return answers

    def shop(self, seconds: float) -> list[load.Answer]:
        asks = (load.Ask(load.request("GET", SHOP)) for _forever in itertools.repeat(0))
        answers = asked(asks, CLIENTS["pages"], seconds)
        must_be(answers, 200, "座位")
        return answers

    def check_ins(self, seconds: float) -> list[load.Answer]:
        """Each ticket once."""
        statement = "SELECT COUNT(DISTINCT position_id) FROM pretixbase_checkin WHERE successful"
        before = self.scene.counted(statement)
        answers = asked((redemption(self.scene, each) for each in self.secrets), CLIENTS["check-ins"], seconds)
        must_be(answers, 201, '"status":"ok"')
        assert self.scene.counted(statement) - before == len(answers), "pretix has other people in than it acknowledged"
        return answers


def order(scene: pretix_server.Scene, number: int) -> load.Ask:
    position = {"item": scene.item, "attendee_name_parts": {"full_name": f"居民{number}"}, "answers": []}
    body = {"email": f"p{number}@example.cn", "locale": "en", "sales_channel": "web", "positions": [position]}
    return post(scene, f"{API}/events/surge/orders/", body)


def redemption(scene: pretix_server.Scene, secret: str) -> load.Ask:
    return post(scene, f"{API}/checkinrpc/redeem/", {"secret": secret, "lists": [scene.checkin_list]})


def post(scene: pretix_server.Scene, path: str, body: Mapping[str, object]) -> load.Ask:
    key = str(uuid.uuid4())
    headers = {"Authorization": f"Token {scene.token}", "X_Idempotency_Key": key}
    return load.Ask(load.request("POST", path, body=json.dumps(body).encode(), **headers), key)


def asked(asks: Iterable[load.Ask], clients: int, seconds: float) -> list[load.Answer]:
    """A closed loop with a connection for each request: gunicorn's workers keep none open."""
    until = time.perf_counter() + seconds
    return load.retried_loop(pretix_server.PORT, before(until, asks), clients=clients)


def before(until: float, asks: Iterable[load.Ask]) -> Iterator[load.Ask]:
    return itertools.takewhile(lambda _ask: time.perf_counter() < until, asks)


def must_be(answers: list[load.Answer], status: int, words: str) -> None:
    bad = [answer for answer in answers if answer.status != status or words.encode() not in answer.body]
    statuses = Counter(answer.status for answer in answers)
    assert not bad, f"{len(bad)} of {statuses} are not as they should be; the first: {bad[0]}"


def beside(own: Mapping[str, tuple[Load, float]], name: str, *, scratch: Path, seconds: float) -> bool:
    """Rounds of Qixue and of pretix in turn. `own` has what makes a round of each of Qixue's loads, and its goal.

    False where a goal is missed, which without pretix none is.
    """
    try:
        with pretix_server.running(scratch) as scene:
            rates = in_turn({each: ours for each, (ours, _goal) in own.items()}, Peer(scene).warmed(name), seconds)
    except pretix_server.NotInstalled as error:
        print(f"   {error} Raw and hello of this run remain the yardstick.")
        return True
    yardstick = load.middle(rates["pretix"])
    print(f"   pretix     {name} {yardstick:.1f}/s  rounds {listed(rates['pretix'])}")
    ratios = {each: load.middle(rates[each]) / yardstick for each in own}
    for each, (_ours, goal) in own.items():
        print(f"   {each:<10} in turn {listed(rates[each])}  = {ratios[each]:.1f} x pretix, goal {goal:g}")
    return all(ratios[each] >= goal for each, (_ours, goal) in own.items())


def in_turn(own: Mapping[str, Load], theirs: Load, seconds: float) -> dict[str, list[float]]:
    """Answers in a second of each round."""
    loads = {**own, "pretix": theirs}
    rates: dict[str, list[float]] = {name: [] for name in loads}
    for name, each in [*loads.items()] * ROUNDS:
        rates[name].append(load.per_second(each(seconds)))
    return rates


def listed(values: Iterable[float]) -> str:
    return " ".join(f"{value:,.1f}" for value in values)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4.0, help="length of a round; less is for trying out")
    parser.add_argument("--only", nargs="+", choices=list(CLIENTS), default=list(CLIENTS))
    parser.add_argument("--scratch", default="/tmp/qixue-bench", help="where databases are kept")  # noqa: S108 - a default
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers are stopped on the way out
    try:
        with pretix_server.running(servers.scratch_folder(options.scratch)) as scene:
            alone(Peer(scene), options.only, options.seconds)
    except pretix_server.NotInstalled as error:
        print(error)
        return 1
    return 0


def alone(peer: Peer, names: list[str], seconds: float) -> None:
    for name in names:
        one = peer.warmed(name)
        rounds = [one(seconds) for _round in range(ROUNDS)]
        rates = [load.per_second(answers) for answers in rounds]
        late = [load.percentile([answer for answers in rounds for answer in answers], share) for share in (0.5, 0.95)]
        print(f"{name:<10} {load.middle(rates):5.1f}/s  rounds {listed(rates)}  p50, p95 {listed(late)} ms", flush=True)


if __name__ == "__main__":
    sys.exit(main())
