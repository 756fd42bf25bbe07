"""Several statements to the database in one message, for the few acts for which each way there and back counts."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

Statement = tuple[str, Sequence[Any] | Mapping[str, Any]]


def answers_to(*statements: Statement) -> list[list[tuple]]:
    """The rows that each statement returns. PostgreSQL gets all of them at once, SQLite one after the other."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            return [rows_of(cursor.execute(*statement)) for statement in statements]
        cursor.execute("; ".join(cursor.mogrify(*statement) for statement in statements))
        answers = [rows_of(cursor)]
        while cursor.nextset():
            answers.append(rows_of(cursor))
    return answers


def rows_of(cursor: Any) -> list[tuple]:
    """None where the statement is one that returns nothing."""
    return cursor.fetchall() if cursor.description else []
