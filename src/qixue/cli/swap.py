"""`qixue swap`: the best exchanges of a round in a file, whether a result holds, and the want list of a programme."""

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

from qixue.cli import Exit, _, language, translator
from qixue.core.refusal import Refused
from qixue.swap.matching import OBJECTIVES, BadResult, BadRound, Round, TooMany, faults, load, solve
from qixue.swap.matching.document import document, text
from qixue.swap.matching.refusals import NO_ROUND

FAULTS = {
    "instance": _("The result is not about this file or this objective."),
    "thing": _("An item is unknown, or is exchanged twice."),
    "want": _("Somebody would receive what they do not want."),
    "length": _("A cycle or chain is longer than the rules allow."),
    "gift": _("A chain does not end with a gift, or a gift is inside a cycle."),
    "kind": _("Somebody would receive two items of one kind."),
    "counts": _("The number of items or people is not right."),
    "bound": _("The bound does not fit the plan."),
    "certificate": _("The certificate does not prove that there is nothing better."),
}
HOLDS = {
    "certificate": _("The result holds: %(trades)s items, %(people)s people. Its certificate proves that it is best."),
    "solver": _("The plan holds: %(trades)s items, %(people)s people. That none is better is the solver's word."),
    "none": _("The plan holds: %(trades)s items, %(people)s people. There may be a better one."),
}


def say(sentence: str) -> str:
    return translator(language(os.environ))(sentence)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    swap = subparsers.add_parser(
        "swap", help=say(_("Find the best swaps of a round, check a result, print a want list."))
    )
    commands = swap.add_subparsers(dest="swap_command", required=True)
    solving = commands.add_parser("solve", help=say(_("Find the best exchanges of a round.")), allow_abbrev=False)
    solving.add_argument("file", metavar="FILE", help=say(_("A TradeMaximizer want list, or JSON.")))
    cap = say(_("At most this many items, and so people, in a cycle or chain."))
    solving.add_argument("--max-items", "--max-people", "--max-cycle", metavar="N", type=int, choices=(2, 3), help=cap)
    solving.add_argument("--objective", choices=OBJECTIVES, default="items", help=say(_("What makes a plan good.")))
    once = say(_("Nobody receives two items of one kind; this takes the place of dummies."))
    solving.add_argument("--one-per-kind", action="store_true", help=once)
    solving.add_argument("--keep-dummies", action="store_true", help=say(_("Keep the dummies beside --one-per-kind.")))
    solving.add_argument("--gifts", action="store_true", help=say(_("Gifts ask for nothing and start chains.")))
    bonus = say(_("What it is worth that an item stays in its community, in percent of an item."))
    solving.add_argument("--local-bonus", metavar="PERCENT", type=int, default=0, help=bonus)
    solving.add_argument("--time-limit", metavar="S", type=float, default=60.0, help=say(_("Seconds to search.")))
    solving.add_argument("--json", action="store_true", help=say(_("Print JSON.")))
    solving.set_defaults(func=run_solve)
    checking = commands.add_parser("check", help=say(_("Check a result, without any solver.")), allow_abbrev=False)
    checking.add_argument("file", metavar="FILE", help=say(_("A TradeMaximizer want list, or JSON.")))
    checking.add_argument("result", metavar="RESULT.json", help=say(_("What `qixue swap solve --json` printed.")))
    checking.add_argument("--json", action="store_true", help=say(_("Print JSON.")))
    checking.set_defaults(func=run_check)
    export = commands.add_parser("export", help=say(_("Print the want list of a programme.")), allow_abbrev=False)
    export.add_argument("--programme", metavar="CODE", required=True, help=say(_("The code of the programme.")))
    export.add_argument("--json", action="store_true", help=say(_("Print JSON.")))
    export.set_defaults(func=run_export)


def run_solve(args: argparse.Namespace) -> int:
    """Refused: a code of BadRound, no_file, rules, too_many."""
    start = time.perf_counter()
    round_ = loaded(args.file)
    if args.one_per_kind and not any(round_.kinds):
        raise refusal(BadRound("no_kinds", 1), args.file)
    ready = time.perf_counter()
    try:
        plan = solve(
            round_,
            max_items=args.max_items,
            objective=args.objective,
            one_per_kind=args.one_per_kind,
            keep_dummies=args.keep_dummies,
            gifts=args.gifts,
            local_bonus=args.local_bonus,
            time_limit=args.time_limit,
        )
    except ValueError as error:
        raise Refused("rules", say(_("A bonus is 0 to 100 percent, a time limit more than 0 seconds."))) from error
    except TooMany as error:
        sentence = say(_("The dummies of %(file)s stand for too many items. Keep them with --keep-dummies."))
        raise Refused("too_many", sentence, file=args.file) from error
    seconds = {"load": ready - start, "solve": time.perf_counter() - ready}
    print(json.dumps(document(plan, seconds), ensure_ascii=False) if args.json else text(plan))
    return Exit.OK


def run_check(args: argparse.Namespace) -> int:
    """Refused: a code of BadRound, no_file, no_result."""
    round_ = loaded(args.file)
    try:
        result = json.loads(Path(args.result).read_text(encoding="utf-8"))
        found, stands_on = faults(round_, result), proof(result)
        values = {"trades": result["trades"], "people": result["people"]}
    except OSError as error:
        raise no_file(args.result, error) from error
    except (BadResult, ValueError, KeyError, RecursionError) as error:  # ValueError: no UTF-8, no JSON, too many digits
        raise Refused("no_result", say(_("%(file)s is no result of a round.")), file=args.result) from error
    if args.json:
        print(json.dumps({"holds": not found, "faults": found, "proof": stands_on}))
    else:
        lines = [FAULTS[name] for name in found] or [HOLDS[stands_on]]
        print("\n".join(say(line) % values for line in lines))
    return Exit.DOES_NOT_HOLD if found else Exit.OK


def run_export(args: argparse.Namespace) -> int:
    """Refused: unknown_programme."""
    from qixue.cli.programmes import programme_of  # noqa: PLC0415 - the other commands work without Django
    from qixue.core.clock import now  # noqa: PLC0415 - as above
    from qixue.swap.queries import want_lists  # noqa: PLC0415 - as above

    programme, at = programme_of(args), now()
    print(want_lists.round_of(programme, at=at) if args.json else want_lists.want_list_of(programme, at=at), end="")
    return Exit.OK


def proof(result: Any) -> str:
    """What stands behind the claim that no plan is better."""
    if not result["proven"]:
        return "none"
    return "solver" if result["certificate"] is None else "certificate"


def loaded(name: str) -> Round:
    try:
        return load(name)
    except OSError as error:
        raise no_file(name, error) from error
    except BadRound as error:
        raise refusal(error, name) from error


def refusal(error: BadRound, name: str) -> Refused:
    return Refused(error.code, say(NO_ROUND[error.code]), file=name, line=error.line, name=error.name)


def no_file(name: str, error: OSError) -> Refused:
    is_missing = isinstance(error, FileNotFoundError)
    sentence = _("There is no file %(name)s.") if is_missing else _("%(name)s cannot be read.")
    return Refused("no_file", say(sentence), name=name)
