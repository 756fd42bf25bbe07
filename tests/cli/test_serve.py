"""The served site as a whole: a real process on a database of its own."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.cli.serving import QIXUE, START_SECONDS, Served, environment, fetch, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, migrated: Callable[[Path], None]) -> Iterator[Served]:
    """A site with two workers."""
    var = tmp_path_factory.mktemp("var")
    migrated(var)
    with serving(var, "serve") as site:
        yield site


def test_serve_answers_health_and_home(served):
    base, _log, _pid = served

    assert fetch(f"{base}/healthz") == (200, b"ok\n")
    assert fetch(f"{base}/")[0] == 200


def test_serve_adds_up_the_metrics_of_its_workers(served):
    base, _log, _pid = served
    for _turn in range(40):
        fetch(f"{base}/healthz")

    text = fetch(f"{base}/metrics")[1].decode()

    counts = [line for line in text.splitlines() if line.startswith("qixue_requests_total") and '"healthz"' in line]
    assert len(counts) == 1
    assert float(counts[0].split()[-1]) >= 40


def test_serve_writes_json_lines(served):
    base, log, _pid = served
    fetch(f"{base}/healthz")

    lines = [json.loads(line) for line in log.read_text().splitlines()]

    assert {line["route"] for line in lines if line["event"] == "request"} >= {"healthz"}


def workers_of(pid: int) -> set[str]:
    """The workers of the site; that for messages is a command of its own."""
    found = subprocess.run(["pgrep", "-P", str(pid), "-f", "serve"], capture_output=True, text=True)
    return set(found.stdout.split())


def test_serve_replaces_a_worker_that_was_killed(served):
    base, _log, pid = served
    before = workers_of(pid)

    os.kill(int(min(before)), signal.SIGKILL)

    deadline = time.monotonic() + START_SECONDS
    while len(now := workers_of(pid)) < 2 or now == before:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert len(before & now) == 1
    assert fetch(f"{base}/readyz")[0] == 200


def test_serve_without_migrated_database_exits_1(tmp_path):
    result = subprocess.run([*QIXUE, "serve"], env=environment(tmp_path), capture_output=True, text=True, timeout=60)

    assert result.returncode == 1
    assert result.stderr.splitlines()[0] == "Not started:"
    assert "run: qixue migrate" in result.stderr
