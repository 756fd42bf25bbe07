"""Commands that need Django, its settings and the database, and what these may answer, in words."""

import argparse
import gc
import os
import sys
from collections.abc import Sequence

import django
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.utils import translation

from qixue.cli import Exit, run_command


def run(options: argparse.Namespace, words: Sequence[str], code: str) -> int:
    """Run the command that the options name, in this language. A setting that does not parse becomes a sentence."""
    try:
        prepare(options)
        with translation.override(code):
            return run_on_data(options.command, words)
    except ImproperlyConfigured as mistake:
        print(mistake, file=sys.stderr)
        return Exit.WRONG_USE


def prepare(options: argparse.Namespace) -> None:
    """Make Django ready as the options say. Raises ImproperlyConfigured with a sentence."""
    if options.var:
        os.environ["QIXUE_VAR"] = options.var
    if options.database_url:
        os.environ["QIXUE_DATABASE_URL"] = options.database_url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qixue.settings")
    gc.disable()  # loading makes hardly any garbage, and looking for it took a fifth of the time
    django.setup()
    gc.enable()


def run_on_data(command: str, words: Sequence[str]) -> int:
    """Run one command where Django is ready. A database that does not answer becomes one sentence on stderr."""
    try:
        return run_command(command, words)
    except DatabaseError as error:
        sentence = translation.gettext("The database does not answer as it should: %(error)s")
        print(sentence % {"error": str(error).strip()}, file=sys.stderr)
        return Exit.DOES_NOT_HOLD
