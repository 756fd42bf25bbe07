"""The door at strength (P5): 16 doors online, and 10 phones that deliver a day of scans three times over.

The shipped server on a fresh database, as in registration.py. Online each of 16 phones sends one scan, waits for its
answer and sends the next. A phone that comes back with 500 scans sends them in one batch; beside it stand as many calls
of 16 doors at once, which is the goal, and as many of one phone, one after the other. Offline each of 10 phones holds
500 scans, many of people whom others scanned too, and sends them three times, each time in another order, all phones at
once. Whoever was scanned must be in once, nobody else. Then the server is killed at random moments while 16 doors scan:
each scan that was acknowledged must be there, once, and the chain of the ledger must hold.

    .venv/bin/python bench/checkin.py                      # all of it on both databases, 100 kills
    .venv/bin/python bench/checkin.py --database sqlite --seconds 2 --kills 5 --only online batches kills
    .venv/bin/python bench/checkin.py --only million       # 1,000,000 scans of 400 phones; --scans for fewer
    .venv/bin/python bench/checkin.py --peer               # and pretix in turn
"""

import argparse
import datetime
import itertools
import json
import random
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import faults
import load
import pretix_peer
import raw_limit
import servers

PORT = 8111
ROUNDS = 3
DOORS, PHONES, LONE, HELD, TIMES = 16, 10, 3, 500, 3
PEOPLE, APART = 20_000, 4_000  # expected at the session; of whom only the last are scanned by phones without a network
GOAL_OF_SINGLES, GOAL_OF_PEER, SEED = 0.1, 20, 20161112
PACE = datetime.timedelta(seconds=1.2)  # between two scans of a phone
PARTS = ("online", "batches", "kills")
HELD_LONG, GOAL_OF_MILLION = 2_500, 300  # scans of a phone when very many are merged; seconds
HERE = Path(__file__).parent


@dataclass
class Scene:
    """The session, and the phones at its doors. Those without a network come after the 16 doors."""

    session: int
    codes: list[str]
    tokens: list[str]
    began: datetime.datetime = field(default_factory=lambda: datetime.datetime.now(datetime.UTC))

    def __post_init__(self) -> None:
        self.fresh = iter(self.codes[:-APART])
        self.numbers = [itertools.count(1) for _door in range(DOORS)]
        self.came: set[str] = set()  # whose codes were scanned

    def at_the_doors(self) -> Iterator[load.Ask]:
        """Each person once, at one door after the other."""
        for door, code in zip(itertools.cycle(range(DOORS)), self.fresh):
            yield self.shown(code, door)

    def at_the_door(self, door: int) -> Iterator[load.Ask]:
        """People whom nobody has scanned yet."""
        return (self.shown(code, door) for code in self.fresh)

    def shown(self, code: str, door: int) -> load.Ask:
        sent = scan(self, code, next(self.numbers[door]))
        self.came.add(code)
        return delivery(self.tokens[door], [sent], sent["uuid"])


class Cost(NamedTuple):
    """Of one scan, in seconds: by the clock, and of the site's processor."""

    clock: float
    processor: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    servers.add_databases(parser)
    parser.add_argument("--seconds", type=float, default=4.0, help="length of a round; less is for trying out")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--kill-seconds", type=float, default=3600, help="no further kill after so long")
    parser.add_argument("--scans", type=int, default=1_000_000, help="how many are merged in the part million")
    parser.add_argument("--only", nargs="+", choices=[*PARTS, "million"], default=PARTS)
    parser.add_argument("--peer", action="store_true", help="measure pretix in turn; installed the first time")
    options = parser.parse_args()
    is_met = servers.met_on_each(options, lambda environment: measured(environment, options))
    if not options.peer:
        print("\npretix is not measured in this run: raw and hello of the same run are the yardstick.")
    return 0 if is_met else 1


def measured(environment: dict[str, str], options: argparse.Namespace) -> bool:
    many = -(-options.scans // HELD_LONG) if "million" in options.only else 0
    is_met = True
    if set(options.only) != {"kills"}:
        is_met = loaded(environment, made_scene(environment, DOORS + PHONES + LONE + many), options)
    if "kills" in options.only:
        kills(environment, faults.Killing(options.kills, options.kill_seconds))
    return is_met


def loaded(environment: dict[str, str], scene: Scene, options: argparse.Namespace) -> bool:
    """What one server goes through from its start to its end."""
    is_met = True
    with servers.running(servers.Site(environment, PORT)) as site:
        singles = online(site, scene, options.seconds) if "online" in options.only else None
        if options.peer:
            own = {"16 doors": (partial(scanned, scene), GOAL_OF_PEER)}
            is_met &= pretix_peer.beside(own, "check-ins", scratch=Path(options.scratch), seconds=options.seconds)
        if "batches" in options.only:
            is_met &= batches(site, scene, singles)
        if "million" in options.only:
            is_met &= million(environment, scene, options.scans)
    return is_met


def made_scene(environment: dict[str, str], phones: int) -> Scene:
    command = [sys.executable, str(HERE / "door_scene.py"), str(PEOPLE), str(phones)]
    answer = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return Scene(**json.loads(answer.stdout.splitlines()[-1]))


def scan(scene: Scene, code: str, sequence: int) -> dict[str, Any]:
    """A phone scans at most one person a second: more of them would be put before a person, and rightly so."""
    moment = (scene.began - sequence * PACE).isoformat()
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


def scanned(scene: Scene, seconds: float) -> list[load.Answer]:
    """One scan for each request, for so long; each phone waits for its answer."""
    answers = load.closed_loops(PORT, map(scene.at_the_door, range(DOORS)), seconds=seconds)
    must_be_in(answers, "counted")
    return answers


def online(site: servers.Site, scene: Scene, seconds: float) -> Cost:
    """16 doors at once, one scan for each request."""
    own, raw, hello, waits, costs = [], [], [], [], []
    must_be_in(load.closed_loop(PORT, itertools.islice(scene.at_the_doors(), 50), clients=DOORS), "counted")
    for _round in range(ROUNDS):
        spent = site.processor_seconds()
        answers = scanned(scene, seconds)
        costs.append((site.processor_seconds() - spent) / len(answers))
        own.append(load.per_second(answers))
        waits.append([load.percentile(answers, share) for share in (0.5, 0.95, 1.0)])
        raw.append(raw_limit.per_second(site.environment, seconds / 2, DOORS))
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
    print(f"   processor  {1000 * load.middle(costs):.2f} ms of the site for each")
    return Cost(1 / rate, load.middle(costs))


def batches(site: servers.Site, scene: Scene, singles: Cost | None) -> bool:
    """A batch against single calls, those of 16 doors where they were measured; then all phones, three times over, in
    any order.
    """
    apart, dice = scene.codes[-APART:], random.Random(SEED)  # noqa: S311 - a test must come out alike
    alone = one_by_one(site, scene, apart[LONE * HELD :][:HELD])
    batch = lone_batches(site, scene)
    compared(batch, alone, "of the same phone one by one")
    is_met = singles is None or compared(batch, singles, f"of {DOORS} doors at once") <= GOAL_OF_SINGLES
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
    scene.came.update(each["code"] for scans in held.values() for each in scans)
    found = people_in(site.environment, scene)
    seconds = max(answer.got for answer in answers) - min(answer.sent for answer in answers)
    is_exact = found == len(scene.came)
    print(f"   offline    {PHONES} x {HELD} scans, {TIMES} times shuffled: {found:,} of {len(scene.came):,} people in")
    print(f"              {len(answers) * HELD:,} scans in {seconds:.1f} s")
    return is_exact and is_met


def one_by_one(site: servers.Site, scene: Scene, codes: list[str]) -> Cost:
    """A phone with as many scans as a batch has sends each in a call of its own, over one connection."""
    asks, spent = [scene.shown(code, 0) for code in codes], site.processor_seconds()
    answers = load.closed_loop(PORT, asks, clients=1)
    cost = Cost(1 / load.per_second(answers), (site.processor_seconds() - spent) / len(answers))
    must_be_in(answers, "counted")
    print(f"   one by one {1 / cost.clock:,.0f}/s, {1000 * cost.processor:.2f} ms of the site for each")
    return cost


def lone_batches(site: servers.Site, scene: Scene) -> Cost:
    """Phones that come one after the other."""
    came = scene.codes[-APART:][: LONE * HELD]
    scene.came.update(came)
    times, costs = [], []
    for phone, token in enumerate(scene.tokens[DOORS + PHONES :][:LONE]):
        codes = came[phone * HELD :][:HELD]
        ask = delivery(token, [scan(scene, code, number) for number, code in enumerate(codes, start=1)])
        spent = site.processor_seconds()
        answers = load.closed_loop(PORT, [ask], clients=1)
        costs.append((site.processor_seconds() - spent) / HELD)
        must_be_in(answers, "counted")
        times += [answer.seconds for answer in answers]
    each = " ".join(f"{value:.2f}" for value in times)
    print(f"   batch      {HELD} scans in {each} s, {1000 * load.middle(costs):.2f} ms of the site for each")
    return Cost(load.middle(times) / HELD, load.middle(costs))


def compared(batch: Cost, single: Cost, whose: str) -> float:
    """How much of the time of single calls a batch takes."""
    clock, processor = batch.clock / single.clock, batch.processor / single.processor
    print(f"              {clock:.2f} x calls {whose}, {processor:.2f} of the processor, goal {GOAL_OF_SINGLES}")
    return clock


def million(environment: dict[str, str], scene: Scene, count: int) -> bool:
    """Very many scans of phones that had no network, most of people whom others scanned, too: merged exactly."""
    dice, seconds, merged = random.Random(SEED), 0.0, 0  # noqa: S311 - a test must come out alike
    for token in scene.tokens[DOORS + PHONES + LONE :]:
        held = dice.sample(scene.codes, min(HELD_LONG, count - merged))
        scans = [scan(scene, code, number) for number, code in enumerate(held, start=1)]
        asks = [delivery(token, scans[start : start + HELD]) for start in range(0, len(scans), HELD)]
        answers = load.closed_loop(PORT, asks, clients=PHONES)
        must_be_in(answers, "counted", "already_in")
        seconds += max(answer.got for answer in answers) - min(answer.sent for answer in answers)
        merged += len(scans)
        scene.came.update(held)
    found = people_in(environment, scene)
    rate = merged / seconds
    print(
        f"   million    {merged:,} scans merged in {seconds:.0f} s, {rate:,.0f}/s, stretch {GOAL_OF_MILLION} s for all"
    )
    print(f"              {found:,} of {len(scene.came):,} people in")
    return found == len(scene.came) and 1_000_000 / rate <= GOAL_OF_MILLION


def kills(environment: dict[str, str], killing: faults.Killing) -> None:
    """F1: scans that were acknowledged under kills of the server are there, once, and the chain holds."""
    scene = made_scene(environment, DOORS)
    count, acknowledged = faults.answers_despite_kills(environment, PORT, killing, scene.at_the_doors())
    must_be_in(acknowledged, "counted")
    stored = Counter(
        str(uuid.UUID(str(key)))
        for (key,) in servers.counted(environment, "SELECT uuid FROM participation_scan WHERE entry_id IS NOT NULL")
    )
    lost = [answer.name for answer in acknowledged if stored[answer.name] != 1]
    assert not lost, f"{len(lost)} acknowledged scans are not there once"
    found = people_in(environment, scene)
    assert found >= len(acknowledged), "an acknowledged scan let nobody in"
    faults.must_be_whole(environment)
    subprocess.run([str(servers.QIXUE), "ledger", "verify"], env=environment, check=True, stdout=subprocess.DEVNULL)
    print(f"   kills      {count} kills, {len(acknowledged):,} acknowledged scans all there once, {found:,} in all")


def people_in(environment: dict[str, str], scene: Scene) -> int:
    """How many the ledger has, each once."""
    where = f"session_id = {scene.session} AND kind = 'attendance'"
    statement = f"SELECT COUNT(*), COUNT(DISTINCT person_token) FROM participation_ledgerentry WHERE {where}"  # noqa: S608 - a number of ours
    [(rows, people)] = servers.counted(environment, statement)
    assert rows == people, "somebody is in twice"
    return int(people)


if __name__ == "__main__":
    sys.exit(main())
