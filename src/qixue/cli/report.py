"""`qixue report`: the work summary as .docx, PDF and evidence annex; `qixue verify`: does a file of it still hold?"""

import argparse
import json
import sys
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.cli.programmes import add_programme_argument, programme_of
from qixue.core.clock import minute_text, now
from qixue.core.language import in_language
from qixue.report.files import write_report
from qixue.report.summary import draft_summary
from qixue.report.verdict_words import changed_sentence, heading, outcome_counts, touches_sentence
from qixue.report.verdicts import Verification
from qixue.report.verification import verify_file


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    report = subparsers.add_parser("report", help="write the work summary of a programme")
    add_programme_argument(report)
    report.add_argument("--out", required=True, type=Path, metavar="FILE.docx")
    report.add_argument("--pdf", type=Path, metavar="FILE.pdf")
    report.add_argument("--annex", type=Path, metavar="FILE.xlsx")
    report.set_defaults(func=run_report)
    verify = subparsers.add_parser("verify", help="check whether each number in a work summary still stands")
    verify.add_argument("file", type=Path, metavar="FILE")
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(func=run_verify)


def run_report(args: argparse.Namespace) -> int:
    draft = draft_summary(programme_of(args), at=now())
    write_report(draft, docx=args.out, pdf=args.pdf, annex=args.annex)
    if draft.unfinished:
        print(draft.unfinished, file=sys.stderr)
    for gap in draft.missing_facts:
        print(_("Missing: %(text)s") % {"text": gap}, file=sys.stderr)
    for gap in draft.uncounted:
        path = reverse("workspace:session", args=[gap.session_id])
        print(_("Missing: %(text)s") % {"text": f"{gap} {path}"}, file=sys.stderr)
    for remark in draft.remarks:
        text = in_language(remark.message_zh, remark.message_en)
        print(_("Please check: %(text)s (%(quote)s)") % {"text": text, "quote": remark.quote}, file=sys.stderr)
    for path in filter(None, (args.out, args.pdf, args.annex)):
        print(path)
    return 0


def run_verify(args: argparse.Namespace) -> int:
    verification = verify_file(args.file.read_bytes())
    if args.json:
        json.dump(verification.as_json(), sys.stdout, ensure_ascii=False, indent=2)
        print()
    else:
        print_verification(verification)
    return 0 if verification.stands else 1


def print_verification(verification: Verification) -> None:
    """Whether the file was altered, who sealed it, a line for each number, what is worst first, what changed in the
    records, and how many numbers there are of each outcome.
    """
    print(
        pgettext("between sentences", ". ").join(filter(None, (heading(verification), changed_sentence(verification))))
    )
    if seal := verification.seal:
        text = _("%(title)s, issue %(number)d, sealed %(moment)s; asked for by %(asked_by)s, issued by %(issued_by)s")
        print(text % {**seal.as_json(), "moment": minute_text(seal.sealed_at)})
    for finding in verification.findings:
        print(finding.sentence)
    for each in verification.alterations:
        print(_("%(place)s: issued “%(before)s”, in this file “%(after)s”") % asdict(each))
    if verification.has_more_alterations:
        print(_("There are more such places."))
    for verdict in chain.from_iterable(verification.by_outcome().values()):
        print(f"{verdict.code}\t{verdict.name}\t{verdict.text}\t{verdict.sentence}")
    for change in verification.changes:
        print(change.sentence)
        if touches := touches_sentence(change):
            print(f"\t{touches}")
    print(pgettext("between names", ", ").join(outcome_counts(verification)))
