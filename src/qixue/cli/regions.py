"""`qixue regions load FILE`: the official tree of regions of a city, and published population values."""

import argparse
from pathlib import Path

from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.places.operations import load_population, load_regions


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    regions = subparsers.add_parser("regions", help=_("Load the official tree of regions."))
    commands = regions.add_subparsers(dest="regions_command", required=True)
    load = commands.add_parser("load", help=_("Load a table of regions, all or nothing."))
    load.add_argument("file", type=Path, metavar="FILE.csv")
    load.add_argument("--population", type=Path, metavar="FILE.csv", help=_("Load population values as well."))
    load.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    at = now()
    count = load_regions(args.file, at=at)
    print(_("%(count)s regions are loaded.") % {"count": count})
    if args.population:
        values = load_population(args.population, at=at)
        print(_("%(count)s population values are loaded.") % {"count": values})
    return 0
