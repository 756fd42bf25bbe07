"""Everybody at once (P3): 300 people a second come for 2,000 seats, and others read the programme meanwhile.

A bounded part of 36,000 people in two minutes, at the rate at which they come, whether or not the site keeps up. Goal:
everybody has a seat or a place in the queue within 5 seconds, nothing is oversold, and 95 of 100 pages of others
take at most twice as long as before. A rate that a machine cannot serve shows as waiting: clients hold the line.

    .venv/bin/python bench/waiting_room.py
    .venv/bin/python bench/waiting_room.py --database sqlite --rate 60 --seconds 10
"""

import argparse
import itertools
import json
import sys
from collections import Counter

import load
import registration
import servers

PORT = 8112
SEATS, CLIENTS, PAGES_PER_SECOND = 2_000, 600, 5
MOST_WAIT, MOST_SLOWER = 5.0, 2.0  # seconds, times
PAGE = "/"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    servers.add_databases(parser)
    parser.add_argument("--rate", type=int, default=300, help="arrivals a second")
    parser.add_argument("--seconds", type=int, default=20)
    options = parser.parse_args()
    return 0 if servers.met_on_each(options, lambda environment: served(environment, options)) else 1


def served(environment: dict[str, str], options: argparse.Namespace) -> bool:
    with servers.running(servers.Site(environment, PORT)):
        return opened(registration.Bench(environment, options.seconds), options.rate, options.seconds)


def opened(bench: registration.Bench, rate: int, seconds: int) -> bool:
    session = next(bench.sessions[SEATS])
    quiet = load.at_rate(PORT, pages(seconds), clients=16)
    arrivals = list(itertools.islice(bench.asked(session, bench.newcomers()), rate * seconds))
    for number, ask in enumerate(arrivals):
        ask.due = number / rate
    answers = load.at_rate(PORT, [*arrivals, *pages(seconds)], clients=CLIENTS)
    of_pages = [answer for answer in answers if answer.name == PAGE]
    signed_up = [answer for answer in answers if answer.name != PAGE]
    statuses = Counter(answer.status for answer in signed_up)
    assert statuses == {201: len(arrivals)}, statuses
    states = Counter(json.loads(answer.body)["state"] for answer in signed_up)
    rows = Counter(state for state, *_rest in bench.rows(session))
    assert rows == states, "the database has something else than was answered"
    assert states["confirmed"] == min(SEATS, len(arrivals)), states
    longest = load.percentile(signed_up, 1) / 1000
    before, during = load.percentile(quiet, 0.95), load.percentile(of_pages, 0.95)
    print(
        f"P3 {rate} a second for {seconds} s: {states['confirmed']:,} seats, {states['waiting']:,} places, 0 oversold"
    )
    print(f"   answered within {longest:.1f} s, goal {MOST_WAIT:.0f};  p95 {load.percentile(signed_up, 0.95):.0f} ms")
    slower = f"p95 {before:.0f} ms before, {during:.0f} during = {during / before:.1f} x"
    print(f"   other pages: {slower}, goal {MOST_SLOWER:.0f}")
    return longest <= MOST_WAIT and during <= MOST_SLOWER * before


def pages(seconds: int) -> list[load.Ask]:
    count = seconds * PAGES_PER_SECOND
    return [load.Ask(load.request("GET", PAGE), PAGE, due=number / PAGES_PER_SECOND) for number in range(count)]


if __name__ == "__main__":
    sys.exit(main())
