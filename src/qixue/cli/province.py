"""`qixue province`: what a city sends to its province, and what a province makes of it."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from qixue.cli.programmes import add_programme_argument, programme_of
from qixue.core.clock import now
from qixue.core.language import is_chinese
from qixue.core.refusal import Refused
from qixue.places.models import Region
from qixue.report.models import Seal
from qixue.report.province_returns import accept_key, checked_return, return_of, take_in_return
from qixue.report.province_totals import ProvinceFigure, ProvinceTotals, totals_of


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    province = subparsers.add_parser("province", help="send sealed figures to the province, or add them up there")
    commands = province.add_subparsers(dest="province_command", required=True)
    export = commands.add_parser("export", help="write what a city sends: one issue of its work summary, signed")
    add_programme_argument(export)
    export.add_argument("--issue", type=int, metavar="NUMBER", help="by itself the latest")
    export.add_argument("--out", required=True, type=Path, metavar="FILE.json")
    export.set_defaults(func=run_export)
    accept = commands.add_parser("accept-key", help="trust a public key of a city, compared with it by another way")
    accept.add_argument("--city", required=True, metavar="CODE", help="code of the division, e.g. 441800")
    accept.add_argument("--key", required=True, metavar="BASE64URL", help="as --key=…, for it can begin with a dash")
    accept.set_defaults(func=run_accept)
    take_in = commands.add_parser("import", help="check the return of a city and keep it")
    add_programme_argument(take_in)
    take_in.add_argument("file", type=Path, metavar="FILE.json")
    take_in.add_argument("--dry-run", action="store_true", help="check only, keep nothing")
    take_in.set_defaults(func=run_import)
    totals = commands.add_parser("totals", help="what the cities report together, and which are missing")
    add_programme_argument(totals)
    totals.add_argument("--json", action="store_true")
    totals.set_defaults(func=run_totals)


def run_export(args: argparse.Namespace) -> int:
    sent = return_of(seal_of(args))
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(sent.text(), encoding="utf-8")
    print(args.out)
    print(_("Signed by the key %(kid)s; digest %(digest)s") % {"kid": sent.kid, "digest": sent.digest})
    return 0


def seal_of(args: argparse.Namespace) -> Seal:
    """Refused: not_issued."""
    seals = Seal.objects.filter(programme=programme_of(args)).select_related("programme__region")
    if args.issue:
        seals = seals.filter(number=args.issue)
    seal = seals.order_by("-number").first()
    if seal is None:
        raise Refused("not_issued", _("There is no such issue of the work summary: only what is sealed is sent."))
    return seal


def run_accept(args: argparse.Namespace) -> int:
    city = Region.objects.filter(code=args.city, level=Region.Level.CITY).first()
    if city is None:
        raise Refused("unknown_city", _("There is no city with the code %(code)s here."), code=args.city)
    key = accept_key(city, args.key, by=None, at=now())
    print(_("The key %(kid)s is accepted for %(city)s.") % {"kid": key.kid, "city": city.name})
    return 0


def run_import(args: argparse.Namespace) -> int:
    programme, text = programme_of(args), text_of(args.file)
    sent, city = checked_return(programme, text)
    if not args.dry_run:
        take_in_return(programme, text, by=None, at=now())
    words = {"city": city.name, "number": sent.seal.number, "count": len(sent.seal.figures), "kid": sent.kid}
    print(_("%(city)s, issue %(number)d: %(count)d figures; the signature of the key %(kid)s holds.") % words)
    return 0


def text_of(path: Path) -> str:
    """Refused: unreadable_return."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("unreadable_return", _("This file is no province return that can be read.")) from error


def run_totals(args: argparse.Namespace) -> int:
    found = totals_of(programme_of(args))
    if args.json:
        json.dump(as_json(found), sys.stdout, ensure_ascii=False, indent=2)
        print()
        return 0
    language = "zh" if is_chinese() else "en"
    for figure in found.figures:
        print(f"{figure.name}\t{figure.whole.text(language) if figure.whole else figure.gap}")
        for part in figure.parts:
            print(f"\t{part.city.name}\t{part.quantity.text(language) if part.quantity else '—'}\t{part.digest[:12]}")
    if found.missing:
        print(_("Nothing has come from: %(cities)s") % {"cities": ", ".join(city.name for city in found.missing)})
    return 0


def as_json(found: ProvinceTotals) -> dict[str, Any]:
    return {
        "returns": [
            {"city": each.city.code, "issue": each.seal_number, "seal": each.seal_digest, "digest": each.digest}
            for each in found.returns
        ],
        "missing": [city.code for city in found.missing],
        "figures": [figure_json(figure) for figure in found.figures],
    }


def figure_json(figure: ProvinceFigure) -> dict[str, Any]:
    whole = figure.whole
    return {
        "definition": figure.definition,
        "unit": figure.unit.code,
        "value": str(whole.value) if whole else None,
        "qualifier": whole.qualifier.value if whole else None,
        "gap": figure.gap or None,
        "missing": [city.code for city in figure.missing],
        "parts": [
            {
                "city": part.city.code,
                "value": part.figure.value,
                "qualifier": part.figure.qualifier,
                "rule_version": part.figure.rule_version,
                "evidence_root": part.figure.evidence_root,
                "digest": part.digest,
            }
            for part in figure.parts
        ],
    }
