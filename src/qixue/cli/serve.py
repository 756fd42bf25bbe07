"""`qixue serve`: the site under granian, several processes with several threads each."""

import argparse
import gc
import multiprocessing
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.urls import get_resolver
from django.utils.translation import gettext as _
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from prometheus_client import values

from qixue.cli.worker import worker_beside
from qixue.core.checkup import Level, check_all
from qixue.core.logs import get_logger
from qixue.core.refusal import Refused

log = get_logger("qixue.serve")

BLOCKING_THREADS = 8  # per worker; most of a request's time is waiting for the database
# Connections that a worker takes at once. Must exceed the clients that keep theirs open, or those starve the others.
BACKPRESSURE = 1024
# Objects that a worker makes before it looks for those that nobody uses. With Python's 700 it looks again and again
# while a page is made, for what goes by itself when the page is done: a tenth of its time.
MADE_BEFORE_A_LOOK = 10_000
MEMORY = Path("/dev/shm")  # noqa: S108 - the folder in it gets a name that nobody knows before
STOP_SECONDS = 10  # for a request that is being answered when the site is stopped
# The server's own lines go where ours go, as JSON.
GRANIAN_LOGS = {"formatters": {}, "handlers": {}, "loggers": {"_granian": {"handlers": [], "propagate": True}}}
ADDRESS = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:\[\]]+):(?P<port>\d{1,5})")


@dataclass(frozen=True)
class Address:
    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(text: str) -> Address:
    """`127.0.0.1:8000`, `[::]:8000` or `name:8000`. Refused: bad_address."""
    match = ADDRESS.fullmatch(text)
    if match is None or not 0 < int(match["port"]) < 65536:
        raise Refused("bad_address", _("%(address)s is not an address. An example: 127.0.0.1:8000."), address=text)
    return Address(match["host"].strip("[]"), int(match["port"]))


def default_address() -> str:
    return f"127.0.0.1:{settings.PORT}"


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("serve", help=_("Serve the site."))
    parser.add_argument("--bind", metavar="HOST:PORT", default=default_address(), help=_("Where to listen."))
    parser.add_argument("--workers", metavar="N", type=int, default=2, help=_("Number of processes; 2 by default."))
    parser.add_argument("--no-worker", action="store_true", help=_("Start no worker: one runs elsewhere."))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    return serve(parse_address(args.bind), workers=args.workers, has_worker=not args.no_worker)


@contextmanager
def metrics_together() -> Iterator[None]:
    """Let the workers add up their counters: each maps files of one folder, and /metrics reads them all.

    In memory where there is a place for that: who touches a mapped page for which a full disk has no room is killed.
    """
    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="qixue-metrics-", dir=place, ignore_cleanup_errors=True) as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        values.ValueClass = values.get_value_class()  # it looked for the folder when it was imported
        yield


def serve(address: Address, *, workers: int, has_worker: bool = True) -> int:
    """Serve until a signal ends it. Exit code 1 when the check-up finds something under which it must not run."""
    if workers < 1:
        raise Refused("bad_workers", _("At least one worker is needed, not %(workers)d."), workers=workers)
    fatal = [finding for finding in check_all(address.host) if finding.level is Level.FATAL]
    if fatal:
        print(_("Not started:"), *(f"- {finding.text}" for finding in fatal), sep="\n", file=sys.stderr)
        return 1
    call_command("collectstatic", interactive=False, verbosity=0)
    load_site()
    log.info("serving", address=str(address), workers=workers)
    with metrics_together(), worker_beside() if has_worker else nullcontext():
        run_site(address, workers=workers)
    return 0


def load_site() -> None:
    """Load once what all workers need: they are forked from this process, so that they start at once and share its
    memory. Nothing may be open here by then, and no thread may be about to open anything.
    """
    gc.disable()  # as in `cli.data.prepare`
    import_module("qixue.wsgi")
    get_resolver().url_patterns  # noqa: B018 - reading them is what imports the views
    connections.close_all()
    gc.collect()
    gc.freeze()  # what is loaded stays: no worker looks through it again, which would also make it a copy of its own
    gc.set_threshold(MADE_BEFORE_A_LOOK)
    gc.enable()
    multiprocessing.set_start_method("fork", force=True)


def run_site(address: Address, *, workers: int) -> None:
    """Answer requests until a signal ends it."""
    Server(
        "qixue.web.served:application",
        address=address.host,
        port=address.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=BLOCKING_THREADS,
        backpressure=BACKPRESSURE,
        backlog=max(BACKPRESSURE * workers, 128),
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.error,  # it warns of 8 threads as many, which for threads that wait they are not
        log_dictconfig=GRANIAN_LOGS,
    ).serve()
