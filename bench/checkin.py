"""The door at strength (P5): 16 doors online, and 10 phones that deliver a day of scans three times over.

The shipped server on a fresh database, as in registration.py. Online each of 16 phones sends one scan, waits for its
answer and sends the next. Offline each of 10 phones holds 500 scans, many of people whom others scanned too, and sends
them three times, each time in another order, all phones at once. Whoever was scanned must be in once, nobody else.

    .venv/bin/python bench/checkin.py
    .venv/bin/python bench/checkin.py --database sqlite --seconds 2
    .venv/bin/python bench/checkin.py --peer          # and pretix in turn
"""

import argparse
import datetime
import itertools
import json
import random
import signal
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import load
import pretix_peer
import raw_limit
import servers

PORT = 8111
ROUNDS = 3
DOORS, PHONES, HELD, TIMES = 16, 10, 500, 3
PEOPLE, APART = 20_000, 4_000  # expected at the session; of whom only the last are scanned by phones without a network
GOAL_OF_SINGLES, GOAL_OF_PEER, SEED = 0.1, 20, 20161112
PACE = datetime.timedelta(seconds=1.2)  # between two scans of a phone
HERE = Path(__file__).parent


@dataclass
class Scene:
    session: int
    codes: list[str]
    tokens: list[str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--seconds", type=float, default=4.0, help="length of a round; less is for trying out")
    parser.add_argument("--peer", action="store_true", help="measure pretix in turn; installed the first time")
    parser.add_argument("--scratch", default="/tmp/qixue-bench", help="where databases are kept")  # noqa: S108 - a default
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers are stopped on the way out
    is_met = True
    for kind in options.database:
        with servers.database(kind, servers.scratch_folder(options.scratch)) as environment:
            print(f"\n{kind}: {servers.must_be_durable(environment)}")
            scene = made_scene(environment)
            with servers.running(servers.Site(environment, PORT)):
                is_met &= measured(environment, scene, options)
    if not options.peer:
        print("\npretix is not measured in this run: raw and hello of the same run are the yardstick.")
    return 0 if is_met else 1


def measured(environment: dict[str, str], scene: Scene, options: argparse.Namespace) -> bool:
    doors, is_met = Doors(scene), True
    singles = online(environment, doors, options.seconds)
    if options.peer:
        own = {"16 doors": (doors.scanned, GOAL_OF_PEER)}
        is_met &= pretix_peer.beside(own, "check-ins", scratch=Path(options.scratch), seconds=options.seconds)
    return is_met & batches(environment, scene, singles)


def made_scene(environment: dict[str, str]) -> Scene:
    command = [sys.executable, str(HERE / "door_scene.py"), str(PEOPLE), str(DOORS + PHONES + 1)]
    answer = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return Scene(**json.loads(answer.stdout.splitlines()[-1]))


def scan(scene: Scene, code: str, sequence: int) -> dict[str, Any]:
    """A phone scans at most one person a second: more of them would be put before a person, and rightly so."""
    moment = (datetime.datetime.now(datetime.UTC) - sequence * PACE).isoformat()
    return {
        "uuid": str(uuid.uuid4()),
        "sequence": sequence,
        "session": scene.session,
        "kind": "code",
        "occurred_at": moment,
        "code": code,
    }


def delivery(token: str, scans: list[dict[str, Any]], name: Any = None) -> load.Ask:
    body = {
        "clock": datetime.datetime.now(datetime.UTC).isoformat(),
        "highest_sequence": max(each["sequence"] for each in scans),
        "scans": scans,
    }
    return load.Ask(load.request("POST", "/api/v1/door/scans", token=token, body=json.dumps(body).encode()), name)


def must_be_in(answers: list[load.Answer], *verdicts: str) -> None:
    found = Counter((answer.status, row["verdict"]) for answer in answers for row in json.loads(answer.body)["results"])
    assert set(found) <= {(200, verdict) for verdict in verdicts}, found


class Doors:
    """Sixteen phones online, each with the next who has not come yet."""

    def __init__(self, scene: Scene) -> None:
        self.asks = self.each_asks(scene)

    def each_asks(self, scene: Scene) -> Iterator[load.Ask]:
        numbers = [itertools.count(1) for _door in range(DOORS)]
        for turn, code in enumerate(scene.codes[:-APART]):
            door = turn % DOORS
            yield delivery(scene.tokens[door], [scan(scene, code, next(numbers[door]))])

    def scanned(self, seconds: float) -> list[load.Answer]:
        """One scan for each request, for so long."""
        answers = load.closed_loop(PORT, self.asks, clients=DOORS, seconds=seconds)
        must_be_in(answers, "counted")
        return answers


def online(environment: dict[str, str], doors: Doors, seconds: float) -> float:
    """16 doors at once, one scan for each request. Returns scans per second."""
    own, raw, hello, waits = [], [], [], []
    must_be_in(load.closed_loop(PORT, itertools.islice(doors.asks, 50), clients=DOORS), "counted")
    for _round in range(ROUNDS):
        answers = doors.scanned(seconds)
        own.append(load.per_second(answers))
        waits.append([load.percentile(answers, share) for share in (0.5, 0.95, 1.0)])
        raw.append(raw_limit.per_second(environment, seconds / 2, DOORS))
        empty = (load.Ask(load.request("GET", "/healthz")) for _forever in itertools.repeat(0))
        hello.append(load.per_second(load.closed_loop(PORT, empty, clients=DOORS, seconds=seconds / 2)))
    rate, limit, nothing = load.middle(own), load.middle(raw), load.middle(hello)
    median, late, worst = (load.middle(values) for values in zip(*waits, strict=True))
    rounds = " ".join(f"{value:,.0f}" for value in own)
    print(
        f"P5 {DOORS} doors    {rate:,.0f}/s  rounds {rounds}  p50 {median:.0f} ms, p95 {late:.0f}, longest {worst:.0f}"
    )
    print(
        f"   raw        {limit:,.0f}/s  ratio {rate / limit:.2f};  hello {nothing:,.0f}/s  ratio {rate / nothing:.2f}"
    )
    return rate


def batches(environment: dict[str, str], scene: Scene, singles: float) -> bool:
    """One batch against single calls; then all phones, three times over, in any order."""
    apart, dice = scene.codes[-APART:], random.Random(SEED)  # noqa: S311 - a test must come out alike
    before = people_in(environment, scene)
    lone = [scan(scene, code, number) for number, code in enumerate(apart[:HELD], start=1)]
    [answer] = load.closed_loop(PORT, [delivery(scene.tokens[-1], lone)], clients=1)
    must_be_in([answer], "counted")
    ratio = answer.seconds / (HELD / singles)
    print(f"   batch      {HELD} scans in {answer.seconds:.2f} s = {ratio:.2f} x single calls, goal {GOAL_OF_SINGLES}")
    held = {
        token: [scan(scene, code, number) for number, code in enumerate(dice.sample(apart, HELD), start=1)]
        for token in scene.tokens[DOORS : DOORS + PHONES]
    }
    asks = []
    for token, scans in [pair for pair in held.items() for _time in range(TIMES)]:
        asks.append(delivery(token, dice.sample(scans, len(scans)), token))
    dice.shuffle(asks)
    answers = load.closed_loop(PORT, asks, clients=PHONES)
    must_be_in(answers, "counted", "already_in")
    union = {each["code"] for scans in held.values() for each in scans} | set(apart[:HELD])
    found = people_in(environment, scene) - before
    seconds = max(answer.got for answer in answers) - min(answer.sent for answer in answers)
    is_exact = found == len(union)
    print(f"   offline    {PHONES} x {HELD} scans, {TIMES} times shuffled: {found:,} of {len(union):,} people in")
    print(f"              {len(answers) * HELD:,} scans in {seconds:.1f} s")
    return is_exact and ratio <= GOAL_OF_SINGLES


def people_in(environment: dict[str, str], scene: Scene) -> int:
    """How many the ledger has, each once."""
    where = f"session_id = {scene.session} AND kind = 'attendance'"
    statement = f"SELECT COUNT(*), COUNT(DISTINCT person_token) FROM participation_ledgerentry WHERE {where}"  # noqa: S608 - a number of ours
    [(rows, people)] = servers.counted(environment, statement)
    assert rows == people, "somebody is in twice"
    return int(people)


if __name__ == "__main__":
    sys.exit(main())
