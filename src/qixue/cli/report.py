"""`qixue report`: the work summary as .docx, PDF and evidence annex; `qixue verify`: does a .docx still hold?"""

import argparse
import json
import sys
from pathlib import Path

from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.cli.programmes import add_programme_argument, programme_of
from qixue.core.clock import now
from qixue.core.language import in_language
from qixue.report.files import write_report
from qixue.report.summary import draft_summary
from qixue.report.verification import verify_docx


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    report = subparsers.add_parser("report", help="write the work summary of a programme")
    add_programme_argument(report)
    report.add_argument("--out", required=True, type=Path, metavar="FILE.docx")
    report.add_argument("--pdf", type=Path, metavar="FILE.pdf")
    report.add_argument("--annex", type=Path, metavar="FILE.xlsx")
    report.set_defaults(func=run_report)
    verify = subparsers.add_parser("verify", help="check whether each number in a work summary still stands")
    verify.add_argument("file", type=Path, metavar="FILE.docx")
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
    verdicts = verify_docx(args.file.read_bytes())
    if args.json:
        json.dump([verdict.as_json() for verdict in verdicts], sys.stdout, ensure_ascii=False, indent=2)
        print()
    else:
        for verdict in verdicts:
            print(f"{verdict.code}\t{verdict.text}\t{verdict.sentence}")
    return 0 if verdicts and all(verdict.stands for verdict in verdicts) else 1
