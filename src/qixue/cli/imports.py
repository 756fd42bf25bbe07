"""`qixue import records|plans FILE`: records of a past week, or the plan of an organisation from a sheet."""

import argparse
from pathlib import Path

from django.utils.translation import gettext as _

from qixue.cli.programmes import add_programme_argument, programme_of
from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.demo.records import load_records
from qixue.people.models import Organisation
from qixue.programme.models import PlanVersion
from qixue.programme.operations.sheet_imports import import_sheet


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    imports = subparsers.add_parser("import", help=_("Take over records or plans from files."))
    commands = imports.add_subparsers(dest="import_command", required=True)
    records = commands.add_parser("records", help=_("Load the records of a past week, all or nothing."))
    records.add_argument("file", type=Path, metavar="FILE.yaml")
    records.set_defaults(func=run_records)
    plans = commands.add_parser("plans", help=_("Take over the plan of an organisation, all or nothing."))
    plans.add_argument("file", type=Path, metavar="FILE.xlsx")
    add_programme_argument(plans)
    plans.add_argument("--organisation", required=True, metavar="CODE")
    plans.add_argument("--dry-run", action="store_true", help=_("Only check the sheet."))
    plans.set_defaults(func=run_plan)


def run_records(args: argparse.Namespace) -> int:
    programme = load_records(args.file, at=now())
    print(_("The records of %(code)s are loaded.") % {"code": programme.code})
    return 0


def run_plan(args: argparse.Namespace) -> int:
    """Check a sheet and, unless it is a dry run, take it over for the organisation."""
    programme = programme_of(args)
    organisation = Organisation.objects.filter(code=args.organisation).first()
    if organisation is None:
        raise Refused("unknown_organisation", _("There is no organisation %(code)s."), code=args.organisation)
    draft = PlanVersion.objects.filter(
        plan__programme=programme, plan__organisation=organisation, state=PlanVersion.State.DRAFT
    ).first()
    if draft is None:
        raise Refused(
            "no_draft",
            _("%(name)s has no draft of a plan for this programme; please invite it, or amend its plan, first."),
            name=organisation.name,
        )
    lines = import_sheet(draft, data=args.file.read_bytes(), by=None, at=now(), is_trial=args.dry_run)
    values = {"activities": len({line.title for line in lines}), "sessions": len(lines)}
    print(_("%(activities)s activities with %(sessions)s sessions.") % values)
    return 0
