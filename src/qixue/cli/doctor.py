"""`qixue doctor`: check this installation and say what to mend."""

import argparse
import json
from typing import Any

from django.utils.translation import gettext as _

from qixue.core.checkup import Finding, Level, check_all

MARKS = {Level.OK: "ok     ", Level.WARNING: "WARNING", Level.FATAL: "FATAL  "}


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("doctor", help=_("Check this installation and say what to mend."))
    parser.add_argument("--json", action="store_true", help=_("Print JSON."))
    parser.add_argument("--bind", metavar="HOST", default="127.0.0.1", help=_("The address that will be served."))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Exit code 1 when something is fatal; a warning is no reason to fail."""
    findings = examine(args.bind)
    if args.json:
        print(json.dumps([finding.as_json() for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            print(MARKS[finding.level], finding.text)
    return int(any(finding.level is Level.FATAL for finding in findings))


def examine(host: str) -> list[Finding]:
    return check_all(host)
