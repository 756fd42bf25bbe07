"""How long a draw takes, and the same with the ten lines that the page of a draw offers, as the yardstick.

`.venv/bin/python bench/lottery.py [ENTRIES]`
"""

import contextlib
import hashlib
import io
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from qixue.participation import lottery

LINES = Path(__file__).parent.parent / "src/qixue/web/templates/public/draws/check.txt"
SEATS = 1200
RUNS = 5


def document(seed: bytes, entries: list[lottery.Entry]) -> dict[str, object]:
    return {
        "commitment": lottery.commitment_of(seed),
        "entries": entries,
        "seats": SEATS,
        "seed": seed.hex(),
    }


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 36_000
    seed = hashlib.sha256(b"bench").digest()
    entries = [(hashlib.sha256(b"%d" % number).hexdigest()[:16], number % 4 + 1) for number in range(count)]
    times = []
    for _run in range(RUNS):
        start = time.perf_counter()
        drawn = lottery.draw(seed, entries, SEATS)
        times.append(time.perf_counter() - start)
    ours = sorted(times)[RUNS // 2]
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        Path("draw.json").write_text(json.dumps(document(seed, entries)), encoding="utf-8")
        printed = io.StringIO()
        start = time.perf_counter()
        with contextlib.redirect_stdout(printed):
            exec(LINES.read_text(encoding="utf-8"), {})  # noqa: S102 - the lines that the page shows
        theirs = time.perf_counter() - start
    expected = [f"{row.entry} {row.people} {'seat' if row.has_seats else 'waits'}" for row in drawn]
    assert printed.getvalue().splitlines() == expected
    print(f"{count} entries: draw {ours * 1000:.0f} ms; ten lines with reading and printing {theirs * 1000:.0f} ms")
    print(f"ratio {theirs / ours:.1f}; the same order, {sum(row.people for row in drawn if row.has_seats)} seats given")


if __name__ == "__main__":
    main()
