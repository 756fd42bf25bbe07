"""`qixue ledger verify|rebuild|export`: the chain of attendance entries, checked and handed out."""

import argparse
import json
import sys

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qixue.participation.chain import entry_content
from qixue.participation.models import LedgerChain
from qixue.participation.operations.attendances import rebuild_attendances
from qixue.participation.queries import ChainFault, chain_faults, ledger_entries
from qixue.participation.queries.attendances import attendance_faults
from qixue.participation.queries.evidence import evidence_faults, unchecked_count

FAULTS = {
    "gap": gettext_lazy("an entry is missing here"),
    "previous_hash": gettext_lazy("it does not follow from the entry before it"),
    "content": gettext_lazy("its content is not what was entered"),
    "attendance": gettext_lazy("who is in at its session is not what the ledger says; qixue ledger rebuild mends it"),
    "evidence": gettext_lazy("the evidence that it stands on is missing or not what was kept"),
    "head": gettext_lazy("the chain does not end where it ended when the last entry was added"),
}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    ledger = subparsers.add_parser("ledger", help="check or export the attendance ledger")
    commands = ledger.add_subparsers(dest="ledger_command", required=True)
    verify = commands.add_parser("verify", help="name each entry that was tampered with, or whose evidence was")
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(func=run_verify)
    rebuild = commands.add_parser("rebuild", help="make the rows of who is in anew from the entries")
    rebuild.set_defaults(func=run_rebuild)
    export = commands.add_parser("export", help="print every entry as one JSON line, with its hash")
    export.set_defaults(func=run_export)


def run_verify(args: argparse.Namespace) -> int:
    faults = [*chain_faults(), *attendance_faults(), *evidence_faults()]
    chains, unchecked = LedgerChain.objects.count(), unchecked_count()
    if args.json:
        document = {"chains": chains, "faults": [vars(fault) for fault in faults], "unchecked_photos": unchecked}
        json.dump(document, sys.stdout, ensure_ascii=False)
        print()
    elif faults:
        for fault in faults:
            print(fault_text(fault))
    else:
        print(_("%(chains)s chains hold.") % {"chains": chains})
    if unchecked and not args.json:
        print(_("Photos of former versions, which cannot be checked: %(count)s.") % {"count": unchecked})
    return 1 if faults else 0


def fault_text(fault: ChainFault) -> str:
    values = {"organisation": fault.organisation, "sequence": fault.sequence, "what": FAULTS[fault.what]}
    return _("Entry %(organisation)s/%(sequence)s: %(what)s.") % values


def run_rebuild(args: argparse.Namespace) -> int:
    print(_("%(count)s attendances.") % {"count": rebuild_attendances()})
    return 0


def run_export(args: argparse.Namespace) -> int:
    for entry in ledger_entries().iterator(chunk_size=2000):
        line = {**entry_content(entry), "previous_hash": entry.previous_hash, "hash": entry.hash}
        print(json.dumps(line, ensure_ascii=False, sort_keys=True))
    return 0
