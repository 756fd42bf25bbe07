"""`qixue worker`: sends messages, watches deadlines, checks sheets. `qixue serve` starts one beside the site."""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

from django.db import close_old_connections
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.duties import duties
from qixue.core.logs import get_logger
from qixue.core.metrics import note_duties

log = get_logger("qixue.worker")

PAUSE = 1.0  # seconds between two looks at the queues
STOP_SECONDS = 10
# Niceness beside a site: while thousands sign up at once, their letters can wait for a core. Not more: others wait
# while the worker has its turn at writing to SQLite, and at 10 it got a tenth of a busy core for that.
BEHIND_THE_SITE = 5
RESTART_PAUSE = 5.0  # seconds, when the worker ended by itself
COMMAND = "import sys; from qixue.cli import main; sys.exit(main(['worker', *sys.argv[1:]]))"


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("worker", help=_("Send messages, watch deadlines and check sheets."))
    parser.add_argument("--once", action="store_true", help=_("Do what is due now, then end."))
    parser.add_argument("--duty", metavar="NAME", help=_("With --once: do only this."))
    parser.add_argument("--with-parent", action="store_true", help=_("End when the process that started it has ended."))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    if args.once and args.duty:
        print(f"{args.duty}: {duties.run_one(duties.named(args.duty), at=now())}")
        return 0
    if args.once:
        for name, count in duties.run_due(at=now()).items():
            print(f"{name}: {count}")
        return 0
    parent = os.getppid() if args.with_parent else None
    if args.with_parent:
        os.nice(BEHIND_THE_SITE)
    is_stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        is_stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    log.info("working", duties=[duty.name for duty in duties.duties])
    apart = Apart()
    while not is_stopped.is_set() and parent in (None, os.getppid()):
        close_old_connections()
        duties.run_due(at=now(), apart=apart.begin)
        note_duties(duties.done_at)
        is_stopped.wait(PAUSE)
    apart.stop()
    return 0


class Apart:
    """Duties that take long, each in a process of its own."""

    def __init__(self) -> None:
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def begin(self, name: str) -> None:
        """Unless it is at it still."""
        if name not in self.processes or self.processes[name].poll() is not None:
            self.processes[name] = started("--once", "--duty", name)

    def stop(self) -> None:
        """What is left undone is taken up again by the next worker."""
        for process in self.processes.values():
            process.terminate()


def started(*options: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", COMMAND, *options])  # noqa: S603 - our own command


@contextlib.contextmanager
def worker_beside() -> Iterator[None]:
    """A worker process for as long as the site runs; one that ends by itself is started again."""
    is_stopped = threading.Event()
    # The first is started here: a site whose workers were forked amid that would hold its pipe open.
    processes = [started("--with-parent")]

    def keep_one() -> None:
        while True:
            processes[0].wait()
            if is_stopped.wait(RESTART_PAUSE):
                return
            processes[0] = started("--with-parent")

    thread = threading.Thread(target=keep_one, name="worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_stopped.set()
        [process] = processes
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
