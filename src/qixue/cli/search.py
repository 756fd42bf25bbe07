"""`qixue search rebuild`: make anew what sessions are found by, after records were written beside the site."""

import argparse

from django.utils.translation import gettext as _

from qixue.programme.models import Programme
from qixue.programme.operations.listings import keep_listings_of


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    search = subparsers.add_parser("search", help=_("Make anew what sessions are found by."))
    commands = search.add_subparsers(dest="search_command", required=True)
    rebuild = commands.add_parser("rebuild", help=_("Compare it with the records and mend what differs."))
    rebuild.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    count = sum(keep_listings_of(programme) for programme in Programme.objects.order_by("pk"))
    print(_("%(count)s sessions were out of date.") % {"count": count})
    return 0
