"""`qixue figures`: the figures of a programme, with their evidence, as a table or as JSON."""

import argparse
import json
import sys

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qixue.cli.programmes import add_programme_argument, programme_of
from qixue.core.clock import now
from qixue.figures.queries import Figure, figures_of, payload, recount_differences, recounted
from qixue.participation.queries.cell_recount import cells_that_differ
from qixue.participation.queries.session_roots import roots_that_differ


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser("figures", help="print the figures of a programme")
    add_programme_argument(parser)
    parser.add_argument("--json", action="store_true", help="print JSON with evidence ids")
    parser.add_argument("--recount", action="store_true", help="count from the records and compare with the rollups")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    programme = programme_of(args)
    figures = figures_of(programme, with_internal=True)
    differences = recount_differences(programme) if args.recount else []
    cells = cells_that_differ(programme.code) if args.recount else []
    roots = roots_that_differ(programme.code) if args.recount else []
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
            "cells": cells,
            "roots": roots,
        }
        json.dump(document, sys.stdout, ensure_ascii=False, indent=2)
        print()
    else:
        for figure in figures:
            print(f"{figure.code}\t{figure.name}\t{words(figure)}")
    for shown, counted in differences:
        message = _("%(code)s: the rollups say %(shown)s, the records say %(counted)s.")
        values = {"code": shown.code, "shown": words(shown), "counted": words(counted)}
        print(message % values, file=sys.stderr)
    for cell in cells:
        print(_("Cell %(key)s: its sums or its people are not those of the records.") % {"key": cell}, file=sys.stderr)
    for session in roots:
        message = _("Session %(session)s: what stands for its entries in a seal is not what they give.")
        print(message % {"session": session}, file=sys.stderr)
    return 1 if differences or cells or roots else 0


def words(figure: Figure) -> str:
    """The figure's value as a sentence prints it, in the language of the terminal."""
    return figure.quantity.text(get_language() or "zh") if figure.quantity else _("no data")
