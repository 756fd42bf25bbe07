"""Registration at strength: the surge (P1), the fair queue (P2), dropped answers, and kills of the server.

The shipped server (`qixue serve`, 2 workers of 8 threads, its worker beside it) on a fresh database with 2,000
activities and 30,000 people with a token each. Rounds alternate between Qixue, the raw limit of the database (one
durable commit for each act on one hot row) and an empty answer of the same server; medians count. Every answer is
checked and the database is counted after each round. Without durable settings a run is void.

    .venv/bin/python bench/registration.py                      # all of it on both databases, 100 kills: 15 minutes
    .venv/bin/python bench/registration.py --database sqlite --seconds 2 --kills 5 --only surge fair drops kills
    .venv/bin/python bench/registration.py --peer --only surge  # and pretix in turn
"""

import argparse
import itertools
import json
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import city
import faults
import load
import pretix_peer
import raw_limit
import servers

PORT = 8110
ROUNDS = 3
SURGE_CLIENTS, FAIR_CLIENTS, DROP_CLIENTS = 16, 64, 300
HUGE, FAIR_SEATS, FAIR_PEOPLE, DROP_SEATS = 1_000_000, 100, 1_000, 50
GOAL_OF_RAW, STRETCH, FAIR_OF_SURGE, GOAL_OF_PEER = 0.25, 0.5, 0.6, 50


@dataclass
class Bench:
    """One database under one server, and the people who have not signed up yet."""

    environment: dict[str, str]
    seconds: float

    def __post_init__(self) -> None:
        self.people = itertools.count(1)
        self.sessions = {seats: city.sessions_with(seats) for seats in set(city.SIZES_OF_LOADS)}

    def newcomers(self) -> Iterator[int]:
        """Each once in a run; the wheel turns over into sessions in which they are new."""
        return ((number - 1) % city.PEOPLE + 1 for number in self.people)

    def asked(self, session: int, people: Iterator[int]) -> Iterator[load.Ask]:
        for person in people:
            yield signing_up(session, person, str(uuid.uuid4()))

    def surge_round(self, seconds: float) -> list[load.Answer]:
        """16 clients for a session of its own, the answers checked and the database counted."""
        session = next(self.sessions[HUGE])
        asks = self.asked(session, self.newcomers())
        answers = load.closed_loop(PORT, asks, clients=SURGE_CLIENTS, seconds=seconds)
        must_be_signed_up(self, session, answers)
        return answers

    def rows(self, session: int, columns: str = "state, first_place, waiting_number, resident_id") -> list[tuple]:
        statement = f"SELECT {columns} FROM participation_registration WHERE session_id = {session} ORDER BY id"  # noqa: S608 - a number of ours
        return servers.counted(self.environment, statement)


def signing_up(session: int, person: int, key: str) -> load.Ask:
    path = f"/api/v1/sessions/{session}/registrations"
    raw = load.request("POST", path, token=city.token_of(person), key=key, body=b"{}")
    return load.Ask(raw, (person, key))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    servers.add_databases(parser)
    parser.add_argument("--seconds", type=float, default=4.0, help="length of a round; less is for trying out")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--kill-seconds", type=float, default=3600, help="no further kill after so long")
    parser.add_argument("--peer", action="store_true", help="measure pretix in turn; installed the first time")
    parser.add_argument("--only", nargs="+", choices=["surge", "fair", "drops", "kills"])
    options = parser.parse_args()
    parts = options.only or ["surge", "fair", "drops", "kills"]
    is_met = servers.met_on_each(options, lambda environment: measured(environment, options, parts))
    if not options.peer:
        print("\npretix is not measured in this run: raw and hello of the same run are the yardstick.")
    return 0 if is_met else 1


def measured(environment: dict[str, str], options: argparse.Namespace, parts: list[str]) -> bool:
    bench, is_met = Bench(environment, options.seconds), True
    if set(parts) != {"kills"}:
        is_met = loaded(bench, options, parts)
    if "kills" in parts:
        killing = faults.Killing(options.kills, options.kill_seconds)
        is_met &= faults.kills(environment, PORT, killing, next(bench.sessions[HUGE]), signing_up)
    return is_met


def loaded(bench: Bench, options: argparse.Namespace, parts: list[str]) -> bool:
    """What one server goes through from its start to its end."""
    is_met, rate = True, 0.0
    with servers.running(servers.Site(bench.environment, PORT)):
        if "surge" in parts or "fair" in parts:
            rate = surge(bench)
        if options.peer:
            own = {"signing up": (bench.surge_round, GOAL_OF_PEER)}
            is_met &= pretix_peer.beside(own, "orders", scratch=Path(options.scratch), seconds=options.seconds)
        if "fair" in parts:
            is_met &= fair(bench, rate)
        if "drops" in parts:
            is_met &= drops(bench)
    return is_met


def surge(bench: Bench) -> float:
    """P1. Returns registrations per second."""
    own, raw, hello, waits = [], [], [], []
    list(
        load.closed_loop(
            PORT, itertools.islice(bench.asked(next(bench.sessions[HUGE]), bench.newcomers()), 50), clients=8
        )
    )
    for _round in range(ROUNDS):
        answers = bench.surge_round(bench.seconds)
        own.append(load.per_second(answers))
        waits.append([load.percentile(answers, share) for share in (0.5, 0.95, 1.0)])
        raw.append(raw_limit.per_second(bench.environment, bench.seconds / 2, SURGE_CLIENTS))
        empty = (load.Ask(load.request("GET", "/healthz")) for _forever in itertools.repeat(0))
        hello.append(load.per_second(load.closed_loop(PORT, empty, clients=SURGE_CLIENTS, seconds=bench.seconds / 2)))
    rate, limit, nothing = load.middle(own), load.middle(raw), load.middle(hello)
    bound = 1 / (1 / nothing + 1 / limit)
    median, late, worst = (load.middle(values) for values in zip(*waits, strict=True))
    print(f"P1 surge      {rate:,.0f}/s  rounds {whole(own)}  p50 {median:.0f} ms, p95 {late:.0f}, longest {worst:.0f}")
    print(f"   raw        {limit:,.0f}/s  rounds {whole(raw)}  ratio {rate / limit:.2f}  goal {GOAL_OF_RAW}")
    print(f"   hello      {nothing:,.0f}/s  rounds {whole(hello)}  ratio {rate / nothing:.2f}")
    print(f"   1/(1/hello + 1/raw) {bound:,.0f}/s  ratio {rate / bound:.2f}  stretch {STRETCH}")
    return rate


def must_be_signed_up(bench: Bench, session: int, answers: list[load.Answer]) -> None:
    """Every answer a seat of its own, and the database has what was answered and nothing else."""
    bad = [answer for answer in answers if answer.status != 201]
    assert not bad, bad[0]
    bodies = [json.loads(answer.body) for answer in answers]
    assert {body["state"] for body in bodies} == {"confirmed"}
    people = sorted(body["people"][0]["resident_id"] for body in bodies)
    rows = bench.rows(session, "resident_id")
    assert sorted(person for (person,) in rows) == people
    counted = servers.counted(bench.environment, f"SELECT taken_count FROM programme_session WHERE id = {session}")  # noqa: S608 - a number of ours
    assert counted == [(len(rows),)], counted


def fair(bench: Bench, surge_rate: float) -> bool:
    """P2: 1,000 people at once for 100 seats, every tenth request sent twice at the same moment under one key."""
    session = next(bench.sessions[FAIR_SEATS])
    people = list(itertools.islice(bench.newcomers(), FAIR_PEOPLE))
    asks = []
    for number, person in enumerate(people):
        key = str(uuid.uuid4())
        asks += [signing_up(session, person, key) for _copy in range(2 if number % 10 == 0 else 1)]
    answers = load.closed_loop(PORT, asks, clients=FAIR_CLIENTS)
    statuses = Counter(answer.status for answer in answers)
    assert statuses == {201: len(asks)}, statuses
    first: dict[str, bytes] = {}
    for answer in answers:
        assert first.setdefault(answer.name[1], answer.body) == answer.body, "a replay got another answer"
    rows = bench.rows(session)
    states = Counter(state for state, *_numbers in rows)
    places = sorted(place for state, place, *_rest in rows if state == "waiting")
    assert states == {"confirmed": FAIR_SEATS, "waiting": FAIR_PEOPLE - FAIR_SEATS}, states
    assert places == list(range(1, FAIR_PEOPLE - FAIR_SEATS + 1)), "the queue has a gap"
    rate, (median, late, worst) = load.per_second(answers), (load.percentile(answers, s) for s in (0.5, 0.95, 1.0))
    overtaken = overtakings(answers, 2 * late / 1000)
    last = FAIR_PEOPLE - FAIR_SEATS
    print(f"P2 fair       {FAIR_SEATS} + places 1..{last}, no 5xx, replays alike, overtaken {overtaken}")
    ratio = f"ratio to P1 {rate / surge_rate:.2f}, goal {FAIR_OF_SURGE};  " if surge_rate else ""
    print(f"              {rate:,.0f}/s  {ratio}p50 {median:.0f} ms, p95 {late:.0f}")
    print(f"              longest {worst:.0f} ms = {worst / median:.1f} x p50, goal 4")
    return overtaken == 0


def overtakings(answers: list[load.Answer], grace: float) -> int:
    """How many stand behind somebody who sent more than `grace` seconds later."""
    ranked = sorted({answer.name[0]: (rank_of(answer), answer.sent) for answer in answers}.values(), reverse=True)
    count, earliest_behind = 0, float("inf")
    for _rank, sent in ranked:  # from the last place on: is somebody behind who sent much earlier?
        count += sent > earliest_behind + grace
        earliest_behind = min(earliest_behind, sent)
    return count


def rank_of(answer: load.Answer) -> tuple[int, int]:
    body = json.loads(answer.body)
    return (body["place"] or 0, body["people"][0]["id"])


def drops(bench: Bench) -> bool:
    """300 clients at once for 50 seats; 30 % of the answers are lost on the way, and sent for again under their key."""
    session = next(bench.sessions[DROP_SEATS])
    asks = [signing_up(session, p, str(uuid.uuid4())) for p in itertools.islice(bench.newcomers(), DROP_CLIENTS)]
    with faults.dropping_proxy(PORT, share=0.3) as (port, dropped):
        answers = load.retried_loop(port, asks, clients=DROP_CLIENTS)
    rows = bench.rows(session)
    states = Counter(state for state, *_numbers in rows)
    places = [place for state, place, *_rest in rows if state == "waiting"]
    statuses = Counter(answer.status for answer in answers)
    assert statuses == {201: DROP_CLIENTS}, statuses
    assert states == {"confirmed": DROP_SEATS, "waiting": DROP_CLIENTS - DROP_SEATS}, states
    assert places == list(range(1, DROP_CLIENTS - DROP_SEATS + 1)), "the queue has a gap"
    late = load.percentile(answers, 0.95)
    print(f"   drops      {DROP_SEATS} confirmed, {len(places)} waiting in one order")
    print(f"              {dropped()} answers lost and asked for again; p95 {late:.0f} ms")
    people = itertools.islice(bench.newcomers(), DROP_CLIENTS)
    asks = list(itertools.islice(bench.asked(next(bench.sessions[DROP_SEATS]), people), DROP_CLIENTS))
    late = load.percentile(load.closed_loop(PORT, asks, clients=DROP_CLIENTS), 0.95)
    print(f"   at once    {DROP_CLIENTS} clients, nothing lost: p95 {late:.0f} ms  stretch 1000")
    return True


def whole(values: list[float]) -> str:
    return " ".join(f"{value:,.0f}" for value in values)


if __name__ == "__main__":
    sys.exit(main())
