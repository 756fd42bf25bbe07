"""Rows that many ask for in the same second, each time by other keys.

Django writes the statement of a queryset anew whenever it is asked, which takes longer than the answer of a page of
rows, and PostgreSQL plans it anew, which takes longer still where ten tables are joined. Here it is written and planned
once for each connection.
"""

import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Func, Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler

from qixue.core.statements import answers_to, listed

Row = TypeVar("Row", bound=Model)
KEYS = object()  # stands among the parameters of a statement where the keys go


class IsAmong(Func):
    """Whether a key is one of those that are known only when the statement is run."""

    output_field = BooleanField()
    on_sqlite, on_postgresql = "{} IN (SELECT value FROM json_each(%s))", "{} = ANY(%s::bigint[])"

    def as_sql(  # type: ignore[override]  # what Django would put into a template of its own has no place here
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_more: Any
    ) -> tuple[str, tuple[Any, ...]]:
        [key] = self.get_source_expressions()
        text, parameters = compiler.compile(key)
        condition = self.on_postgresql if connection.vendor == "postgresql" else self.on_sqlite
        return condition.format(text), (*parameters, KEYS)


class Is(IsAmong):
    """Whether a key is the one. PostgreSQL knows by it that there is one row at most, and keeps its plan."""

    on_sqlite = on_postgresql = "{} = %s"


class Written(threading.local):
    """A queryset under a condition on keys, in its order. Each thread has its statement, as it has its connection."""

    def __init__(self, queryset: QuerySet[Any], condition: IsAmong) -> None:
        self.queryset = queryset.filter(condition)

    @cached_property
    def compiler(self) -> SQLCompiler:
        return self.queryset.query.get_compiler(connection=connection)

    @cached_property
    def statement(self) -> tuple[str, tuple[Any, ...], dict[int, Any]]:
        """The statement, its parameters, and what makes of the database's values those of the fields."""
        text, parameters = self.compiler.as_sql()
        converters = self.compiler.get_converters([column for column, _sql, _alias in self.compiler.select])
        return text, parameters, converters

    def rows(self, given: Any) -> list[Sequence[Any]]:
        """Those for the keys, as the condition takes them."""
        text, parameters, converters = self.statement
        [rows] = answers_to((text, [given if value is KEYS else value for value in parameters]))
        return list(self.compiler.apply_converters(rows, converters))


class RowsByKey(Written):
    """Columns of a queryset for any keys."""

    def __init__(self, queryset: QuerySet[Any], *columns: str) -> None:
        super().__init__(queryset.values_list(*columns), IsAmong("pk"))

    def of(self, keys: Sequence[int]) -> list[Sequence[Any]]:
        return self.rows(listed(keys))


class ObjectsByKey(Written, Generic[Row]):
    """Objects of a queryset with what it joins and annotates, one for a key."""

    def __init__(self, queryset: QuerySet[Row]) -> None:
        super().__init__(queryset, Is("pk"))

    def get(self, key: int) -> Row | None:
        rows = self.rows(key)
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
