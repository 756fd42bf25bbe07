"""Many rows as one value for each column: what the database joins, numpy reads as it is.

A row that reaches Python costs a microsecond and more, which is much for ten million of them.
"""

from typing import Any

import numpy as np
from django.db import connection
from pydantic_core import from_json

from qixue.core.statements import Values

Column = np.ndarray
# An aggregate over whole numbers that are never NULL.
NUMBERS = {"sqlite": "json_group_array({})", "postgresql": "string_agg(int8send({}), '')"}
# An aggregate over keys that are UUIDs, which leaves out NULL, and how many bytes each is in it: SQLite keeps digits.
KEYS = {"sqlite": "CAST(group_concat({}, '') AS BLOB)", "postgresql": "string_agg(uuid_send({}), '')"}
KEY_BYTES = {"sqlite": 32, "postgresql": 16}
# An aggregate over such aggregates.
JOINED = {"sqlite": "CAST(group_concat({}, '') AS BLOB)", "postgresql": "string_agg({}, '')"}


def numbers(column: str) -> str:
    """SQL that makes one value of a column of whole numbers; `numbers_from` reads it."""
    return NUMBERS[connection.vendor].format(column)


def keys(column: str) -> str:
    """SQL that makes one value of a column of UUIDs: `key_bytes()` of each, one behind the other."""
    return KEYS[connection.vendor].format(column)


def joined(column: str) -> str:
    """SQL that joins values of `keys`."""
    return JOINED[connection.vendor].format(column)


def key_bytes() -> int:
    return KEY_BYTES[connection.vendor]


def numbers_from(value: str | bytes | None) -> Column:
    if isinstance(value, str):
        return np.array(from_json(value), dtype=np.int64)
    return np.frombuffer(value or b"", dtype=">i8").astype(np.int64)


def rows_as_they_are(statement: str, values: Values = ()) -> list[tuple[Any, ...]]:
    """The answer, with bytes as the database sends them: as text, each would come from PostgreSQL as two digits."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return rows_in_binary(cursor.connection, statement, values)
        cursor.execute(statement, values)
        return cursor.fetchall()


def rows_in_binary(server: Any, statement: str, values: Values) -> list[tuple[Any, ...]]:
    """The same from a connection of psycopg, past the cursors of Django, which take text only."""
    from psycopg import Cursor  # noqa: PLC0415 - only where PostgreSQL is used

    with connection.wrap_database_errors:
        return Cursor(server).execute(statement, values, binary=True).fetchall()
