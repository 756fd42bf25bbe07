"""`qixue erasures`: after a restore, forget again whoever had asked for it; and write the list beside a backup."""

import argparse
from pathlib import Path

from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.people import erasure_list
from qixue.people.operations.erasure import replay_erasures


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    erasures = subparsers.add_parser("erasures", help=_("Keep and replay the list of people who were erased."))
    commands = erasures.add_subparsers(dest="erasures_command", required=True)
    replay = commands.add_parser("replay", help=_("After a restore: erase again whoever is on the list."))
    replay.set_defaults(func=run_replay)
    write = commands.add_parser("write", help=_("Add to the file what the database has and it lacks."))
    write.set_defaults(func=run_write)
    for command in (replay, write):
        command.add_argument("file", metavar="FILE", nargs="?", type=Path, help=_("erasures.jsonl in QIXUE_VAR else."))


def run_replay(args: argparse.Namespace) -> int:
    """Refused: not_a_list. Raises FileNotFoundError for a file that was named and is not there."""
    path = args.file or erasure_list.usual_path()
    if args.file and not path.exists():
        raise FileNotFoundError(2, "", str(path))
    count = replay_erasures(erasure_list.read(path), at=now())
    erasure_list.write(erasure_list.usual_path())
    print(_("People erased again: %(count)d.") % {"count": count})
    return 0


def run_write(args: argparse.Namespace) -> int:
    count = erasure_list.write(args.file or erasure_list.usual_path())
    print(_("Lines added: %(count)d.") % {"count": count})
    return 0
