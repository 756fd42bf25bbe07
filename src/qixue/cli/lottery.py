"""`qixue lottery verify FILE`: does a published draw follow from its promise, its list and its seed?"""

import argparse
import json
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qixue.core.refusal import Refused
from qixue.participation.lottery import Unreadable, faults

FAULTS = {
    "commitment": gettext_lazy("The seed is not the one that was promised."),
    "entries": gettext_lazy("An entry is in the list twice, or comes with nobody."),
    "list_digest": gettext_lazy("The list of entries is not the one that was closed."),
    "order": gettext_lazy("The order or the seats do not follow from seed and list."),
}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    lottery = subparsers.add_parser("lottery", help=_("Recompute a draw that was published."))
    commands = lottery.add_subparsers(dest="lottery_command", required=True)
    verify = commands.add_parser("verify", help=_("Check the file that the page of a draw offers."))
    verify.add_argument("file", metavar="FILE")
    verify.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Refused: no_draw."""
    try:
        document = json.loads(Path(args.file).read_text(encoding="utf-8"))
        found = faults(document)
    except (Unreadable, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Refused("no_draw", _("%(name)s is no draw that was made."), name=args.file) from error
    if not found:
        values = {"entries": len(document["entries"]), "seats": document["seats"]}
        print(_("The draw holds: %(entries)s entries, %(seats)s seats.") % values)
    for name in found:
        print(FAULTS[name])
    return 1 if found else 0
