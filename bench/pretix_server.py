"""pretix from PyPI in a scratch environment, on a PostgreSQL of its own, under gunicorn with 3 workers.

As its manual for an installation without containers says, apart from this: no Redis and no Celery, so that its tasks
run within the request; no proxy in front; `url` names this port, over HTTP. DEBUG is off. The mail server is a port at
which nobody listens, and orders do not ask for mail. The wheel carries the static files: nothing is built.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import servers

PORT, WORKERS, PEOPLE = 8115, 3, 2_000  # people with a ticket for the door
WANTED = ["pretix==2026.8.0", "gunicorn==27.0.1"]
BUILT, USED = "pretix_built", "pretix"  # databases
DISCARD_PORT = "9"
LONGEST_BUILD, LONGEST_INSTALLATION = 1_200, 1_200  # seconds
HERE = Path(__file__).parent


class NotInstalled(Exception):
    """pretix could not be had from the package index."""


@dataclass(frozen=True)
class Scene:
    """What pretix_scene.py has made, and how to ask the database about it."""

    token: str
    item: int
    checkin_list: int
    secrets: list[str]
    url: str

    def counted(self, statement: str) -> int:
        [(count,)] = servers.psql(self.url, statement)
        return int(count)


@contextlib.contextmanager
def running(scratch: Path) -> Iterator[Scene]:
    """A fresh copy of the built database, served. Raises NotInstalled."""
    folder = scratch / "pretix"
    python = installed(folder)
    with servers.postgresql(folder / "postgresql") as url:
        made = built(folder, python, url)
        servers.psql(url("postgres"), f"DROP DATABASE IF EXISTS {USED} WITH (FORCE)")
        servers.psql(url("postgres"), f"CREATE DATABASE {USED} TEMPLATE {BUILT}")
        with served(folder, python):
            yield Scene(**made, url=url(USED))


def installed(folder: Path) -> Path:
    """The Python of the scratch environment; made once, which takes two to three minutes."""
    environment, is_complete = folder / "environment", folder / "installed"
    python = environment / "bin" / "python"
    if is_complete.exists() and is_complete.read_text() == " ".join(WANTED):
        return python
    print(f"Installing {' '.join(WANTED)} below {folder}, which takes minutes and happens once.", flush=True)
    began = time.perf_counter()
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment)], check=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--only-binary", "pretix", *WANTED]
    with (folder / "install.log").open("wb") as log:
        try:
            subprocess.run(command, check=True, stdout=log, stderr=log, timeout=LONGEST_INSTALLATION)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise NotInstalled(f"pretix could not be installed; see {folder / 'install.log'}.") from error
    is_complete.write_text(" ".join(WANTED))
    print(f"Installed after {time.perf_counter() - began:.0f} s.", flush=True)
    return python


def built(folder: Path, python: Path, url: Any) -> dict[str, Any]:
    """Migrate and fill the database that is copied for each run; made once, and what was made is kept beside it."""
    kept = folder / "scene.json"
    if not kept.exists() or BUILT not in servers.databases(url("postgres")):
        began = time.perf_counter()
        servers.psql(url("postgres"), f"DROP DATABASE IF EXISTS {BUILT}")
        servers.psql(url("postgres"), f"CREATE DATABASE {BUILT} ENCODING 'UTF8' TEMPLATE template0")
        environment = environment_for(folder, BUILT)
        with (folder / "build.log").open("wb") as log:
            migrate = [str(python), "-m", "pretix", "migrate", "--verbosity=0"]
            subprocess.run(migrate, env=environment, check=True, stdout=log, stderr=log, timeout=LONGEST_BUILD)
            fill = [str(python), str(HERE / "pretix_scene.py"), str(PEOPLE)]
            answer = subprocess.run(
                fill, env=environment, check=True, stdout=subprocess.PIPE, stderr=log, text=True, timeout=LONGEST_BUILD
            )
        servers.psql(url(BUILT), "VACUUM ANALYZE")
        kept.write_text(answer.stdout.splitlines()[-1])
        print(f"pretix is migrated, with {PEOPLE:,} tickets, after {time.perf_counter() - began:.0f} s.", flush=True)
    made: dict[str, Any] = json.loads(kept.read_text())
    return made


def environment_for(folder: Path, database: str) -> dict[str, str]:
    """pretix's settings, as variables; nothing of the caller's."""
    data = folder / "data"
    data.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PRETIX_", "QIXUE_"))}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "pretix.settings",
        "PRETIX_CONFIG_FILE": os.devnull,
        "PRETIX_PRETIX_DATADIR": str(data),
        "PRETIX_PRETIX_URL": f"http://{servers.HOST}:{PORT}",
        "PRETIX_DATABASE_BACKEND": "postgresql",
        "PRETIX_DATABASE_NAME": database,
        "PRETIX_DATABASE_USER": "qixue",
        "PRETIX_DATABASE_HOST": str(folder / "postgresql" / "run"),
        "PRETIX_MAIL_HOST": servers.HOST,
        "PRETIX_MAIL_PORT": DISCARD_PORT,
    }


@contextlib.contextmanager
def served(folder: Path, python: Path) -> Iterator[None]:
    """gunicorn with its default kind of worker, as in pretix's manual; stopped by its pid."""
    if not servers.is_free(PORT):
        raise RuntimeError(f"Something answers at port {PORT} already; measured would be a mixture of both.")
    command = [str(python), "-m", "gunicorn", "pretix.wsgi", f"--workers={WORKERS}", f"--bind={servers.HOST}:{PORT}"]
    command += ["--no-control-socket"]  # it would lie in the home of whoever measures
    command += ["--timeout=120"]  # on a busy machine the first request, which reads the code, takes more than 30 s
    with (folder / "serve.log").open("ab") as log:
        server = subprocess.Popen(
            command, env=environment_for(folder, USED), cwd=folder, stdout=log, stderr=log, start_new_session=True
        )
    try:
        until = time.monotonic() + servers.START_SECONDS
        while servers.is_free(PORT):
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"pretix did not start; see {folder / 'serve.log'}")
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(15)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
