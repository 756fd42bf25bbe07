"""Refusing to keep what nobody watches: of all that is counted for keeping, every table and column must be watched, for
the subjects on which it stands."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection

from qixue.core.changes import Subject
from qixue.figures.change_triggers import TABLE, WATCHED

# They change with a tally, or stand for it: who writes an entry writes the tally of its session.
WITH_THE_TALLY = {
    "participation_ledgerentry",
    "participation_attendance",
    "participation_cell",
    "participation_cellcount",
    "participation_countedperson",
}
HOW_THEY_ARE_MERGED = {
    "cell_id",
    "is_merged",
    "merged_to",
    "entries_root",
    "names_root",
}  # a tally stands for the same before and after


@cache
def columns_of() -> dict[str, frozenset[str]]:
    """The columns of each table."""
    models = apps.get_models(include_auto_created=True)
    return {model._meta.db_table: frozenset(each.column for each in model._meta.concrete_fields) for model in models}


def watched_for(subjects: tuple[Subject, ...]) -> set[str]:
    tables = {table for table, (subject, _columns) in WATCHED.items() if subject in subjects} | {TABLE}
    return tables | WITH_THE_TALLY if Subject.COUNTS in subjects else tables


def unwatched_columns(table: str) -> frozenset[str]:
    _subject, watched = WATCHED.get(table, (None, ()))
    return columns_of()[table] - {"id", *watched, *HOW_THEY_ARE_MERGED} if watched else frozenset()


def unwatched(sql: str, subjects: tuple[Subject, ...]) -> set[str]:
    """The tables and columns in a statement that may change without moving any of the subjects.

    A column without its table is refused where no other table of the statement has one of that name.
    """
    tables = set(re.findall(r"\w+", sql)) & columns_of().keys()
    named = {table: table for table in tables}
    found = re.findall(r'(?:FROM|JOIN)\s+"?(\w+)"?\s+(?:AS\s+)?"?(\w+)"?', sql)
    named |= {alias: table for table, alias in found if table in tables}
    qualified = re.findall(r'"?(\w+)"?\."?(\w+)"?', sql)
    read = {(named[alias], column) for alias, column in qualified if alias in named}
    for column in set(re.findall(r'(?<![\w."])\w+(?![\w."])', sql)):
        owners = [table for table in tables if column in columns_of()[table]]
        read |= {(owners[0], column)} if len(owners) == 1 else set()
    return (tables - watched_for(subjects)) | {
        f"{table}.{column}" for table, column in read if column in unwatched_columns(table)
    }


def refusing(subjects: tuple[Subject, ...]) -> Callable[..., Any]:
    def refuse(execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:
        found = unwatched(sql, subjects)
        assert not found, f"Read for keeping, and not watched: {found}"
        return execute(sql, parameters, many, context)

    return refuse


Reads = Callable[[tuple[Subject, ...]], AbstractContextManager[Any]]


def watched_reads(reads_for_keeping: Reads) -> Reads:
    @contextmanager
    def reads(subjects: tuple[Subject, ...]) -> Iterator[Any]:
        with reads_for_keeping(subjects) as given, connection.execute_wrapper(refusing(subjects)):
            yield given

    return reads
