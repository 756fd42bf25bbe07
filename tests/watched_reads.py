"""Refusing to keep what nobody watches: of all that is counted for keeping, every table and column must be watched."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection

from qixue.core.kept import KeptReads
from qixue.figures.change_triggers import TABLE, WATCHED

# They change with a tally, or stand for it: who writes an entry writes the tally of its session.
WITH_THE_TALLY = {
    "participation_ledgerentry",
    "participation_attendance",
    "participation_cell",
    "participation_cellcount",
    "participation_countedperson",
}
HOW_THEY_ARE_MERGED = {"cell_id", "is_merged", "merged_to"}  # a tally stands for the same before and after


@cache
def all_tables() -> frozenset[str]:
    models = apps.get_models(include_auto_created=True)
    return frozenset(model._meta.db_table for model in models)


def unwatched(sql: str) -> set[str]:
    """The tables and columns in a statement that may change without a trace."""
    tables = set(re.findall(r"\w+", sql)) & all_tables()
    columns = set(re.findall(r'"(\w+)"\."(\w+)"', sql))
    return (tables - WATCHED.keys() - WITH_THE_TALLY - {TABLE}) | {
        f"{table}.{column}"
        for table, column in columns
        if table in WATCHED and WATCHED[table][1] and column not in {"id", *WATCHED[table][1], *HOW_THEY_ARE_MERGED}
    }


def refuse(execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:
    assert not unwatched(sql), f"Read for keeping, and not watched: {unwatched(sql)}"
    return execute(sql, parameters, many, context)


def watched_reads(
    reads_for_keeping: Callable[[], AbstractContextManager[KeptReads]],
) -> Callable[[], AbstractContextManager[KeptReads]]:
    @contextmanager
    def reads() -> Iterator[KeptReads]:
        with reads_for_keeping() as memory, connection.execute_wrapper(refuse):
            yield memory

    return reads
