"""`qixue migrate`: bring the database to this version."""

import argparse
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qixue.core import health
from qixue.figures import change_triggers
from qixue.participation import cell_triggers
from qixue.programme.models import Programme
from qixue.programme.operations.listings import keep_listings_of


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("migrate", help=_("Bring the database to this version."))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    count = migrate()
    if count:
        print(ngettext("%(count)d migration applied.", "%(count)d migrations applied.", count) % {"count": count})
    else:
        print(_("The database is up to date."))
    return 0


def migrate() -> int:
    """Apply what is pending, and set triggers that are gone; the number of migrations applied."""
    pending = health.pending_migrations()
    if pending or cell_triggers.missing(connection) or change_triggers.missing(connection):
        call_command("migrate", interactive=False, verbosity=0)
        for programme in Programme.objects.order_by("pk"):  # rows of an earlier version are found at once
            keep_listings_of(programme)
    return len(pending)
