"""Rows that many ask for in the same second, each time by other keys.

Django writes the statement of a queryset anew whenever it is asked, which takes longer than the answer of a page of
rows. Here it is written once for each connection.
"""

import json
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, Expression, QuerySet

KEYS = object()  # stands among the parameters of a statement where the keys go


class AnyKeys(Expression):
    """Keys that are known only when the statement is run."""

    output_field = BigIntegerField()

    def as_sqlite(self, _compiler: Any, _connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        return "(SELECT value FROM json_each(%s))", [KEYS]

    def as_postgresql(self, _compiler: Any, _connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        return "(SELECT unnest(%s::bigint[]))", [KEYS]


class RowsByKey(threading.local):
    """Columns of a queryset for any keys, in its order. Each thread has its statement, as it has its connection."""

    def __init__(self, queryset: QuerySet[Any], *columns: str) -> None:
        self.rows = queryset.filter(pk__in=AnyKeys()).values_list(*columns)

    @cached_property
    def written(self) -> tuple[str, tuple[Any, ...], Callable[[list[tuple]], list[Any]]]:
        """The statement, its parameters, and what makes of the database's values those of the fields."""
        compiler = self.rows.query.get_compiler(connection=connection)
        statement, parameters = compiler.as_sql()
        converters = compiler.get_converters(expression for expression, _sql, _alias in compiler.select)
        return statement, parameters, lambda rows: list(compiler.apply_converters(rows, converters))

    def of(self, keys: Sequence[int]) -> list[Sequence[Any]]:
        statement, parameters, converted = self.written
        given = json.dumps(keys) if connection.vendor == "sqlite" else list(keys)
        with connection.cursor() as cursor:
            cursor.execute(statement, [given if value is KEYS else value for value in parameters])
            return converted(cursor.fetchall())
