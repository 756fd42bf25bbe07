"""`qixue keys list|rotate`: the keys that sign tickets, certificates and work summaries."""

import argparse
import json

from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.models import SigningKey
from qixue.core.signing_keys import public_keys, published, rotate_key


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    keys = subparsers.add_parser(
        "keys", help=_("List or change the keys that sign tickets, certificates and work summaries.")
    )
    commands = keys.add_subparsers(dest="keys_command", required=True)
    listing = commands.add_parser("list", help=_("Show all public keys, also the retired ones."))
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(func=run_list)
    rotate = commands.add_parser("rotate", help=_("Sign with a new key from now on."))
    rotate.add_argument("purpose", metavar="PURPOSE", choices=SigningKey.Purpose.values)
    rotate.set_defaults(func=run_rotate)


def run_list(args: argparse.Namespace) -> int:
    keys = public_keys()
    if args.json:
        print(json.dumps([published(key) for key in keys]))
        return 0
    for key in keys:
        ended = _("retired %(day)s") % {"day": f"{key.retired_at:%Y-%m-%d}"} if key.retired_at else _("in use")
        print(key.purpose, key.kid, key.public_key, f"{key.made_at:%Y-%m-%d}", ended, sep="  ")
    return 0


def run_rotate(args: argparse.Namespace) -> int:
    key = rotate_key(args.purpose, by=None, at=now())
    print(_("%(kid)s signs from now on. What was signed before stays valid.") % {"kid": key.kid})
    return 0
