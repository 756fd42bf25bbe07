"""`qixue`: one module per noun, loaded only when its command is called.

A command module offers `add_parser(subparsers)`, which sets `func=run`; `run(args) -> int` returns the exit code.
Django is ready when a command module is imported, so its imports stand at its top like anywhere else; but for
WITHOUT_DATA, whose modules use `translator` for their sentences.
"""

import argparse
import gettext
import importlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from pathlib import Path

from qixue.core.refusal import Refused

LOCALE = Path(__file__).resolve().parent.parent / "locale"


class Exit(IntEnum):
    """What a script that calls us may rely on."""

    OK = 0
    DOES_NOT_HOLD = 1  # the thing checked does not hold
    WRONG_USE = 2  # unknown options, bad input, a setting that does not parse
    INTERRUPTED = 130  # by Ctrl-C


def _(sentence: str) -> str:
    """Marks a sentence for translation where Django is not ready yet."""
    return sentence


# Command -> module below qixue.cli, and the line that `qixue --help` shows.
COMMANDS = {
    "demo": ("demo", _("Load the demo programmes and serve them.")),
    "serve": ("serve", _("Serve the site.")),
    "worker": ("worker", _("Send messages, watch deadlines and check sheets.")),
    "migrate": ("database", _("Bring the database to this version.")),
    "doctor": ("doctor", _("Check this installation and say what to mend.")),
    "figures": ("figures", _("Show the figures of a programme.")),
    "report": ("report", _("Write the work summary of a programme.")),
    "verify": ("report", _("Check whether the numbers of a work summary still stand.")),
    "province": ("province", _("Send sealed figures to the province, or add them up there.")),
    "ledger": ("ledger", _("Export or verify the attendance ledger.")),
    "lottery": ("lottery", _("Recompute a draw that was published.")),
    "swap": ("swap", _("Find the best swaps of a round, check a result, print a want list.")),
    "regions": ("regions", _("Load the official tree of regions.")),
    "search": ("search", _("Make anew what sessions are found by.")),
    "import": ("imports", _("Import plans from a sheet.")),
    "door": ("door", _("Take in what a door device saved.")),
    "keys": ("keys", _("List or change the keys that sign tickets, certificates and work summaries.")),
    "account": ("accounts", _("Reset the second step of somebody's sign-in.")),
    "erasures": ("erasures", _("Keep and replay the list of people who were erased.")),
}
# Work on files alone, so that Django, its settings and the database are left out.
WITHOUT_DATA = {("swap", "solve"), ("swap", "check")}


def language(environment: Mapping[str, str]) -> str:
    """The language of the person at the terminal, by the usual locale variables: Chinese or English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "zh-hans" if value.lower().startswith("zh") else "en"
    return "en"


def translator(code: str) -> Callable[[str], str]:
    """Translates into this language where Django is not ready."""
    languages = ["zh_Hans"] if code == "zh-hans" else []
    return gettext.translation("django", LOCALE, languages=languages, fallback=True).gettext


def frame_parser(code: str) -> argparse.ArgumentParser:
    """The parser of `qixue` itself: knows the commands by name, not their options."""
    translate = translator(code)
    lines = "\n".join(f"  {name:<10}{translate(line)}" for name, (_module, line) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="qixue",
        usage="qixue [--var DIR] [--database-url URL] COMMAND ...",
        description=lines,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--var", metavar="DIR", help=translate(_("Where data, fonts and secrets are kept.")))
    parser.add_argument("--database-url", metavar="URL", help=translate(_("sqlite:///FILE or postgresql://...")))
    parser.add_argument("command", choices=COMMANDS, help=argparse.SUPPRESS)
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def split_frame_options(argv: Sequence[str], code: str) -> tuple[argparse.Namespace, list[str]]:
    """The options of `qixue` itself, given before the command or after it, and the words left for the command."""
    options = frame_parser(code).parse_args(argv)
    after = argparse.ArgumentParser(add_help=False, allow_abbrev=False, argument_default=argparse.SUPPRESS)
    after.add_argument("--var")
    after.add_argument("--database-url")
    return after.parse_known_args(options.rest, namespace=options)


def run_command(command: str, words: Sequence[str]) -> int:
    """Run one command. A refusal becomes one sentence on stderr."""
    try:
        parser = argparse.ArgumentParser(prog="qixue", allow_abbrev=False)
        module = importlib.import_module(f"qixue.cli.{COMMANDS[command][0]}")
        module.add_parser(parser.add_subparsers(dest="command", required=True))
        args = parser.parse_args([command, *words])
        return int(args.func(args))
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return Exit.WRONG_USE


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code of the command that `argv` names (by default, the one typed)."""
    code = language(os.environ)
    try:
        options, words = split_frame_options(sys.argv[1:] if argv is None else argv, code)
        if (options.command, *words[:1]) in WITHOUT_DATA:
            return run_command(options.command, words)
        from qixue.cli import data  # noqa: PLC0415 - a third of the start of commands that work on files alone

        return data.run(options, words, code)
    except SystemExit as stop:  # argparse has said what is wrong, or printed the help
        return stop.code if isinstance(stop.code, int) else Exit.OK
    except FileNotFoundError as error:
        print(translator(code)(_("There is no file %(name)s.")) % {"name": error.filename}, file=sys.stderr)
        return Exit.WRONG_USE
    except BrokenPipeError:  # the reader, for example `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
