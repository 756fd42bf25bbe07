"""A site that is served by a process of its own, for tests of the commands that serve."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

QIXUE = [sys.executable, "-c", "import sys; from qixue.cli import main; sys.exit(main())"]
START_SECONDS = 60


class Served(NamedTuple):
    base: str  # its address
    log: Path
    pid: int  # of the process that started the workers


def environment(var: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QIXUE_")}
    return {**kept, "QIXUE_VAR": str(var), "LC_ALL": "en_GB.UTF-8", **more}


@contextmanager
def serving(var: Path, *command: str) -> Iterator[Served]:
    """`qixue` with this command on a free port; stopped in the end, which must go well."""
    log = var / "log"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with log.open("w") as file:
        told = environment(var, QIXUE_PORT=str(port))
        process = subprocess.Popen([*QIXUE, *command], env=told, stdout=file, stderr=file)
    base = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(base, process, log)
        yield Served(base, log, process.pid)
    finally:
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


def fetch(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=60) as response:  # noqa: S310 - an address of this machine
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
