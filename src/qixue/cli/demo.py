"""`qixue demo`: load both demo programmes, write the work summary of 2016 and demo.json, serve.

A second run reuses what is there. The synthetic city shows the week around the day on which it was loaded, and the
attendance ledger can never be emptied; so on another day the demo starts afresh in a new database file and the old one
is kept beside it as `….previous` (one only). `--today` keeps the loaded day instead. A database that holds any other
programme, or a PostgreSQL database of another edition, is never touched: the command refuses and says what to do.
"""

import argparse
import datetime
import multiprocessing
import socket
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qixue.cli.data import run_on_data
from qixue.cli.database import migrate
from qixue.cli.serve import Address, serve
from qixue.core.clock import local_day, now
from qixue.core.refusal import Refused
from qixue.demo.city.personas import PASSWORD, PERSONAS
from qixue.demo.load import (
    DEFAULT_SEED,
    RECORDS_CODE,
    Edition,
    holds_other_programmes,
    load,
    loaded_edition,
    write_description,
)
from qixue.programme.models import Programme
from qixue.report.files import write_report
from qixue.report.summary import draft_summary

HOST = "127.0.0.1"
WORKERS = 2
YEARS = range(2000, 2100)  # the residents were born in the century before
ROLE_NAMES = {
    "city_coordinator": gettext_lazy("City coordinator"),
    "second_city_coordinator": gettext_lazy("Second city coordinator"),
    "province_coordinator": gettext_lazy("Province coordinator"),
    "county_coordinator": gettext_lazy("County coordinator"),
    "town_coordinator": gettext_lazy("Town coordinator"),
    "organiser": gettext_lazy("Organiser (library)"),
    "organiser_ngo": gettext_lazy("Organiser (civil organisation)"),
    "door_volunteer": gettext_lazy("Door volunteer"),
    "cadre": gettext_lazy("Village cadre"),
    "treasurer": gettext_lazy("Treasurer"),
    "auditor": gettext_lazy("Auditor"),
    "resident": gettext_lazy("Resident"),
    "elder": gettext_lazy("Resident of 75 years"),
    "no_role": gettext_lazy("Somebody without a role"),
}


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("demo", help=_("Load the demo programmes and serve them."))
    parser.add_argument("--no-serve", action="store_true", help=_("Only load and write the files."))
    parser.add_argument("--seed", type=int, metavar="N", help=_("From which the synthetic city is made."))
    parser.add_argument("--today", metavar="YYYY-MM-DD", help=_("The day that counts as today in the synthetic city."))
    parser.add_argument("--out", type=Path, metavar="FILE", help=_("Where demo.json goes."))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    address = Address(HOST, settings.PORT)
    if args.no_serve:
        make_ready(args, address)
        return 0
    check_port(address)
    # Apart, because typst leaves threads behind, for which workers forked from this process would wait for ever.
    maker = multiprocessing.get_context("fork").Process(target=make_ready_apart, args=(args,))
    maker.start()
    maker.join()
    if maker.exitcode:
        return maker.exitcode
    print_where(f"http://{address}/")
    return serve(address, workers=WORKERS)


def make_ready_apart(args: argparse.Namespace) -> None:
    """The same command without serving, in a process of its own: what it refuses is said as always."""
    given = {"--seed": args.seed, "--today": args.today, "--out": args.out}
    words = [f"{option}={value}" for option, value in given.items() if value is not None]
    sys.exit(run_on_data("demo", ["--no-serve", *words]))


def make_ready(args: argparse.Namespace, address: Address) -> None:
    """Load what is missing, write the files, and say what is there."""
    today = parse_day(args.today) if args.today else local_day(now())
    edition, is_new = ready_edition(seed=args.seed, today=today)
    folder = settings.VAR / "demo"
    summaries = write_summaries(folder, anew=is_new)
    description = args.out or folder / "demo.json"
    write_description(description, edition, base_url=f"http://{address}")
    print_welcome(edition, [*summaries, description])


def parse_day(text: str) -> datetime.date:
    """Refused: bad_day."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        day = datetime.date.min
    if day.year not in YEARS:
        raise Refused("bad_day", _("%(text)s is not a day that can be used. An example: 2026-11-05."), text=text)
    return day


def check_port(address: Address) -> None:
    """Before minutes of work, not after. Refused: port_taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            raise Refused(
                "port_taken",
                _("Port %(port)d is taken, perhaps by a demo that still runs. For another one: %(example)s"),
                port=address.port,
                example="QIXUE_PORT=8001 make demo",
            ) from error


def ready_edition(*, seed: int | None, today: datetime.date) -> tuple[Edition, bool]:
    """The wanted edition, loaded if it is not there yet, and whether it was loaded just now."""
    migrate()
    found = loaded_edition()
    wanted = Edition(found.seed if seed is None and found else DEFAULT_SEED if seed is None else seed, today)
    if found == wanted:
        return wanted, False
    if found:
        print(_("The synthetic city here is of %(day)s (seed %(seed)d).") % {"day": found.today, "seed": found.seed})
        set_database_aside(found)
        migrate()
    elif holds_other_programmes():
        raise Refused("not_a_demo", _("This database holds other programmes. Give the demo its own place with --var."))
    load(wanted, at=now())
    return wanted, True


def set_database_aside(found: Edition) -> None:
    """Make room for another edition: the ledger cannot be emptied, so the whole file steps aside.

    Refused: not_a_demo, demo_of_another_day, demo_in_use.
    """
    keep = f"--today {found.today} --seed {found.seed}"
    if holds_other_programmes():
        raise Refused("not_a_demo", _("This database holds other programmes. Give the demo its own place with --var."))
    if connection.vendor != "sqlite":
        raise Refused(
            "demo_of_another_day",
            _("Its ledger cannot be emptied. Use what is there (%(keep)s) or another database."),
            keep=keep,
        )
    file = Path(settings.DATABASES["default"]["NAME"])
    connections.close_all()
    if file.with_name(f"{file.name}-wal").exists():
        raise Refused("demo_in_use", _("Another program uses %(file)s; please stop it first."), file=file)
    kept = file.replace(file.with_name(f"{file.name}.previous"))
    message = _("It is made anew; the old one is kept as %(file)s. To stay with the old day: %(keep)s")
    print(message % {"file": kept, "keep": keep})


def write_summaries(folder: Path, *, anew: bool) -> list[Path]:
    """The work summary of 2016 as .docx, PDF and annex; those that are there stay unless the records are new."""
    paths = [folder / f"{RECORDS_CODE}{ending}" for ending in (".docx", ".pdf", ".xlsx")]
    if anew or not all(path.exists() for path in paths):
        programme = Programme.objects.select_related("region", "organisation").get(code=RECORDS_CODE)
        write_report(draft_summary(programme, at=now()), docx=paths[0], pdf=paths[1], annex=paths[2])
    return paths


def print_welcome(edition: Edition, files: list[Path]) -> None:
    print(_("Synthetic city of %(day)s, seed %(seed)d.") % {"day": edition.today, "seed": edition.seed})
    for file in files:
        print(f"  {file}")
    print(_("Everybody's password: %(password)s") % {"password": PASSWORD})
    for persona in PERSONAS:
        print(f"  {persona.username:<10} {persona.name}  {ROLE_NAMES[persona.role]}")


def print_where(url: str) -> None:
    codes = settings.QIXUE["OUTBOX_DIR"] / "sms.jsonl"
    print(_("Codes for residents, who sign in by phone: %(file)s") % {"file": codes})
    print(_("Open %(url)s in a browser; Ctrl+C stops.") % {"url": url}, flush=True)
