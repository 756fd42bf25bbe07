"""`qixue import records|plans FILE`: records of a past week, or the plan of an organisation from a sheet."""

import argparse
from pathlib import Path

from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.demo.records import load_records


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    imports = subparsers.add_parser("import", help=_("Take over records or plans from files."))
    commands = imports.add_subparsers(dest="import_command", required=True)
    records = commands.add_parser("records", help=_("Load the records of a past week, all or nothing."))
    records.add_argument("file", type=Path, metavar="FILE.yaml")
    records.set_defaults(func=run_records)


def run_records(args: argparse.Namespace) -> int:
    programme = load_records(args.file, at=now())
    print(_("The records of %(code)s are loaded.") % {"code": programme.code})
    return 0
