"""Goal P9: the best swaps of a round, beside other programs on the same files, and how the cost grows.

`.venv/bin/python bench/swap.py [--trademaximizer FILE.jar] [--fast FILE] [--rounds N]`

The given rounds and generated ones. Each time is the median of the rounds; processor time, because machines are shared.
Other programs are run on the want list of the same round; one that is not given is skipped. Every plan is checked.
"""

import argparse
import itertools
import json
import math
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from qixue.swap.matching import faults, load, solve
from qixue.swap.matching.document import document

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = "#! ALLOW-DUMMIES REQUIRE-COLONS REQUIRE-USERNAMES SHOW-ELAPSED-TIME"
NO_TRADE = f"{OPTIONS}\n(A) I1 : I2\n(B) I2 :\n"
GIVEN = ROOT / "tests" / "swap" / "instances"
SIZES = (2, 20, 200, 2_000, 10_000, 20_000)
LARGEST = {"TradeMaximizer": 2_000, "FastTradeMaximizer": 10_000}  # generated rounds that end within a minute or so
SHOWN_SIZES = (2_000, 10_000)  # those that other programs solve, too
TOTAL_TRADES = re.compile(r"\((\d+) total trades\)")
OWN_CLOCK = re.compile(r"Elapsed time = (\d+)ms")
QIXUE = str(Path(sys.executable).parent / "qixue")
MEGABYTE = 1024  # ru_maxrss counts kilobytes

Items = list[dict[str, Any]]


def generated(count: int, seed: int = 6) -> Items:
    """A round that was never traded: how many things people bring is geometric, titles are Zipf, wants lognormal.

    People want titles worth more to them than what they give; a dummy takes care that of several copies one comes.
    """
    chance = random.Random(seed)  # noqa: S311 - a bench, not a secret
    titles = max(3, count // 2)
    popularity = [1 / rank**0.8 for rank in range(1, titles + 1)]
    items: Items = []
    while len(items) < count:
        user = f"U{len(items)}"
        for _item in range(min(count - len(items), 1 + int(math.log(1 - chance.random()) / math.log(1 - 1 / 7)))):
            kind = chance.choices(range(titles), popularity)[0]
            items.append({"id": f"I{len(items)}", "user": user, "kind": f"K{kind}", "place": chance.randrange(9)})
    copies: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        copies.setdefault(item["kind"], []).append(item)
    worth = {kind: chance.gauss(0, 1) for kind in copies}
    wishes = {user: wished(chance, copies) for user in dict.fromkeys(item["user"] for item in items)}
    dummies: dict[tuple[str, str], dict[str, Any]] = {}
    for item in items:
        better = [kind for kind in wishes[item["user"]] if worth[kind] + chance.gauss(0, 0.5) > worth[item["kind"]]]
        item["wants"] = [wanted for kind in better for wanted in offers(item, kind, copies, dummies)]
    return items + list(dummies.values())


def wished(chance: random.Random, copies: dict[str, Items]) -> list[str]:
    """The titles that a person would take at all."""
    return chance.sample(sorted(copies), min(len(copies), int(chance.lognormvariate(2.7, 0.9))))


def offers(item: dict[str, Any], kind: str, copies: dict[str, Items], dummies: dict[tuple[str, str], Any]) -> list[str]:
    """The only copy of a title, or a dummy for one of several."""
    user = item["user"]
    found = [copy["id"] for copy in copies[kind] if copy["user"] != user]
    if len(found) < 2:
        return found
    dummy = {"id": f"%D{len(dummies)}", "user": user, "dummy": True, "wants": found}
    return [dummies.setdefault((user, kind), dummy)["id"]]


def want_list(items: Items) -> str:
    """The same round as TradeMaximizer reads it."""
    lines = [f"({item['user']}) {item['id']} : {' '.join(item['wants'])}" for item in items]
    return "\n".join([OPTIONS, *lines, ""])


def median_seconds(act: Callable[[], object], rounds: int) -> float:
    """Processor time of this process."""
    times = []
    for _round in range(rounds):
        start = time.process_time()
        act()
        times.append(time.process_time() - start)
    return statistics.median(times)


def measured(path: Path, rounds: int) -> dict[str, float]:
    """One round in this process, warm: load and solve in seconds, and the peak of memory of a process of its own."""
    round_ = load(path)
    plan = solve(round_)
    found = json.loads(json.dumps(document(plan, {})))
    assert plan.proven
    assert plan.certificate is not None
    assert faults(round_, found) == []
    script = f"from qixue.swap.matching import load, solve\nsolve(load({str(path)!r}))"
    return {
        "items": round_.item_count,
        "nodes": len(round_.ids),
        "wants": sum(map(len, round_.wants)),
        "trades": plan.trades,
        "load": median_seconds(lambda: load(path), rounds),
        "solve": median_seconds(lambda: solve(round_), rounds),
        "check": median_seconds(lambda: faults(round_, found), rounds),
        "megabytes": child_usage([sys.executable, "-c", script])[1] / MEGABYTE,
    }


def child_usage(command: list[str], given: Path | None = None) -> tuple[float, float, str]:
    """Processor seconds and peak kilobytes of a command, and what it printed, by a process that runs nothing else."""
    script = (
        "import json, resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], stdin=sys.stdin, capture_output=True, text=True, check=True)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss, done.stdout]))\n"
    )
    with (given or Path("/dev/null")).open() as source:
        done = subprocess.run(
            [sys.executable, "-c", script, *command], stdin=source, capture_output=True, text=True, check=True
        )
    seconds, kilobytes, printed = json.loads(done.stdout)
    return seconds, kilobytes, printed


def peers(options: argparse.Namespace) -> Iterator[tuple[str, list[str]]]:
    if options.trademaximizer:
        yield "TradeMaximizer", ["java", "-jar", str(options.trademaximizer)]
    if options.fast:
        yield "FastTradeMaximizer", [str(options.fast)]


def compared(name: str, command: list[str], lists: Path, trades: float, ours: float) -> str:
    """What another program takes for the same want list, reading and printing included, and what it finds."""
    seconds, kilobytes, printed = child_usage(command, lists)
    found, clock = TOTAL_TRADES.search(printed), OWN_CLOCK.search(printed)
    assert found is not None, f"{name} printed no number of trades"
    theirs = int(found[1])
    assert theirs <= trades
    own = f", {int(clock[1]) / 1000:.3f} s by its own clock" if clock else ""
    ratio = f"{seconds / ours:.2f} times ours"
    return f"{name} {theirs} trades, {seconds:.3f} s{own}, {kilobytes / MEGABYTE:.0f} MB, {ratio}"


def beside_others(options: argparse.Namespace, lists: Path, trades: float, size: int) -> Iterator[str]:
    """Each program from its start to its end on one want list, ours first, and what a start alone takes."""
    ours = child_usage([QIXUE, "swap", "solve", str(lists)])
    yield f"qixue {trades:.0f} trades, {ours[0]:.3f} s, {ours[1] / MEGABYTE:.0f} MB"
    for name, command in peers(options):
        if size > LARGEST[name]:
            continue
        yield compared(name, command, lists, trades, ours[0])


def row(name: str, figures: dict[str, float]) -> str:
    counts = "  ".join(f"{figures[key]:>7.0f} {key}" for key in ("items", "nodes", "wants", "trades"))
    times = "  ".join(f"{key} {figures[key] * 1000:7.1f} ms" for key in ("load", "solve", "check"))
    return f"{name:>10}  {counts}  {times}  {figures['megabytes']:.0f} MB"


def power(solved: dict[int, float], smaller: int, larger: int) -> float:
    """The exponent of the cost against the size between two sizes."""
    return math.log(solved[larger] / solved[smaller]) / math.log(larger / smaller)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trademaximizer", type=Path, metavar="FILE.jar")
    parser.add_argument("--fast", type=Path, metavar="FILE", help="FastTradeMaximizer")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    solved: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as place:
        lists = Path(place) / "round.txt"
        sources = [(path.stem, path) for path in sorted(GIVEN.glob("*.json")) if path.stem != "best-known"]
        for size in SIZES:
            path = Path(place) / f"{size}.json"
            path.write_text(json.dumps({"items": generated(size)}))
            sources.append((f"{size:,}", path))
        for name, path in sources:
            figures = measured(path, options.rounds)
            print(row(name, figures), flush=True)
            size = int(name.replace(",", "")) if name[0].isdigit() else 0
            if size:
                solved[size] = figures["solve"]
            lists.write_text(want_list(json.loads(path.read_text())["items"]))
            for line in beside_others(options, lists, figures["trades"], size) if size in (0, *SHOWN_SIZES) else ():
                print(f"{'':>10}  {line}", flush=True)
        lists.write_text(NO_TRADE)
        for name, command in peers(options):
            print(f"{name} with nothing to do: {child_usage(command, lists)[0]:.3f} s of processor time")
    for smaller, larger in itertools.pairwise(SIZES):
        print(
            f"from {smaller:,} to {larger:,} items: the cost grows with the power {power(solved, smaller, larger):.2f}"
        )
    print(f"over four decades: with the power {power(solved, SIZES[0], SIZES[-1]):.2f}")
    command = [QIXUE, "swap", "solve", str(GIVEN / "syn-50.txt")]
    cold = statistics.median(child_usage(command)[0] for _round in range(options.rounds))
    print(f"`qixue swap solve` of 50 items, from its start: {cold:.2f} s of processor time")
    print(f"peak of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE:.0f} MB")


if __name__ == "__main__":
    main()
