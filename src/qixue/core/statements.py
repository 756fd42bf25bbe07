"""Hand-written statements for the few acts that thousands ask for in the same minute.

PostgreSQL spends ten times as long on planning such a statement as on running it, so each connection keeps the plans:
that needs values that go beside the text of the statement and not in it, as Django sends them. Both databases know a
statement again by its text, so that a list of values is one parameter, however long it is. Several statements go in one
message, for each way there and back counts.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from django.db import connection

Values = Sequence[Any] | Mapping[str, Any]
Statement = tuple[str, Values]
# For the SELECT with which a transaction of PostgreSQL begins that runs such statements: they are planned once, for any
# values, and by the indexes. A plan that was made while a table was empty would read all of it, also when it is full.
PLANNED_ONCE = "set_config('plan_cache_mode', 'force_generic_plan', TRUE), set_config('enable_seqscan', 'off', TRUE)"


def answers_to(*statements: Statement) -> list[list[tuple]]:
    """The rows that each statement returns; none where it is one that returns nothing.

    Raises the exceptions of django.db. PostgreSQL gets all of them at once, SQLite one after the other.
    """
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            return [cursor.execute(*statement).fetchall() for statement in statements]
        if connection.queries_logged:  # as Django's own cursors do
            connection.queries_log.extend({"sql": text, "time": "0"} for text, _values in statements)
        with connection.wrap_database_errors:
            return prepared_answers(cursor.connection, statements)


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
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s::{kind}[])"
    return f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608 - the name of a column of ours


def listed(keys: Iterable[Any]) -> str:
    """Numbers, or UUIDs as the database of the connection takes them."""
    if connection.vendor == "postgresql":
        return "{{{}}}".format(",".join(map(str, keys)))
    return json.dumps(list(keys))


def typed(values: Values) -> Values:
    """All whole numbers of one type: psycopg takes the smallest that holds a number, and each type has its own plan."""
    from psycopg.types.numeric import Int8  # noqa: PLC0415 - only where PostgreSQL is used

    if isinstance(values, Mapping):
        return {name: Int8(value) if type(value) is int else value for name, value in values.items()}
    return [Int8(value) if type(value) is int else value for value in values]
