"""Hand-written statements for the few acts that thousands ask for in the same minute.

PostgreSQL spends ten times as long on planning such a statement as on running it, so each connection keeps the plans:
that needs values that go beside the text of the statement and not in it, as Django sends them. Both databases know a
statement again by its text, so that a list of values is one parameter, however long it is. Several statements go in one
message, for each way there and back counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from pydantic_core import to_json

Values = Sequence[Any] | Mapping[str, Any]
Statement = tuple[str, Values]
# For the SELECT with which a transaction of PostgreSQL begins that runs such statements: they are planned once, for any
# values, and by the indexes. A plan that was made while a table was empty would read all of it, also when it is full.
PLANNED_ONCE = "set_config('plan_cache_mode', 'force_generic_plan', TRUE), set_config('enable_seqscan', 'off', TRUE)"


@cache
def vendor() -> str:
    """Django's name for the kind of database. Its `connection` looks for that of the thread each time it is asked, and
    those who write a row by hand ask a dozen times.
    """
    return connection.vendor


def given(columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> Statement:
    """Rows that are sent, as a table `given` for the FROM of a statement whose text is the same for any number of them,
    and its values.

    `columns` are their names with the types of PostgreSQL; values are as the database of the connection takes them.
    """
    if vendor() == "postgresql":
        holes = ", ".join(f"%s::{kind}[]" for kind in columns.values())
        return f"unnest({holes}) AS given({', '.join(columns)})", [array(values) for values in zip(*rows, strict=True)]
    named = ", ".join(f"value ->> {place} AS {name}" for place, name in enumerate(columns))
    return f"(SELECT {named} FROM json_each(%s)) AS given", [to_json(rows).decode()]  # noqa: S608 - names of our own


def array(values: Iterable[Any]) -> str:
    """Values as PostgreSQL writes an array: psycopg would look for what suits each of them."""
    quoted = [None if value is None else str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return "{{{}}}".format(",".join(["NULL" if text is None else f'"{text}"' for text in quoted]))


def answers_to(*statements: Statement) -> list[list[tuple]]:
    """The rows that each statement returns; none where it is one that returns nothing.

    Raises the exceptions of django.db. PostgreSQL gets all of them at once, SQLite one after the other; both past the
    cursors with which Django watches over each statement.
    """
    own = connections[DEFAULT_DB_ALIAS]
    with own.cursor() as cursor:
        if own.queries_logged:  # as Django's own cursors do
            own.queries_log.extend({"sql": text, "time": "0"} for text, _values in statements)
        with own.wrap_database_errors:
            if own.vendor == "postgresql":
                return prepared_answers(cursor.connection, statements)
            return [cursor.cursor.execute(*statement).fetchall() for statement in statements]


def prepared_answers(server: Any, statements: Sequence[Statement]) -> list[list[tuple]]:
    """The same from a connection of psycopg."""
    from psycopg import Cursor  # noqa: PLC0415 - only where PostgreSQL is used

    cursors = [Cursor(server) for _statement in statements]
    is_alone = server.autocommit and len(statements) == 1
    with nullcontext() if is_alone else server.pipeline():  # a transaction begins with a statement of its own
        for cursor, (text, values) in zip(cursors, statements, strict=True):
            cursor.execute(text, typed(values), prepare=True)
    return [[] if cursor.rownumber is None else cursor.fetchall() for cursor in cursors]


def among(column: str, kind: str) -> str:
    """SQL that asks for one of the values that `listed` has made one parameter of; `kind` is PostgreSQL's type."""
    if vendor() == "postgresql":
        return f"{column} = ANY(%s::{kind}[])"
    return f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608 - the name of a column of ours


def listed(keys: Iterable[Any]) -> str:
    """Values as the database of the connection takes them, as one."""
    return array(keys) if vendor() == "postgresql" else to_json(list(keys)).decode()


def typed(values: Values) -> Values:
    """All whole numbers of one type: psycopg takes the smallest that holds a number, and each type has its own plan."""
    from psycopg.types.numeric import Int8  # noqa: PLC0415 - only where PostgreSQL is used

    if isinstance(values, Mapping):
        return {name: Int8(value) if type(value) is int else value for name, value in values.items()}
    return [Int8(value) if type(value) is int else value for value in values]
