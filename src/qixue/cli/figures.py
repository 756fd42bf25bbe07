"""`qixue figures`: the figures of a programme, with their evidence, as a table or as JSON."""

import argparse
import json
import sys

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qixue.cli.programmes import add_programme_argument, programme_of
from qixue.core.clock import now
from qixue.figures.queries import figures_of, payload, recount_differences, recounted


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser("figures", help="print the figures of a programme")
    add_programme_argument(parser)
    parser.add_argument("--json", action="store_true", help="print JSON with evidence ids")
    parser.add_argument("--recount", action="store_true", help="count from the records and compare with the rollups")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    programme = programme_of(args)
    figures = figures_of(programme)
    differences = recount_differences(programme) if args.recount else []
    if args.recount:
        figures = [recounted(figure) for figure in figures]
    if args.json:
        at = now()
        document = {
            "programme": programme.code,
            "synthetic": programme.is_synthetic,
            "recounted": args.recount,
            "figures": [payload(figure, at=at) for figure in figures],
            "differences": [shown.code for shown, _counted in differences],
        }
        json.dump(document, sys.stdout, ensure_ascii=False, indent=2)
        print()
    else:
        language = get_language() or "zh"
        for figure in figures:
            text = figure.quantity.text(language) if figure.quantity else _("no data")
            print(f"{figure.code}\t{figure.name}\t{text}")
    for shown, counted in differences:
        message = _("%(code)s: the rollups say %(shown)s, the records say %(counted)s.")
        print(message % {"code": shown.code, "shown": shown.quantity, "counted": counted.quantity}, file=sys.stderr)
    return 1 if differences else 0
