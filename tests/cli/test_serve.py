"""The served site as a whole: a real process on a database of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

QIXUE = [sys.executable, "-c", "import sys; from qixue.cli import main; sys.exit(main())"]
START_SECONDS = 30


def environment(var: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QIXUE_")}
    return {**kept, "QIXUE_VAR": str(var), "LANG": "en_GB.UTF-8"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, int]]:
    """Base URL of a site with two workers, the file with its log, and the process that started them."""
    var = tmp_path_factory.mktemp("var")
    log = var / "log"
    subprocess.run([*QIXUE, "migrate"], env=environment(var), check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with log.open("w") as file:
        command = [*QIXUE, "serve", "--bind", f"127.0.0.1:{port}"]
        process = subprocess.Popen(command, env=environment(var), stdout=file, stderr=file)
    base = f"http://127.0.0.1:{port}"
    wait_until_ready(base, process, log)
    yield base, log, process.pid
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0


def wait_until_ready(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            if fetch(f"{base}/readyz")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"not ready after {START_SECONDS} s: {log.read_text()}")


def fetch(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310 - an address of this machine
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_serve_answers_health_and_home(served):
    base, _log, _pid = served

    assert fetch(f"{base}/healthz") == (200, "ok\n")
    assert fetch(f"{base}/")[0] == 200


def test_serve_adds_up_the_metrics_of_its_workers(served):
    base, _log, _pid = served
    for _turn in range(40):
        fetch(f"{base}/healthz")

    text = fetch(f"{base}/metrics")[1]

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
