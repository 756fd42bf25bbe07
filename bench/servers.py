"""The shipped server on a fresh database of either kind, with the durable settings verified; stopped by its pid."""

import argparse
import contextlib
import json
import os
import pwd
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import city

HOST = "127.0.0.1"
QIXUE = Path(sys.executable).with_name("qixue")
START_SECONDS = 60


def environment_for(var: Path, url: str, **more: str) -> dict[str, str]:
    """That of a child process: nothing of the caller's settings, and the database of this run."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QIXUE_")}
    var.mkdir(parents=True, exist_ok=True)
    named = {"QIXUE_DATABASE_URL": url} if url else {}
    return {**kept, "QIXUE_VAR": str(var), "DJANGO_SETTINGS_MODULE": "qixue.settings", **named, **more}


def is_free(port: int) -> bool:
    """Nobody listens there. Each worker does so with a socket of its own, so that a refused connection says nothing."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections of before may linger
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


@dataclass
class Site:
    """`qixue serve` with 2 workers of 8 threads each, on its own port, its log in a file."""

    environment: dict[str, str]
    port: int
    has_worker: bool = True
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        if not is_free(self.port):
            raise RuntimeError(f"Something answers at port {self.port} already; measured would be a mixture of both.")
        command = [str(QIXUE), "serve", "--bind", f"{HOST}:{self.port}"]
        command += [] if self.has_worker else ["--no-worker"]
        with Path(self.environment["QIXUE_VAR"], "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError(f"The server ended at its start; see serve.log in {self.environment['QIXUE_VAR']}")
            with contextlib.suppress(OSError), socket.create_connection((HOST, self.port), 1) as probe:
                probe.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                if b" 200 " in probe.recv(200):
                    return
            time.sleep(0.05)
        raise RuntimeError(f"The server is not ready after {START_SECONDS} s")

    def processor_seconds(self) -> float:
        """What all its processes have taken so far: that says something also beside other programs."""
        ticks = sum(int(fields[11]) + int(fields[12]) for _folder, fields in self.processes())
        return ticks / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """The memory of all its processes; what several share counts once (Pss)."""
        kilobytes = 0
        for folder, _fields in self.processes():
            with contextlib.suppress(OSError):  # it may end at this moment
                found = re.search(r"^Pss:\s+(\d+) kB", (folder / "smaps_rollup").read_text(), re.MULTILINE)
                kilobytes += int(found[1]) if found else 0
        return kilobytes / 1024

    def processes(self) -> Iterator[tuple[Path, list[str]]]:
        """Those that are there: the folder of each below /proc, and what its `stat` says after its name."""
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):  # as above
                fields = stat.read_text().rpartition(") ")[2].split()
                if self.process and int(fields[2]) == self.process.pid:  # of its group
                    yield stat.parent, fields

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(15)
        self.kill()

    def kill(self) -> None:
        """kill -9 of the server with all its processes: they are a group of their own."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            while not is_free(self.port):  # until the last of them is gone
                time.sleep(0.01)


@contextlib.contextmanager
def running(site: Site) -> Iterator[Site]:
    try:
        site.start()
        yield site
    finally:
        site.stop()


@contextlib.contextmanager
def database(kind: str, scratch: Path) -> Iterator[dict[str, str]]:
    """The environment of a fresh copy of the built database; `kind` is sqlite or postgresql."""
    var = scratch / kind / "var"
    if kind == "sqlite":
        environment = environment_for(var, "")
        city.sqlite_copy(environment, scratch / kind)
        yield environment
        return
    with postgresql(scratch / kind) as url:
        build = environment_for(var, url("built"))
        if "built" not in databases(url("postgres")):
            psql(url("postgres"), "CREATE DATABASE building ENCODING 'UTF8' TEMPLATE template0")
            city.build_apart({**build, "QIXUE_DATABASE_URL": url("building")})
            psql(url("building"), "VACUUM ANALYZE")
            psql(url("postgres"), "ALTER DATABASE building RENAME TO built")
        psql(url("postgres"), "DROP DATABASE IF EXISTS qixue WITH (FORCE)")
        psql(url("postgres"), "CREATE DATABASE qixue TEMPLATE built")
        yield environment_for(var, url("qixue"))


@contextlib.contextmanager
def postgresql(folder: Path) -> Iterator:
    """A PostgreSQL with its settings as installed: it syncs every commit. Yields what makes the URL of a database."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    data, run = folder / "data", folder / "run"
    run.mkdir(parents=True, exist_ok=True)
    as_owner: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        owner = pwd.getpwnam("postgres")
        for path in (folder, run):
            os.chown(path, owner.pw_uid, owner.pw_gid)
        as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    if not data.exists():
        options = ["--username=qixue", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        subprocess.run(
            [*as_owner, binaries / "initdb", f"--pgdata={data}", *options], check=True, stdout=subprocess.DEVNULL
        )
    settings = ["-c", "listen_addresses=", "-c", "max_connections=100"]
    with (run / "log").open("ab") as log:
        server = subprocess.Popen([*as_owner, binaries / "postgres", "-D", data, "-k", run, *settings], stderr=log)
    try:
        for _attempt in range(10 * START_SECONDS):  # it may have to recover from a run that was cut short
            if server.poll() is not None:
                raise RuntimeError(f"PostgreSQL ended at its start; see {run / 'log'}")
            ready = [binaries / "pg_isready", "--quiet", f"--host={run}", "--username=qixue", "--dbname=postgres"]
            if subprocess.run(ready, check=False).returncode == 0:
                break
            time.sleep(0.1)
        yield lambda name: f"postgresql://qixue@/{name}?host={run}"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(120)  # it writes everything to the disk first


def psql(url: str, statement: str) -> list[tuple]:
    import psycopg  # noqa: PLC0415 - not where only SQLite is measured

    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def databases(url: str) -> set[str]:
    return {name for (name,) in psql(url, "SELECT datname FROM pg_database")}


def must_be_durable(environment: dict[str, str]) -> str:
    """What `qixue doctor` says of the database. Raises RuntimeError where it may lose an acknowledged write."""
    command = [str(QIXUE), "doctor", "--json"]
    answer = subprocess.run(command, env=environment, check=False, stdout=subprocess.PIPE, text=True)
    found = {finding["check"]: finding for finding in json.loads(answer.stdout)}["database"]
    if found["level"] != "ok":
        raise RuntimeError(f"This run is void: {found['text']}")
    return str(found["text"])


def counted(environment: dict[str, str], statement: str) -> list[tuple]:
    """Ask the database itself, past the product."""
    if url := environment.get("QIXUE_DATABASE_URL"):
        return psql(url, statement)
    with contextlib.closing(city.connected(environment)) as connection:
        return list(connection.execute(statement))


def add_databases(parser: argparse.ArgumentParser) -> None:
    """The options that say on which databases to measure, and where they are kept."""
    kinds = ["sqlite", "postgresql"]
    parser.add_argument("--database", choices=kinds, nargs="+", default=kinds)
    parser.add_argument("--scratch", default="/tmp/qixue-bench", help="where databases are kept")  # noqa: S108 - a default


def met_on_each(options: argparse.Namespace, measured: Callable[[dict[str, str]], bool]) -> bool:
    """Measure on a fresh copy of each database, one that loses nothing; whether all goals were met."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers are stopped on the way out
    is_met = True
    for kind in options.database:
        with database(kind, scratch_folder(options.scratch)) as environment:
            print(f"\n{kind}: {must_be_durable(environment)}", flush=True)
            is_met &= measured(environment)
    return is_met


def scratch_folder(named: str) -> Path:
    folder = Path(named)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
