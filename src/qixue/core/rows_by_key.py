"""Rows that many ask for in the same second, each time by other keys.

Django writes the statement of a queryset anew whenever it is asked, which takes longer than the answer of a page of
rows. Here it is written once for each connection.
"""

import json
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, Expression, Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row", bound=Model)
KEYS = object()  # stands among the parameters of a statement where the keys go


class AnyKeys(Expression):
    """Keys that are known only when the statement is run."""

    output_field = BigIntegerField()

    def as_sqlite(self, _compiler: Any, _connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        return "(SELECT value FROM json_each(%s))", [KEYS]

    def as_postgresql(self, _compiler: Any, _connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        return "(SELECT unnest(%s::bigint[]))", [KEYS]


class Written(threading.local):
    """A queryset for any keys, in its order. Each thread has its statement, as it has its connection."""

    def __init__(self, queryset: QuerySet[Any]) -> None:
        self.queryset = queryset.filter(pk__in=AnyKeys())

    @cached_property
    def compiler(self) -> SQLCompiler:
        return self.queryset.query.get_compiler(connection=connection)

    @cached_property
    def statement(self) -> tuple[str, tuple[Any, ...], dict[int, Any]]:
        """The statement, its parameters, and what makes of the database's values those of the fields."""
        text, parameters = self.compiler.as_sql()
        converters = self.compiler.get_converters([column for column, _sql, _alias in self.compiler.select])
        return text, parameters, converters

    def rows(self, keys: Sequence[int]) -> list[Sequence[Any]]:
        text, parameters, converters = self.statement
        given = json.dumps(keys) if connection.vendor == "sqlite" else list(keys)
        with connection.cursor() as cursor:
            cursor.execute(text, [given if value is KEYS else value for value in parameters])
            return list(self.compiler.apply_converters(cursor.fetchall(), converters))


class RowsByKey(Written):
    """Columns of a queryset for any keys."""

    def __init__(self, queryset: QuerySet[Any], *columns: str) -> None:
        super().__init__(queryset.values_list(*columns))

    def of(self, keys: Sequence[int]) -> list[Sequence[Any]]:
        return self.rows(keys)


class ObjectsByKey(Written, Generic[Row]):
    """Objects of a queryset with what it joins and annotates, one for a key."""

    def __init__(self, queryset: QuerySet[Row]) -> None:
        super().__init__(queryset)

    def get(self, key: int) -> Row | None:
        rows = self.rows([key])
        return self.made_of(rows[0]) if rows else None

    @cached_property
    def made_of(self) -> Callable[[Sequence[Any]], Row]:
        """Makes an object of a row, as Django's ModelIterable does, which would write the statement first."""
        info, select = self.compiler.klass_info, self.compiler.select
        first, last = info["select_fields"][0], info["select_fields"][-1]
        names = [column.target.attname for column, _sql, _alias in select[first : last + 1]]
        populators = get_related_populators(info, select, connection.alias)  # type: ignore[call-arg]  # stubs of Django 6

        def made(row: Sequence[Any]) -> Row:
            found: Row = info["model"].from_db(connection.alias, names, row[first : last + 1])
            for populator in populators:
                populator.populate(row, found)
            for name, column in self.compiler.annotation_col_map.items():
                setattr(found, name, row[column])
            return found

        return made
